"""HTTP/1.1 messages as raw bytes and as parsed parts (RFC 9112), for both sides of the wire."""

import socket
from dataclasses import dataclass, field

CRLF = b"\r\n"


class Closed(Exception):
    """The peer closed in the middle of a message."""


@dataclass
class Message:
    """A head as it was on the wire, its fields in order (names in lower case), and what followed."""

    raw: bytes
    start: bytes
    fields: list
    body: bytes = b""
    trailers: list = field(default_factory=list)
    interim: list = field(default_factory=list)
    chunks: list = field(default_factory=list)

    def all(self, name):
        return [value for key, value in self.fields if key == name.lower().encode()]

    def one(self, name):
        """The field's only value; None when it is absent."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} stands {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def status(self):
        return int(self.start.split(b" ")[1])

    @property
    def method(self):
        return self.start.split(b" ")[0].decode()

    @property
    def target(self):
        return self.start.split(b" ")[1].decode("latin-1")

    @property
    def cookies(self):
        """The cookie-string's pairs, in order, of all Cookie fields."""
        pairs = []
        for value in self.all("cookie"):
            for pair in value.split(b"; "):
                name, _, content = pair.partition(b"=")
                pairs.append((name, content))
        return pairs

    @property
    def cookie_names(self):
        return {name.decode("latin-1") for name, _ in self.cookies}

    @property
    def set_cookies(self):
        return self.all("set-cookie")

    @property
    def set_names(self):
        """Names of the cookies that this response stores; those it expires are left out."""
        return {line.split(b"=")[0].decode("latin-1") for line in self.set_cookies if not is_expiry(line)}

    @property
    def expired_names(self):
        return {line.split(b"=")[0].decode("latin-1") for line in self.set_cookies if is_expiry(line)}


def is_expiry(line):
    attributes = [part.strip().lower() for part in line.split(b";")[1:]]
    return any(a.startswith(b"max-age=") and int(a[8:]) <= 0 for a in attributes) or any(
        a.startswith(b"expires=") and b"1970" in a for a in attributes
    )


class Stream:
    """A socket read as HTTP/1.1; keeps everything that was received."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""
        self.received = bytearray()

    def send(self, data):
        self.sock.sendall(data)

    def fill(self):
        """Receives once; False at the end of the stream."""
        data = self.sock.recv(65536)
        self.received += data
        self.buffer += data
        return bool(data)

    def until(self, data):
        """Receives until these bytes have come; they stay to be read."""
        while data not in self.buffer:
            if not self.fill():
                raise Closed(f"without {data!r}: {self.buffer[:500]!r}")

    def line(self):
        while CRLF not in self.buffer:
            if not self.fill():
                raise Closed(f"in a line, after {self.buffer[-200:]!r}")
        line, _, self.buffer = self.buffer.partition(CRLF)
        return line

    def exactly(self, count):
        parts = [self.buffer[:count]]
        have = len(parts[0])
        self.buffer = self.buffer[count:]
        while have < count:
            data = self.sock.recv(min(1 << 18, max(count - have, 1)))
            if not data:
                raise Closed(f"{count - have} of {count} bytes missing")
            self.received += data if len(self.received) < 1 << 20 else b""
            parts.append(data)
            have += len(data)
        return b"".join(parts)

    def head(self):
        """The next head, or None where the peer has closed between messages."""
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill():
                if self.buffer:
                    raise Closed(f"in a head: {self.buffer[:200]!r}")
                return None
        raw, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        lines = raw.split(CRLF)
        fields = []
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            fields.append((name.lower(), value.strip(b" \t")))
        return Message(raw + b"\r\n\r\n", lines[0], fields)

    def chunked(self, message):
        parts = []
        while True:
            size = int(self.line().split(b";")[0], 16)
            if size == 0:
                break
            data = self.exactly(size)
            message.chunks.append(size)
            parts.append(data)
            assert self.exactly(2) == CRLF
        while line := self.line():
            name, _, value = line.partition(b":")
            message.trailers.append((name.lower(), value.strip()))
        return b"".join(parts)

    def rest(self):
        """Everything until the peer closes."""
        parts = [self.buffer]
        self.buffer = b""
        while data := self.sock.recv(1 << 18):
            parts.append(data)
        return b"".join(parts)

    def request_body(self, message):
        if message.all("transfer-encoding"):
            message.body = self.chunked(message)
        elif length := message.one("content-length"):
            message.body = self.exactly(int(length))
        return message.body

    def response_body(self, message, method):
        if method == "HEAD" or message.status < 200 or message.status in (204, 304):
            return b""
        if message.all("transfer-encoding"):
            message.body = self.chunked(message)
        elif (length := message.one("content-length")) is not None:
            message.body = self.exactly(int(length))
        else:
            message.body = self.rest()
        return message.body

    def response(self, method="GET"):
        """The next final response, with the 1xx before it as `interim`."""
        interim = []
        while True:
            message = self.head()
            if message is None:
                raise Closed("before a response")
            if message.status < 200 and message.status != 101:
                interim.append(message)
                continue
            message.interim = interim
            self.response_body(message, method)
            return message

    def is_at_end(self, timeout=5):
        """Whether the peer closes (or resets) without another byte."""
        self.sock.settimeout(timeout)
        try:
            return not self.buffer and self.sock.recv(1) == b""
        except ConnectionResetError:
            return True

    def close(self):
        self.sock.close()

    def reset(self):
        """Closes with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.sock.close()
