"""One HTTP/2 connection that asks once: enough of RFC 9113 and RFC 7541 to find out what it costs when it is silent."""

import socket
import ssl
import struct

import shop


def open_and_ask(peer, path):
    """A connection on which one request was made and answered."""
    connection = _context.wrap_socket(
        socket.create_connection(("127.0.0.1", peer.server.port), timeout=20), server_hostname=shop.HOST)
    if connection.selected_alpn_protocol() != "h2":
        raise RuntimeError(f"{peer.name} does not speak HTTP/2")
    lines = [line.split(": ", 1) for line in peer.head(path).decode().split("\r\n")[1:] if line]
    fields = [(":method", "GET"), (":scheme", "https"), (":authority", shop.HOST), (":path", path)]
    fields += [(name.lower(), value) for name, value in lines if name.lower() not in ("host", "connection")]
    block = b"".join(_literal(name.encode(), value.encode()) for name, value in fields)
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(4, 0, 0, b"") + _frame(1, 5, 1, block))
    received = b""
    while True:
        received += connection.recv(65536)
        while len(received) >= 9 + (length := int.from_bytes(received[:3], "big")):
            kind, flags = received[3], received[4]
            received = received[9 + length:]
            if kind == 4 and not flags & 1:
                connection.sendall(_frame(4, 1, 0, b""))
            if kind in (0, 1) and flags & 1:
                return connection


def _frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def _literal(name, value):
    """A field with a new name, indexed as browsers do (RFC 7541 section 6.2.1)."""
    return b"\x40" + _text(name) + _text(value)


def _text(data):
    length, prefix = len(data), b""
    if length >= 127:
        rest, prefix = length - 127, b"\x7f"
        while rest >= 128:
            prefix, rest = prefix + bytes([rest % 128 + 128]), rest // 128
        return prefix + bytes([rest]) + data
    return bytes([length]) + data


_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_context.check_hostname, _context.verify_mode = False, ssl.CERT_NONE
_context.set_alpn_protocols(["h2"])
