"""Does a broker speak at this address at all? Asked without logging in.

Why: a broker that refuses a password and a broker that is gone look the same to kafka-python (a time-out). Every
listener answers an ApiVersions request before any login, so who answers it but lets nobody in has refused the login.
"""

from __future__ import annotations

import socket
import ssl
import struct

_API_VERSIONS = struct.pack(">hhih", 18, 0, 1, 4) + b"hubc"  # key 18, version 0, correlation 1, a client id


def broker_speaks(bootstrap: str, seconds: float, ca_file: str | None = None) -> bool:
    """True when one of the addresses answers ApiVersions within ``seconds`` each."""
    return any(_speaks(address.strip(), seconds, ca_file) for address in bootstrap.split(","))


def _speaks(address: str, seconds: float, ca_file: str | None) -> bool:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=seconds) as plain:
            if ca_file is None:
                return _asks(plain)
            with ssl.create_default_context(cafile=ca_file).wrap_socket(plain, server_hostname=host) as wrapped:
                return _asks(wrapped)
    except (OSError, ValueError):
        return False


def _asks(connection: socket.socket) -> bool:
    connection.sendall(struct.pack(">i", len(_API_VERSIONS)) + _API_VERSIONS)
    head = b""
    while len(head) < 8:
        more = connection.recv(8 - len(head))
        if not more:
            return False
        head += more
    return head[4:] == struct.pack(">i", 1)  # our correlation id
