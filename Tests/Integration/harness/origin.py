"""A scripted origin server on a raw socket: answers exact bytes, keeps exact bytes."""

import socket
import threading
import time

from .message import Closed, Stream

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"


def head(status="200 OK", fields=(), version="HTTP/1.1"):
    lines = [f"{version} {status}".encode()]
    for field in fields:
        lines.append(field if isinstance(field, bytes) else field.encode("latin-1"))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def response(body=b"", fields=(), status="200 OK"):
    """A response of known length."""
    if isinstance(body, str):
        body = body.encode()
    return head(status, [*fields, f"Content-Length: {len(body)}"]) + body


def page(html, fields=(), status="200 OK"):
    return response(html, ["Content-Type: text/html; charset=utf-8", *fields], status)


def chunk(data):
    return b"%x\r\n%b\r\n" % (len(data), data)


class Peer(Stream):
    """One connection from the proxy."""

    def __init__(self, sock, number):
        super().__init__(sock)
        self.number = number
        self.requests = 0

    def close(self):
        """Ends the connection, also while another thread waits to receive from it: that one is woken."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        super().close()

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        try:
            self.sock.shutdown(socket.SHUT_RD)
        except OSError:
            pass
        self.sock.close()


class Origin:
    """Serves each request by `respond(peer, request)`; the function reads the body and owns the socket meanwhile."""

    def __init__(self, address="127.0.0.1", port=0, respond=None):
        self.listener = socket.create_server((address, port), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.peers = []
        self.requests = []
        self.respond = respond or self.default
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def default(self, peer, request):
        peer.request_body(request)
        peer.send(OK)

    def answer(self, raw):
        """Answers every request with these bytes, after its body has come."""

        def respond(peer, request):
            peer.request_body(request)
            peer.send(raw)

        self.respond = respond

    def answer_and_close(self, raw):
        def respond(peer, request):
            peer.request_body(request)
            peer.send(raw)
            peer.close()

        self.respond = respond

    def reset(self):
        """Forgets what was seen and answers `ok` again."""
        self.respond = self.default
        self.requests = []

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            peer = Peer(sock, len(self.peers))
            self.peers.append(peer)
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            while True:
                request = peer.head()
                if request is None:
                    break
                peer.requests += 1
                self.requests.append(request)
                request.peer = peer
                self.respond(peer, request)
                if peer.sock.fileno() < 0:
                    return
        except (OSError, Closed, ValueError):
            pass
        finally:
            peer.close()

    def wait_for_requests(self, count, timeout=5):
        deadline = time.monotonic() + timeout
        while len(self.requests) < count:
            assert time.monotonic() < deadline, f"origin saw {len(self.requests)} of {count} requests"
            time.sleep(0.005)
        return self.requests

    @property
    def last(self):
        return self.requests[-1]

    def close(self):
        """Takes no connection any more and ends those it has.

        The thread that accepts is woken and waited for before its descriptor is given back. Closed under it, the socket
        would go on listening; and accept(2), restarted by the kernel after a signal, would take its connections from
        whichever listener has that descriptor's number by then: those of another test, answered with this one's pages.
        """
        if self.listener.fileno() < 0:
            return
        self.listener.shutdown(socket.SHUT_RDWR)
        self.acceptor.join(10)
        assert not self.acceptor.is_alive(), "it still accepts"
        self.listener.close()
        for peer in self.peers:
            try:
                peer.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
