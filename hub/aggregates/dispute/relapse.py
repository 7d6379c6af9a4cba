"""复发: that a dispute may be an earlier one come again; the hub suspects, a person of the custodian decides.

Guarantee: nothing is merged and custody never moves; a pair is suspected once; of what was decided the latest counts.
Only a suspected pair is decided: whoever could name any dispute could find out which ones there are. Source:
楚雄市司法局 2023-10-19 (无一反悔或上访); the procedure is a hub default.
"""

from __future__ import annotations

from hub import words as w

from . import commands as c
from . import events as e
from .turn import Refused, Turn


def suspect(turn: Turn, body: c.SuspectRelapse) -> None:
    """疑似复发, by the hub: of an open dispute, each earlier one once, and no more of them than the pack says."""
    state = turn.state
    known = any(r.earlier == body.earlier for r in state.relapses)
    if state.status != w.OPEN or body.earlier == state.id or known:
        return
    if len(state.relapses) < turn.context.pack.relapse.most:
        turn.emit(e.RelapseSuspected(*body))


def decide(turn: Turn, body: c.DecideRelapse) -> None:
    """复发核对, by the custodian, of a closed dispute too; another answer corrects the one before."""
    if turn.state.status == w.VOID:
        raise Refused("dispute.void", "dispute")
    turn.need_custodian()
    found = next((r for r in turn.state.relapses if r.earlier == body.earlier), None)
    if found is None:
        raise Refused("relapse.unknown", "earlier")
    if found.same != body.same:
        turn.emit(e.RelapseDecided(*body))
