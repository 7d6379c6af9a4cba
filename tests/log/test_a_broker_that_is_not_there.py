"""An address where nobody listens is told at once; one that keeps silent is left to the client's own patience."""

import socket
import time

from hub.log import access as module
from hub.log.access import Access, check_access
from hub.log.port import UNREACHABLE
from ops.ports import free_port


def test_a_refused_connection_is_told_at_once() -> None:
    begun = time.monotonic()
    problem = check_access(Access(f"127.0.0.1:{free_port()},127.0.0.1:{free_port()}"))
    assert problem is not None and problem.code == UNREACHABLE and "refused" in problem.detail
    assert time.monotonic() - begun < module.CONNECT_MS / 1_000 / 2


def test_one_address_that_listens_is_enough_to_ask() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert not module._nobody_listens(Access(f"127.0.0.1:{free_port()},127.0.0.1:{port}"))
    assert module._nobody_listens(Access(f"[::1]:{free_port()},127.0.0.1:{port}"))
    assert not module._nobody_listens(Access("no.such.name.invalid:9092"))
