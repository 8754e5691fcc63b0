"""Origin servers that speak TLS: who is believed, and HTTP as it is without TLS."""

import os
import signal
import socket
import ssl
import threading
import time

import pytest

from harness.client import Client, eventually, fetch, request
from harness.origin import Origin, Peer, head, response
from harness.tls import Authority
from test_websocket import UPGRADE, echo

SHORT = "timeouts: { origin_connect: 1s, origin_first_byte: 2s, body: 2s }\n"


class SecureOrigin(Origin):
    """An origin server behind a TLS context of Python's."""

    def __init__(self, context):
        self.context = context
        self.resumed = []
        self.failures = []
        super().__init__()

    def _serve(self, peer):
        try:
            secured = self.context.wrap_socket(peer.sock, server_side=True, suppress_ragged_eofs=False)
        except (OSError, ValueError) as error:
            self.failures.append(error)
            return
        self.resumed.append(secured.session_reused)
        mine = Peer(secured, peer.number)
        self.peers[peer.number] = mine
        super()._serve(mine)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("origin-authority"))
    made.issue("origin", "localhost", "127.0.0.1")
    made.issue("internal", "shop.internal")
    made.issue("proxy", "proxy.internal", usage="clientAuth")
    return made


@pytest.fixture
def make_secure_origin(authority):
    origins = []

    def make(name="origin", **options):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.directory / f"{name}.pem", authority.directory / f"{name}.key")
        for option, value in options.items():
            if option == "ask":
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(authority.certificate)
            else:
                setattr(context, option, value)
        origins.append(SecureOrigin(context))
        return origins[-1]

    yield make
    for origin in origins:
        origin.close()


@pytest.fixture
def front(make_gate, authority):
    """A proxy before an origin that speaks TLS."""

    def make(origin, host="127.0.0.1", tls=None, more=""):
        tls = f"{{ authorities: {authority.certificate} }}" if tls is None else tls
        line = f"origin_tls: {tls}\n" if tls else ""
        return make_gate(f"origin: https://{host}:{origin.port}\n{line}{SHORT}{more}")

    return make


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_requests_reach_the_origin_and_connections_are_kept(front, make_secure_origin, host, version):
    origin = make_secure_origin(maximum_version=version)
    gate = front(origin, host, more="workers: 1\n")
    for number in range(20):
        assert fetch(gate.port, f"/{number}").body == b"ok"
    assert [seen.target for seen in origin.requests] == [f"/{number}" for number in range(20)]
    assert len(origin.peers) == 1 and not origin.failures


def test_sessions_with_the_origin_are_resumed(front, make_secure_origin):
    origin = make_secure_origin()
    gate = front(origin)
    for _ in range(4):
        origin.respond = lambda peer, _: peer.send(response("x", ["Connection: close"]))
        assert fetch(gate.port).status == 200
    assert origin.resumed[0] is False and origin.resumed[-1] is True


def test_an_origin_that_nobody_vouches_for_gets_no_request(front, make_secure_origin):
    origin = make_secure_origin()
    gate = front(origin, tls="")
    assert fetch(gate.port).status == 502
    gate.wait_for_log(b"no TLS with 127.0.0.1")
    assert b"unable to get local issuer certificate" in gate.log
    assert not origin.requests


def test_an_origin_of_another_name_gets_no_request(front, make_secure_origin):
    origin = make_secure_origin("internal")
    gate = front(origin)
    assert fetch(gate.port).status == 502
    gate.wait_for_log(b"mismatch")
    assert not origin.requests


def test_the_name_can_be_said(front, make_secure_origin, authority):
    asked = []
    origin = make_secure_origin("internal")
    origin.context.sni_callback = lambda sock, name, context: asked.append(name)
    gate = front(origin, tls=f"{{ authorities: {authority.certificate}, server_name: shop.internal }}")
    assert fetch(gate.port).status == 200
    assert asked == ["shop.internal"]


def test_an_expired_origin_gets_no_request(front, make_secure_origin, authority):
    authority.issue("expired", "localhost", "127.0.0.1", days=-1)
    origin = make_secure_origin("expired")
    gate = front(origin)
    assert fetch(gate.port).status == 502
    gate.wait_for_log(b"certificate has expired")


def test_verification_can_be_switched_off_with_a_warning(front, make_secure_origin):
    origin = make_secure_origin("internal")
    gate = front(origin, tls="{ verify: false }")
    assert fetch(gate.port).status == 200
    assert b"can read and change everything" in gate.run("check", gate.rules_path).stderr


def test_the_origin_may_ask_who_we_are(front, make_secure_origin, authority):
    origin = make_secure_origin(ask=True)
    keys = f"certificate: {authority.directory}/proxy.pem, key: {authority.directory}/proxy.key"
    gate = front(origin, tls=f"{{ authorities: {authority.certificate}, {keys} }}")
    assert fetch(gate.port).status == 200
    assert dict(pair for (pair,) in origin.peers[0].sock.getpeercert()["subject"])["commonName"] == "proxy.internal"
    gate = front(origin)
    assert fetch(gate.port).status == 502


def test_an_origin_that_speaks_no_tls_is_502(front):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        class Plain:
            port = listener.getsockname()[1]

        def serve():
            sock, _ = listener.accept()
            with sock:
                sock.recv(65536)
                sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        gate = front(Plain)
        assert fetch(gate.port).status == 502
        gate.wait_for_log(b"no TLS with")


def test_a_silent_handshake_is_504(front):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        class Silent:
            port = listener.getsockname()[1]

        gate = front(Silent)
        began = time.monotonic()
        assert fetch(gate.port).status in (502, 504)
        assert time.monotonic() - began < 4


@pytest.mark.parametrize("size", [1, 16_384, 65_536, 700_000, 20_000_000])
def test_bodies_are_the_same_byte_for_byte(front, make_secure_origin, size):
    sent, seen = os.urandom(size), []
    origin = make_secure_origin()

    def respond(peer, message):
        seen.append(peer.request_body(message))
        peer.send(response(seen[-1]))

    origin.respond = respond
    gate = front(origin)
    with Client(gate.port) as client:
        for _ in range(2):
            assert client.request(method="POST", body=sent).body == sent
    assert seen == [sent, sent]


def test_a_body_until_the_end_must_come_to_its_end(front, make_secure_origin):
    origin = make_secure_origin()
    gate = front(origin)

    def whole(peer, _):
        peer.send(head() + b"x" * 50_000)
        peer.sock.unwrap()
        peer.close()

    origin.respond = whole
    assert fetch(gate.port).body == b"x" * 50_000

    def cut(peer, _):
        peer.send(head() + b"x" * 50_000)
        peer.close()

    origin.respond = cut
    with Client(gate.port) as client:
        client.send(request())
        seen = client.head()
        assert seen.one("transfer-encoding") == b"chunked"
        with pytest.raises(Exception, match="(?i)missing|in a line|reset"):
            client.chunked(seen)


def test_a_pooled_connection_that_ended_is_replaced(front, make_secure_origin):
    origin = make_secure_origin()
    gate = front(origin, more="workers: 1\n")
    assert fetch(gate.port).status == 200
    origin.peers[0].close()
    assert fetch(gate.port).status == 200
    assert len(origin.requests) == 2


def test_websockets_pass(front, make_secure_origin):
    origin = make_secure_origin()
    origin.respond = echo
    gate = front(origin)
    with Client(gate.port) as client:
        client.send(UPGRADE)
        assert client.response().status == 101
        for size in (1, 65536, 500_000):
            data = os.urandom(size)
            threading.Thread(target=client.send, args=(data,)).start()
            assert client.exactly(size) == data


def test_a_slow_visitor_slows_the_origin_down(front, make_secure_origin):
    written = []
    origin = make_secure_origin()

    def respond(peer, _):
        peer.send(head(fields=["Content-Length: 50000000"]))
        for count in range(500):
            peer.send(bytes(100_000))
            written.append(count)

    origin.respond = respond
    gate = front(origin)
    before = gate.rss
    with Client(gate.port, receive_buffer=16_384) as client:
        client.send(request())
        time.sleep(1)
        assert len(written) < 300 and gate.rss < before + 2_000_000
        assert len(client.response().body) == 50_000_000


def test_a_renewed_authority_is_believed_without_a_reload(front, make_secure_origin, authority, tmp_path):
    """As soon as its file changes."""
    origin = make_secure_origin()
    other = Authority(tmp_path / "other")
    file = tmp_path / "authorities.pem"
    file.write_bytes(other.certificate.read_bytes())
    gate = front(origin, tls=f"{{ authorities: {file} }}")
    assert fetch(gate.port).status == 502
    file.write_bytes(authority.certificate.read_bytes())
    gate.wait_for_log(b"certificates reloaded", timeout=8)
    eventually(lambda: fetch(gate.port).status == 200)
    gate.signal(signal.SIGHUP)
    gate.wait_for_log(b"rules reloaded")
    assert fetch(gate.port).status == 200
