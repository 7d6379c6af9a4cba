"""The only wiring: settings in, running parts out.

    hub = build(Settings(home=folder))
    hub.start()          # lease, writer, log, views, inboxes, steward
    hub.app              # the ASGI application
    hub.stop()

For simulated time: ``build(settings, clock=SimulatedClock(...), by_steps=True)``. Then intake and steward
do nothing by themselves; ``hub.settle()`` lets views and inboxes catch up, ``hub.step()`` reads the
outboxes to their end, settles, and lets the steward act once on what is due by the clock.
"""

from .hub import Hub, build
from .logs import configure_logging

__all__ = ["Hub", "build", "configure_logging"]
