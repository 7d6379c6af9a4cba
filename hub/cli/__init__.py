"""The ``hub`` command: one module per group, loaded only when it is used, so that ``hub --help`` answers at once.

Exit codes: 0 done, 1 a check or a command failed, 2 wrong usage, 3 something of the environment is missing.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

import click

from hub import __version__

# name: ("module:attribute", one line for `hub --help`). Sorted as people meet them.
GROUPS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("hub.cli.demo:demo", "演示：模拟一个月 · a simulated month of a city"),
    "serve": ("hub.cli.serve:serve", "启动枢纽 · run the hub"),
    "city": ("hub.cli.city:city", "城市与单位 · the agencies of a city"),
    "system": ("hub.cli.system:system", "接入系统与密钥 · systems and their API keys"),
    "user": ("hub.cli.user:user", "人员与一次性链接 · people and their one-time links"),
    "parties": ("hub.cli.parties:parties", "当事人脱敏信息 · masked names of parties"),
    "quarantine": ("hub.cli.quarantine:quarantine", "隔离区 · records that could not be read"),
    "policy": ("hub.cli.policy:policy", "规则包：查看、检查、覆盖 · policy packs: show, check, coverage"),
    "dispute": ("hub.cli.dispute_whom:dispute", "纠纷：为什么是这个日期 · one dispute: why its dates"),
    "views": ("hub.cli.views:views", "视图：状态、重建、暂存 · views: status, rebuild, parked"),
    "kafka": ("hub.cli.kafka:kafka", "试用代理、主题与权限 · trial broker, topics, users, rights"),
    "recover": ("hub.cli.kafka:recover", "从主题恢复存储 · give a store back what the topics hold"),
    "doctor": ("hub.cli.doctor:doctor", "体检 · check what the hub needs"),
}


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of ``GROUPS``."""
        return list(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's module."""
        if cmd_name not in GROUPS:
            return None
        module, _, attribute = GROUPS[cmd_name][0].partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line each, from the table: nothing is imported for it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in GROUPS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="hub")
def cli() -> None:
    """矛盾纠纷移送对接枢纽 · the closed-loop referral hub.

    Settings come from hub.toml and HUB_... variables.
    """


def main(*args: Any, **kwargs: Any) -> Any:
    """Entry point of the ``hub`` command."""
    return cli(*args, prog_name="hub", **kwargs)
