"""A free TCP port on the loopback interface, for parts that are started and restarted beside us."""

import random
import socket
from contextlib import closing
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 15_000


def _below_ephemeral() -> range:
    """Ports the kernel does not hand to outgoing connections.

    A client that keeps dialling a port whose server is down can be given that very port as its own and then
    talks to itself; the server never gets it back. It happens only inside the ephemeral range.
    """
    try:
        first = int(_RANGE.read_text().split()[0])
    except (OSError, ValueError):
        first = 32_768
    return range(_LOWEST, first) if first > _LOWEST + 1_000 else range(_LOWEST, 60_000)


def free_port(host: str = "127.0.0.1") -> int:
    """A port nobody listens on now and no outgoing connection takes later. Raises OSError if none is."""
    candidates = _below_ephemeral()
    for port in random.sample(candidates, k=min(200, len(candidates))):
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no free port on {host} between {candidates.start} and {candidates.stop}")


def listens(host: str, port: int, timeout: float = 0.5) -> bool:
    """True when something accepts a connection there."""
    try:
        with closing(socket.create_connection((host, port), timeout=timeout)):
            return True
    except OSError:
        return False
