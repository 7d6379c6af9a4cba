"""The node's configuration, filled in from the templates beside this module."""

from collections.abc import Mapping
from string import Template

from ops.kafka.artifacts import HERE


def server_properties(
    *,
    listeners: list[str],
    advertised: list[str],
    controller: str,
    topics: str,
    admin: str | None = None,
    settings: Mapping[str, str] | None = None,
) -> str:
    """The whole file. `admin` adds the listener's rules for users; `settings` win over the templates."""
    template = (HERE / "server.properties").read_text(encoding="utf-8")
    if admin is not None:
        template += (HERE / "secured.properties").read_text(encoding="utf-8")
    filled = Template(template).substitute(
        listeners=",".join(listeners),
        advertised=",".join(advertised),
        controller=controller,
        topics=topics,
        admin=admin or "",
    )
    # Of a key given twice, Kafka takes the last.
    return filled + "".join(f"{key}={value}\n" for key, value in (settings or {}).items())
