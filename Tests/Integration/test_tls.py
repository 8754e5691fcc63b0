"""Visitors who speak TLS: versions, certificates, resumption, and HTTP as it is without TLS."""

import os
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

from conftest import RULES
from harness.client import exchange, fetch, request
from harness.origin import chunk, head, page, response
from harness.process import Gate, free_port
from harness.tls import Authority, SecureClient, careless, openssl
from test_websocket import SWITCH, UPGRADE, echo

FAST = RULES.replace("timeouts: {", "timeouts: { handshake: 1s,")


def listening(authority, *names, more=""):
    """`listen` with these certificates, the first for whoever names none."""
    pairs = [(authority.directory / f"{name}.pem", authority.directory / f"{name}.key") for name in names]
    items = "".join(f"        - {{ certificate: {path}, key: {key} }}\n" for path, key in pairs)
    return f"\n  - address: 127.0.0.1:PORT\n    tls:\n{more}      certificates:\n{items}"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("authority"))
    made.issue("shop", "shop.test", "www.shop.test")
    made.issue("other", "other.test", kind="rsa")
    made.issue("wild", "*.wild.test", "exact.wild.test")
    made.issue("exact", "exact.wild.test")
    return made


@pytest.fixture(scope="module")
def secure_gate(tmp_path_factory, origin_server, authority):
    listen = listening(authority, "shop", "other", "exact", "wild")
    rules = f"origin: http://127.0.0.1:{origin_server.port}\n{FAST}"
    gate = Gate(tmp_path_factory.mktemp("secure"), rules, listen=listen)
    yield gate
    assert gate.stop() == 0


@pytest.fixture
def connect(secure_gate, authority, origin):
    """Connects with options of the context; the proxy is well afterwards."""

    def connect(name="shop.test", context=None, session=None, receive_buffer=None, **options):
        context = context or authority.context(**options)
        return SecureClient(secure_gate.port, context, name, session, receive_buffer=receive_buffer)

    yield connect
    origin.reset()
    with connect() as client:
        assert client.request("/well").status == 200


def hello():
    """A ClientHello as bytes."""
    outgoing = ssl.MemoryBIO()
    tls = careless().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="shop.test")
    with pytest.raises(ssl.SSLWantReadError):
        tls.do_handshake()
    return outgoing.read()


def s_client(gate, *arguments, send=b""):
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{gate.port}", *arguments]
    return subprocess.run(command, input=send, capture_output=True, timeout=15, check=False)


# Versions and ciphers


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_modern_versions_are_spoken(connect, version):
    with connect(minimum_version=version, maximum_version=version) as client:
        assert client.request().body == b"ok"
        assert client.sock.version() == version.name.replace("_", ".")


@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_old_versions_are_refused(secure_gate, connect, version):
    done = s_client(secure_gate, version, "-cipher", "ALL:@SECLEVEL=0")
    assert done.returncode != 0 and b"alert protocol version" in done.stderr


@pytest.mark.parametrize(
    "ciphers", ["AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256"]
)
def test_ciphers_without_forward_secrecy_or_authenticated_encryption_are_refused(connect, ciphers):
    context = careless(maximum_version=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers(ciphers)
    with pytest.raises(ssl.SSLError, match="(?i)handshake.failure"):
        connect(context=context)


def test_the_oldest_version_can_be_the_newest(make_gate, authority, origin):
    listen = listening(authority, "shop", more="      minimum_version: 1.3\n")
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n", listen=listen)
    with pytest.raises(ssl.SSLError, match="(?i)protocol.version"):
        SecureClient(gate.port, authority.context(maximum_version=ssl.TLSVersion.TLSv1_2))
    with SecureClient(gate.port, authority.context()) as client:
        assert client.request().status == 200


def test_nothing_is_negotiated_anew(secure_gate, connect):
    done = s_client(secure_gate, "-tls1_2", "-servername", "shop.test", send=b"R\n")
    assert b"Secure Renegotiation IS supported" in done.stdout
    assert b"no renegotiation" in done.stderr.lower()


@pytest.mark.parametrize("offered, chosen", [(["http/1.1"], "http/1.1"), ([], None)])
def test_the_protocol_is_http_1(connect, offered, chosen):
    context = careless()
    if offered:
        context.set_alpn_protocols(offered)
    with connect(context=context) as client:
        assert client.sock.selected_alpn_protocol() == chosen
        assert client.request().status == 200


def test_who_speaks_only_another_protocol_is_told_so(connect):
    context = careless()
    context.set_alpn_protocols(["smtp"])
    with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
        connect(context=context)


# Certificates


@pytest.mark.parametrize(
    "name, shown",
    [
        ("shop.test", {"shop.test", "www.shop.test"}),
        ("WWW.Shop.Test", {"shop.test", "www.shop.test"}),
        ("other.test", {"other.test"}),
        ("any.wild.test", {"*.wild.test", "exact.wild.test"}),
        ("exact.wild.test", {"exact.wild.test"}),
    ],
)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_the_certificate_is_that_of_the_host_asked_for(connect, name, shown, version):
    with connect(name, maximum_version=version) as client:
        assert client.names == shown
        assert client.request().status == 200


@pytest.mark.parametrize("name", ["unknown.test", "a.b.wild.test", "wild.test", ".wild.test", "127.0.0.1", None])
def test_whoever_names_no_known_host_gets_the_first_certificate(secure_gate, connect, name):
    arguments = ["-servername", name] if name else ["-noservername"]
    done = s_client(secure_gate, *arguments)
    assert b"subject=CN = shop.test" in done.stdout


# Resumption


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_sessions_are_resumed(secure_gate, authority, connect, version):
    context = authority.context(minimum_version=version, maximum_version=version)
    session = None
    for count in range(4):
        # Any of the event loops may take the connection.
        with SecureClient(secure_gate.port, context, session=session) as client:
            assert client.request().status == 200
            assert client.sock.session_reused == (count > 0)
            session = client.sock.session


def test_a_ticket_of_another_server_is_not_taken(make_gate, secure_gate, authority, origin):
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n", listen=listening(authority, "shop"))
    context = authority.context()
    with SecureClient(gate.port, context) as client:
        client.request()
        session = client.sock.session
    with SecureClient(secure_gate.port, context, session=session) as client:
        assert client.request().status == 200 and not client.sock.session_reused


# What the origin and the visitor are told


def test_the_origin_knows_that_tls_was_spoken(connect, origin):
    with connect() as client:
        client.request(fields=["X-Forwarded-Proto: http", "Forwarded: proto=http"])
    assert origin.last.all("x-forwarded-proto") == [b"https"]
    assert b"proto=https" in origin.last.one("forwarded")


def test_the_consent_cookie_is_bound_to_the_host_and_to_tls(connect, origin):
    origin.answer(page("<!doctype html><html><head><title>t</title></head><body>x</body></html>"))
    with connect() as client:
        client.request(fields=["Accept: text/html", "Sec-Fetch-Dest: document"])
        fields = [
            "Content-Type: application/x-www-form-urlencoded", "Origin: https://shop.test",
            "Sec-Fetch-Site: same-origin", "Accept: text/html",
        ]  # fmt: skip
        answer = client.request("/.crumbgate/consent", fields, "POST", b"choice=reject")
        if answer.status == 400:
            form = client.request("/", ["Accept: text/html", "Sec-Fetch-Dest: document"]).body
            pytest.fail(form.decode()[:3000])
    line = next(line for line in answer.set_cookies if b"crumbgate" in line)
    assert line.startswith(b"__Host-crumbgate=") and b"; Secure" in line and b"Path=/" in line


# HTTP as it is without TLS


def test_connections_are_kept_and_requests_may_be_sent_ahead(connect, origin):
    origin.respond = lambda peer, seen: peer.send(response(seen.target))
    with connect() as client:
        for number in range(50):
            assert client.request(f"/{number}").body == b"/%d" % number
        client.send(b"".join(request(f"/ahead/{number}") for number in range(200)))
        for number in range(200):
            assert client.response().body == b"/ahead/%d" % number


@pytest.mark.parametrize("size", [1, 16383, 16384, 16385, 65536, 300_000, 20_000_000])
def test_bodies_are_the_same_byte_for_byte(connect, origin, size):
    sent, seen = os.urandom(size), []

    def respond(peer, message):
        seen.append(peer.request_body(message))
        peer.send(response(seen[-1]))

    origin.respond = respond
    with connect() as client:
        assert client.request(method="POST", body=sent).body == sent
    assert seen == [sent]


def test_chunks_are_the_same_byte_for_byte(connect, origin):
    parts = [os.urandom(size) for size in (1, 16_000, 17_000, 70_000, 5)]

    def respond(peer, message):
        body = peer.request_body(message)
        peer.send(head(fields=["Transfer-Encoding: chunked"]))
        for part in parts:
            peer.send(chunk(part))
        peer.send(chunk(body) + b"0\r\n\r\n")

    origin.respond = respond
    with connect() as client:
        client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in parts:
            client.send(chunk(part))
        client.send(b"0\r\n\r\n")
        assert client.response().body == b"".join(parts) * 2


def test_single_bytes_and_records_in_pieces(secure_gate, connect, origin):
    """A handshake and a request whose records arrive byte by byte."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = careless().wrap_bio(incoming, outgoing, server_hostname="shop.test")

    def step(call):
        while True:
            try:
                result = call()
                ended = True
            except ssl.SSLWantReadError:
                ended = False
            data = outgoing.read()
            for offset in range(len(data)):
                sock.sendall(data[offset : offset + 1])
            if ended:
                return result
            incoming.write(sock.recv(7))

    with socket.create_connection(("127.0.0.1", secure_gate.port), timeout=5) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        step(tls.do_handshake)
        step(lambda: tls.write(request("/bytes")))
        assert step(lambda: tls.read(65536)).startswith(b"HTTP/1.1 200 OK")


def test_a_visitor_who_does_not_read_holds_the_origin_back(secure_gate, connect, origin):
    written = []

    def respond(peer, _):
        peer.send(head(fields=["Content-Length: 100000000"]))
        for count in range(1000):
            peer.send(bytes(100_000))
            written.append(count)

    origin.respond = respond
    before = secure_gate.rss
    with connect(receive_buffer=16_384) as client:
        client.send(request())
        time.sleep(1)
        held = len(written)
        assert held < 400, "the rest waits at the origin"
        assert secure_gate.rss < before + 2_000_000
        assert len(client.response().body) == 100_000_000


def test_the_end_is_said_before_it_comes(connect, origin):
    """Where the response ends, and where the connection was idle for long: the client would raise without close_notify."""
    with connect() as client:
        assert client.request(fields=["Connection: close"]).status == 200
        assert client.rest() == b""
    with connect() as client:
        client.request()
        assert client.rest() == b""


def test_a_body_until_the_end_ends_with_a_close_notify(connect, origin):
    origin.answer_and_close(head() + b"x" * 50_000)
    with connect() as client:
        client.send(b"GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n")
        assert client.head().status == 200
        assert client.rest() == b"x" * 50_000


def test_a_body_that_breaks_off_does_not_look_whole(connect, origin):
    def respond(peer, _):
        peer.send(head(fields=["Content-Length: 100000"]) + b"x" * 50_000)
        peer.reset()

    origin.respond = respond
    with connect() as client:
        client.send(b"GET / HTTP/1.0\r\nHost: shop.test\r\n\r\n")
        with pytest.raises(ssl.SSLError, match="(?i)eof"):
            client.head()
            client.rest()


def test_a_visitor_may_say_its_end(connect, origin):
    with connect() as client:
        client.request()
        client.sock.unwrap()


def test_websockets_pass(connect, origin):
    origin.respond = echo
    with connect() as client:
        client.send(UPGRADE)
        assert client.response().status == 101
        # In turn: a session of Python's is not for two threads.
        for size in (1, 125, 16_384, 65_536, 200_000) * 5:
            data = os.urandom(size)
            client.send(data)
            assert client.exactly(size) == data


def test_the_origin_may_end_a_websocket(connect, origin):
    def respond(peer, _):
        peer.send(SWITCH + b"bye")
        peer.close()

    origin.respond = respond
    with connect() as client:
        client.send(UPGRADE)
        assert client.response().status == 101
        assert client.rest() == b"bye"


# What is not TLS, or not all of it


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD", "PUT"])
def test_http_without_tls_is_told_the_way(secure_gate, connect, method):
    answer = exchange(secure_gate.port, request(method=method))
    assert answer.startswith(b"HTTP/1.1 400 ") and b"https://" in answer and b"Connection: close" in answer


@pytest.mark.parametrize("sent", [b"\0" * 100, b"SSH-2.0-x\r\n", os.urandom(3000), b"\x16\x03\x01\xff\xff" + bytes(100)])
def test_anything_else_is_closed(secure_gate, connect, sent):
    began = time.monotonic()
    answer = exchange(secure_gate.port, sent)
    assert b"HTTP" not in answer and time.monotonic() - began < 3


def test_no_beginning_of_a_handshake_does_harm(secure_gate, connect):
    sent = hello()
    for end in [*range(1, 60), *range(60, len(sent), 37)]:
        with socket.create_connection(("127.0.0.1", secure_gate.port)) as sock:
            sock.sendall(sent[:end])
    for index in range(0, len(sent), 11):
        exchange(secure_gate.port, sent[:index] + bytes([sent[index] ^ 0x55]) + sent[index + 1 :], timeout=0.02)


def test_a_slow_handshake_ends(secure_gate, connect):
    """However steadily it comes: `handshake` is the time for all of it."""
    sent = hello()
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", secure_gate.port), timeout=5) as sock:
        for offset in range(len(sent)):
            try:
                sock.sendall(sent[offset : offset + 1])
            except OSError:
                break
            time.sleep(0.05)
        with pytest.raises(OSError):
            for _ in range(100):
                sock.sendall(b"\0")
                time.sleep(0.05)
    assert time.monotonic() - began < 4


def test_who_says_nothing_is_not_waited_for(secure_gate, connect):
    with socket.create_connection(("127.0.0.1", secure_gate.port), timeout=5) as sock:
        began = time.monotonic()
        assert sock.recv(100) == b"" and 0.8 < time.monotonic() - began < 3


def test_a_broken_record_ends_the_connection(connect, origin):
    with connect() as client:
        client.request()
        raw = socket.socket(fileno=os.dup(client.sock.fileno()))
        raw.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
        with pytest.raises(ssl.SSLError, match="(?i)bad.record.mac"):
            client.sock.recv(100)
        raw.close()


# Load, reload, end


@pytest.mark.alone
def test_new_certificates_are_taken_under_load_without_a_lost_request(make_gate, make_origin, authority, tmp_path):
    origin = make_origin()
    path, key = authority.issue("first", "shop.test", into=tmp_path)
    listen = f"\n  - address: 127.0.0.1:PORT\n    tls: {{ certificate: {path}, key: {key} }}"
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n", listen=listen)
    running, failed, answered = True, [], [0]

    def visit():
        try:
            while running:
                with SecureClient(gate.port, authority.context()) as client:
                    for _ in range(10):
                        assert client.request().status == 200
                        answered[0] += 1
        except Exception as error:
            failed.append(repr(error))

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    with SecureClient(gate.port, authority.context()) as kept:
        kept.request()
        session = kept.sock.session
        for visitor in visitors:
            visitor.start()
        for round_ in range(3):
            authority.issue("first", "shop.test", f"round{round_}.test", into=tmp_path)
            gate.signal(signal.SIGHUP)
            gate.wait_for_log(b"rules reloaded", round_ + 1)
        running = False
        for visitor in visitors:
            visitor.join()
        assert kept.request().status == 200
    assert not failed and answered[0] > 20
    context = authority.context()
    with SecureClient(gate.port, context) as client:
        assert client.names == {"shop.test", "round2.test"}
    del session


def gate_of_its_own(make_gate, make_origin, authority, folder):
    """A gate whose certificate is in this folder, and the certificate's path."""
    path, key = authority.issue("own", "shop.test", into=folder)
    listen = f"\n  - address: 127.0.0.1:PORT\n    tls: {{ certificate: {path}, key: {key} }}"
    return make_gate(f"origin: http://127.0.0.1:{make_origin().port}\n", listen=listen), path


def test_a_broken_certificate_keeps_the_old_one_and_says_why(make_gate, make_origin, authority, tmp_path):
    gate, path = gate_of_its_own(make_gate, make_origin, authority, tmp_path)
    path.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    gate.signal(signal.SIGHUP)
    gate.wait_for_log(b"the old ones stay in force")
    assert f"{path}".encode() in gate.log and b"rules.yaml:3:25" in gate.log
    with SecureClient(gate.port, authority.context()) as client:
        assert client.request().status == 200


def test_a_renewed_certificate_is_taken_although_a_reload_fails(make_gate, make_origin, authority, tmp_path):
    """What renewed it may have asked for the reload."""
    gate, _ = gate_of_its_own(make_gate, make_origin, authority, tmp_path)
    gate.write_rules("origin: nonsense\n")
    gate.wait_for_log(b"rules not reloaded")
    authority.issue("own", "shop.test", "second.test", into=tmp_path)
    gate.signal(signal.SIGHUP)
    gate.wait_for_log(b"certificates reloaded", timeout=8)
    with SecureClient(gate.port, authority.context()) as client:
        assert client.request().status == 200 and "second.test" in client.names


def test_who_only_renews_keys_is_cut_off(make_gate, authority, origin):
    """Key updates (RFC 8446 §4.6.3) cost the server more than the client: `k` makes the command send one."""
    rules = RULES.replace("request_head: 1s", "request_head: 60s")
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{rules}", listen=listening(authority, "shop"))
    with subprocess.Popen(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{gate.port}", "-tls1_3"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as client:  # fmt: skip
        try:
            for _ in range(10_000):
                client.stdin.write(b"k\n")
                client.stdin.flush()
                time.sleep(0.001)
                if client.poll() is not None:
                    break
            ended = client.poll() is not None
        except BrokenPipeError:
            ended = True
        client.kill()
    assert ended
    with SecureClient(gate.port, authority.context()) as visitor:
        assert visitor.request().status == 200


def test_term_lets_a_response_end(make_gate, make_origin, authority):
    origin = make_origin()
    began = threading.Event()

    def respond(peer, _):
        peer.send(head(fields=["Content-Length: 10"]) + b"01234")
        began.set()
        time.sleep(0.7)
        peer.send(b"56789")

    origin.respond = respond
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n", listen=listening(authority, "shop"))
    with SecureClient(gate.port, authority.context()) as client:
        client.send(request())
        began.wait(5)
        gate.signal(signal.SIGTERM)
        assert client.response().body == b"0123456789"
        assert client.rest() == b""
    assert gate.wait() == 0


def test_idle_connections_cost_little(make_gate, make_origin, authority):
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nworkers: 1\n", listen=listening(authority, "shop"))
    context = authority.context()
    clients = [SecureClient(gate.port, context) for _ in range(50)]
    for client in clients:
        client.request()
    before = gate.rss
    clients += [SecureClient(gate.port, context) for _ in range(400)]
    for client in clients[50:]:
        client.request()
    each = (gate.rss - before) / 400
    for client in clients:
        client.close()
    assert each < 20_000, f"{each:.0f} bytes"


def test_a_renewed_certificate_is_taken_as_soon_as_its_file_changes(make_gate, make_origin, authority, tmp_path):
    """Also through links, as ACME clients have them, and with a rules file that is broken meanwhile."""
    origin = make_origin()
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        authority.issue("own", "shop.test", f"{folder.name}.test", into=folder)
    live = tmp_path / "live"
    live.symlink_to(first)
    listen = f"\n  - address: 127.0.0.1:PORT\n    tls: {{ certificate: {live}/own.pem, key: {live}/own.key }}"
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n", listen=listen)
    gate.write_rules("origin: nonsense\n")
    gate.wait_for_log(b"rules not reloaded")
    with SecureClient(gate.port, authority.context()) as kept:
        assert kept.request().status == 200 and "first.test" in kept.names
        link = tmp_path / "next"
        link.symlink_to(second)
        link.rename(live)
        gate.wait_for_log(b"certificates reloaded", timeout=8)
        assert kept.request().status == 200
    with SecureClient(gate.port, authority.context()) as client:
        assert client.request().status == 200 and "second.test" in client.names
    (second / "own.pem").write_text("nonsense")
    gate.wait_for_log(b"certificates not reloaded", timeout=8)
    assert f"{live}/own.pem".encode() in gate.log
    with SecureClient(gate.port, authority.context()) as client:
        assert client.request().status == 200 and "second.test" in client.names


# Redirects, and coming back over TLS only


@pytest.fixture
def two_doors(make_gate, authority, origin):
    """A proxy with a door for HTTP, which leads to the one for HTTPS: its port."""
    port = free_port()

    def make(rules="", trusted=""):
        listen = "\n  - { address: 127.0.0.1:PORT, redirect_to_https: true }"
        secure = listening(authority, "shop").replace("PORT", str(port))
        gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{rules}", listen=listen + secure)
        gate.secure_port = port
        return gate

    return make


@pytest.mark.parametrize(
    "method, target, host, status, place",
    [
        ("GET", "/a?b=c", "shop.test", 301, "https://shop.test:{}/a?b=c"),
        ("HEAD", "/a", "shop.test:80", 301, "https://shop.test:{}/a"),
        ("POST", "/a", "Shop.test:8080", 308, "https://Shop.test:{}/a"),
        ("OPTIONS", "*", "[::1]:80", 308, "https://[::1]:{}/"),
        ("GET", "http://shop.test/x", "shop.test", 301, "https://shop.test:{}/x"),
        ("GET", "/.crumbgate/settings", "shop.test", 301, "https://shop.test:{}/.crumbgate/settings"),
    ],
)
def test_http_is_sent_on_to_https(two_doors, origin, method, target, host, status, place):
    gate = two_doors("strict_transport_security: {}\n")
    body = b"x" * 10 if method == "POST" else None
    answer = fetch(gate.port, target, method=method, host=host, body=body)
    assert answer.status == status and answer.one("location").decode() == place.format(gate.secure_port)
    assert not answer.all("strict-transport-security") and not answer.set_cookies
    assert not origin.requests


def test_who_came_over_tls_to_a_proxy_in_front_is_not_sent_in_circles(two_doors, origin):
    gate = two_doors("trusted_proxies: [127.0.0.1]\n")
    assert fetch(gate.port, fields=["X-Forwarded-Proto: https"]).status == 200
    assert fetch(gate.port, fields=["X-Forwarded-Proto: http"]).status == 301


def test_browsers_are_told_over_tls_only_to_come_back_over_it(two_doors, authority, origin):
    origin.answer(response("x", ["Strict-Transport-Security: max-age=1"]))
    gate = two_doors("strict_transport_security: { max_age: 730d, include_subdomains: true }\n")
    with SecureClient(gate.secure_port, authority.context()) as client:
        answer = client.request()
    assert answer.all("strict-transport-security") == [b"max-age=63072000; includeSubDomains"]


def test_without_a_rule_the_shops_own_word_passes(two_doors, authority, origin):
    origin.answer(response("x", ["Strict-Transport-Security: max-age=1"]))
    with SecureClient(two_doors().secure_port, authority.context()) as client:
        assert client.request().all("strict-transport-security") == [b"max-age=1"]


# What the certificate's authority says of it


def answered(authority, name, folder, state="V", days=1):
    """An OCSP response about a certificate, as the openssl command gives it."""
    path = authority.directory / f"{name}.pem"
    serial = openssl("x509", "-in", path, "-noout", "-serial").stdout.decode().strip().split("=")[1]
    index, response_ = folder / f"{name}-{state}.index", folder / f"{name}-{state}-{days}.der"
    revoked = "251101000000Z" if state == "R" else ""
    index.write_text(f"{state}\t400101000000Z\t{revoked}\t{serial}\tunknown\t/CN={name}\n")
    openssl(
        "ocsp", "-index", index, "-CA", authority.certificate, "-rsigner", authority.certificate, "-rkey",
        authority.key, "-issuer", authority.certificate, "-cert", path, "-ndays", str(days), "-respout", response_,
    )  # fmt: skip
    return response_


def shown_status(port, name="shop.test", version="-tls1_3"):
    gate = type("Gate", (), {"port": port})
    return s_client(gate, "-status", version, "-servername", name).stdout


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_what_the_authority_says_is_shown(make_gate, make_origin, authority, tmp_path, version):
    path, key = authority.directory / "shop.pem", authority.directory / "shop.key"
    other, other_key = authority.directory / "other.pem", authority.directory / "other.key"
    file = answered(authority, "shop", tmp_path)
    listen = (
        "\n  - address: 127.0.0.1:PORT\n    tls:\n      certificates:\n"
        f"        - {{ certificate: {other}, key: {other_key} }}\n"
        f"        - {{ certificate: {path}, key: {key}, ocsp_response: {file} }}\n"
    )
    gate = make_gate(f"origin: http://127.0.0.1:{make_origin().port}\n", listen=listen)
    assert b"Cert Status: good" in shown_status(gate.port, version=version)
    assert b"OCSP response: no response sent" in shown_status(gate.port, "other.test", version)


@pytest.mark.parametrize(
    "make, reason",
    [
        (lambda authority, folder: answered(authority, "shop", folder, "R"), b"revoked"),
        (lambda authority, folder: answered(authority, "other", folder), b"another certificate"),
        (lambda authority, folder: authority.certificate, b"holds no OCSP response"),
    ],
)
def test_a_response_of_no_use_is_not_shown(make_gate, make_origin, authority, tmp_path, make, reason):
    path, key, file = authority.directory / "shop.pem", authority.directory / "shop.key", make(authority, tmp_path)
    listen = f"\n  - address: 127.0.0.1:PORT\n    tls: {{ certificate: {path}, key: {key}, ocsp_response: {file} }}"
    gate = make_gate(f"origin: http://127.0.0.1:{make_origin().port}\n", listen=listen)
    assert b"OCSP response: no response sent" in shown_status(gate.port)
    assert reason in gate.run("check", gate.rules_path).stderr
