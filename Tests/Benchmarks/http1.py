"""One HTTP/1.1 exchange over a socket of its own, for checks: nothing is normalised."""

import socket
import ssl

#: Ports where TLS is spoken.
secure_ports = set()


class Response:
    """A response as it was received."""

    def __init__(self, status, lines, body):
        self.status = status
        self.lines = lines
        self.body = body

    def fields(self, name):
        """The values of every field line of a name, in order."""
        return [value for key, value in self.lines if key.lower() == name]


def connect(port, timeout=20):
    """A connection to a peer, through TLS where the peer speaks it; nobody's certificate is looked at."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout)
    if port not in secure_ports:
        return connection
    return _context.wrap_socket(connection, server_hostname="www.shop.example")


_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_context.check_hostname, _context.verify_mode = False, ssl.CERT_NONE


def exchange(port, request, timeout=20):
    """Sends the request's bytes and reads one whole response."""
    with connect(port, timeout) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as stream:
            status_line = stream.readline()
            if not status_line.startswith(b"HTTP/1.1 "):
                raise RuntimeError(f"no HTTP response but {status_line[:80]!r}")
            lines = []
            while (line := stream.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode("latin-1").partition(":")
                lines.append((name, value.strip()))
            response = Response(int(status_line.split()[1]), lines, b"")
            length = response.fields("content-length")
            if length:
                response.body = stream.read(int(length[0]))
            elif "chunked" in response.fields("transfer-encoding"):
                response.body = b"".join(_chunks(stream))
            return response


def _chunks(stream):
    while size := int(stream.readline().split(b";")[0], 16):
        yield stream.read(size)
        stream.readline()
