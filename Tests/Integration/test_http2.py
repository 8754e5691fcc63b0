"""HTTP/2 on the visitor's side (RFC 9113): the same proxy behind frames, judged by what the origin saw."""

import signal
import ssl
import threading
import time

import pytest

from conftest import RULES
from harness.http2 import CANCEL, FrameClient, Http2Client, fields
from harness.origin import chunk, head, page, response
from harness.process import Gate
from harness.tls import Authority, SecureClient
from test_tls import listening


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("authority"))
    made.issue("shop", "shop.test", "www.shop.test")
    return made


@pytest.fixture(scope="module")
def h2_gate(tmp_path_factory, origin_server, authority):
    rules = f"origin: http://127.0.0.1:{origin_server.port}\nfull_address_routes: [/pay]\n{RULES}"
    gate = Gate(tmp_path_factory.mktemp("http2"), rules, listen=listening(authority, "shop"))
    yield gate
    assert gate.stop() == 0


@pytest.fixture
def gate(h2_gate, origin):
    yield h2_gate
    assert h2_gate.child.poll() is None, f"the proxy died: {h2_gate.log.decode()[-4000:]}"


@pytest.fixture
def client(gate, authority):
    with Http2Client(gate.port, authority.context()) as client:
        yield client


# What is agreed


@pytest.mark.parametrize(
    "more, offered, chosen",
    [
        ("", ["http/1.1", "h2"], "h2"),
        ("", ["http/1.1"], "http/1.1"),
        ("", [], None),
        ("      http2: false\n", ["h2", "http/1.1"], "http/1.1"),
    ],
)
def test_http2_is_spoken_with_who_offers_it_unless_the_rules_say_no(make_gate, authority, origin, more, offered, chosen):
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n", listen=listening(authority, "shop", more=more))
    context = authority.context()
    if offered:
        context.set_alpn_protocols(offered)
    with SecureClient(gate.port, context) as client:
        assert client.sock.selected_alpn_protocol() == chosen
        if chosen != "h2":
            assert client.request().status == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_http2_is_spoken_over_each_version_of_tls(gate, authority, version):
    context = authority.context(minimum_version=version, maximum_version=version)
    with Http2Client(gate.port, context) as client:
        assert client.request().body == b"ok"


# Requests


def test_a_request_reaches_the_origin_as_one_of_http_1(client, origin):
    answer = client.request("/a?b=c", [("user-agent", "x"), ("accept", "text/plain"), ("te", "trailers")])
    assert answer.status == 200 and answer.body == b"ok"
    seen = origin.last
    assert seen.start == b"GET /a?b=c HTTP/1.1"
    assert seen.all("host") == [b"shop.test"] and seen.one("user-agent") == b"x"
    assert seen.one("via") == b"2.0 crumbgate"
    assert seen.one("x-forwarded-proto") == b"https" and seen.one("x-forwarded-for") == b"127.0.0.0"
    assert not any(name.startswith(b":") for name, _ in seen.fields)
    assert seen.all("te") == [] and seen.all("transfer-encoding") == [] and seen.all("content-length") == []


def test_crumbs_are_one_cookie_string_and_are_judged(client, origin, h2_gate):
    crumbs = [("cookie", "sid=1"), ("cookie", "_ga=2"), ("cookie", "cart=3; _fbp=4")]
    answer = client.request("/", crumbs)
    assert origin.last.all("cookie") == [b"sid=1; cart=3"]
    assert {line.split("=")[0] for line in answer.all("set-cookie")} == {"_ga", "_fbp"}


def test_a_body_of_known_length_goes_on_with_its_length(client, origin):
    client.request("/", [("content-length", "5")], "POST", b"hello")
    assert origin.last.body == b"hello" and origin.last.one("content-length") == b"5"
    assert origin.last.all("transfer-encoding") == []


def test_a_body_of_unknown_length_goes_on_in_chunks(client, origin):
    client.request("/", [], "POST", b"hello")
    assert origin.last.body == b"hello" and origin.last.one("transfer-encoding") == b"chunked"
    assert origin.last.all("content-length") == []


def test_a_post_without_content_says_so(client, origin):
    client.request("/", [], "POST")
    assert origin.last.one("content-length") == b"0" and origin.last.body == b""


@pytest.mark.parametrize("length", [1, 65_535, 65_536, 300_000, 2_000_000])
@pytest.mark.parametrize("is_told", [True, False])
def test_uploads_arrive_whole(client, origin, length, is_told):
    body = bytes(index % 251 for index in range(length))
    more = [("content-length", str(length))] if is_told else []
    assert client.request("/", more, "POST", body).status == 200
    assert origin.last.body == body


def test_trailers_of_a_request_end_here(client, origin):
    stream = client.start(method="POST", end=False)
    client.h2.send_data(stream, b"hello")
    client.h2.send_headers(stream, [("x-check", "1")], end_stream=True)
    client.flush()
    assert client.answer(stream).status == 200
    assert origin.last.body == b"hello" and origin.last.trailers == []


def test_a_request_that_expects_continue_gets_it_from_the_origin(client, origin):
    def respond(peer, request):
        assert request.one("expect") == b"100-continue"
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        peer.request_body(request)
        peer.send(response("got it"))

    origin.respond = respond
    stream = client.start(method="POST", more=[("expect", "100-continue"), ("content-length", "2")], end=False)
    while not client.answers[stream].interim:
        client.step()
    client.upload(stream, b"hi")
    answer = client.answer(stream)
    assert answer.body == b"got it" and origin.last.body == b"hi"


def test_connect_and_trace_are_refused_as_in_http_1(gate, authority, origin):
    with FrameClient(gate.port, authority.context()) as client:
        assert client.answer(client.headers(fields(method="TRACE"))).status == 405
        connect = [(":method", "CONNECT"), (":authority", "shop.test:443")]
        assert client.answer(client.headers(connect, flags=["END_HEADERS"])).status == 405
        websocket = [*fields(method="CONNECT"), (":protocol", "websocket")]
        assert client.answer(client.headers(websocket, flags=["END_HEADERS"])).reset is not None
        assert client.answer(client.headers(fields())).status == 200
    assert [seen.method for seen in origin.requests] == ["GET"]


# Responses


def test_a_response_keeps_its_fields_but_those_of_a_connection(client, origin):
    origin.answer(
        head("200 OK", ["X-One: 1", "Set-Cookie: sid=1", "Set-Cookie: cart=2", "Keep-Alive: timeout=5", "Content-Length: 2",
                        "X-Two:  two ", "Proxy-Connection: x", "Connection: x-gone", "X-Gone: 1"]) + b"ok"
    )  # fmt: skip
    answer = client.request()
    assert answer.one("x-one") == "1" and answer.one("x-two") == "two" and answer.one("content-length") == "2"
    assert [line.split(";")[0] for line in answer.all("set-cookie")] == ["sid=1", "cart=2"]
    assert answer.one("via") == "1.1 crumbgate"
    names = {name for name, _ in answer.fields}
    assert not names & {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "x-gone"}
    assert all(name == name.lower() for name in names)


@pytest.mark.parametrize("length", [0, 1, 16_384, 65_535, 65_536, 3_000_000])
def test_bodies_of_known_length_arrive_whole(client, origin, length):
    body = bytes(index % 253 for index in range(length))
    origin.answer(response(body, ["Content-Type: image/png"]))
    answer = client.request()
    assert answer.body == body and answer.one("content-length") == str(length)


def test_chunked_bodies_arrive_without_chunks(client, origin):
    body = b"".join(chunk(bytes([65 + part]) * (part * 997 + 1)) for part in range(20)) + b"0\r\nX-Trailer: 1\r\n\r\n"
    origin.answer(head("200 OK", ["Transfer-Encoding: chunked", "Content-Type: image/png"]) + body)
    answer = client.request()
    assert answer.body == b"".join(bytes([65 + part]) * (part * 997 + 1) for part in range(20))
    assert answer.all("content-length") == [] and answer.trailers is None


def test_bodies_until_close_end_their_stream_only(client, origin):
    origin.answer_and_close(head("200 OK", ["Content-Type: image/png"], version="HTTP/1.0") + b"x" * 100_000)
    assert client.request().body == b"x" * 100_000
    origin.reset()
    assert client.request().body == b"ok"


def test_a_body_that_comes_slowly_is_passed_on_as_it_comes(client, origin):
    goes_on = threading.Event()

    def respond(peer, request):
        peer.send(head("200 OK", ["Content-Type: text/event-stream", "Transfer-Encoding: chunked"]) + chunk(b"first"))
        assert goes_on.wait(5)
        peer.send(chunk(b"second") + b"0\r\n\r\n")

    origin.respond = respond
    stream = client.start()
    while client.answers[stream].body != b"first":
        client.step()
    goes_on.set()
    assert client.answer(stream).body == b"firstsecond"


@pytest.mark.parametrize("method, status", [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_responses_without_content_end_with_their_fields(client, origin, method, status):
    length = ["Content-Length: 1000"] if status != 204 else []
    origin.answer(head(f"{status} X", ["ETag: \"a\"", *length]))
    answer = client.request(method=method)
    assert answer.status == status and answer.body == b"" and answer.ended


def test_early_hints_come_before_the_response(client, origin):
    origin.answer(head("103 Early Hints", ["Link: </a.css>; rel=preload"]) + response("ok"))
    answer = client.request()
    assert dict(answer.interim[0])[":status"] == "103" and answer.body == b"ok"


def test_documents_are_rewritten(client, origin, gate):
    origin.answer(page("<!DOCTYPE html><title>x</title><body><p>text</p>"))
    answer = client.request("/", [("accept", "text/html"), ("sec-fetch-dest", "document")])
    assert b"/.crumbgate/banner.js" in answer.body and answer.body.endswith(b"<p>text</p>")
    assert int(answer.one("content-length")) == len(answer.body)


def test_own_pages_and_decisions_work(client, origin, gate):
    settings = client.request("/.crumbgate/settings")
    assert settings.status == 200 and b"<form" in settings.body
    stylesheet = client.request("/.crumbgate/nothing-such")
    assert stylesheet.status == 404
    refused = client.request(
        "/.crumbgate/consent", [("content-type", "application/x-www-form-urlencoded"), ("origin", "https://shop.test")],
        "POST", b"x" * 5000,
    )  # fmt: skip
    assert refused.status == 413
    assert origin.requests == []


def test_unknown_hosts_are_told_so(make_gate, authority, origin):
    rules = f"sites: [{{ name: shop, hosts: [shop.test], origin: 'http://127.0.0.1:{origin.port}' }}]\n"
    gate = make_gate(rules, listen=listening(authority, "shop"))
    with Http2Client(gate.port, authority.context()) as client:
        assert client.request(host="other.test").status == 421
        assert client.request(host="shop.test").status == 200


# Origins that fail


def test_an_origin_that_cannot_be_reached_is_a_502(make_gate, authority, origin):
    gate = make_gate("origin: http://127.0.0.1:1\n", listen=listening(authority, "shop"))
    with Http2Client(gate.port, authority.context()) as client:
        assert [client.request().status for _ in range(3)] == [502] * 3


def test_an_origin_that_is_silent_is_a_504(client, origin):
    origin.respond = lambda peer, request: time.sleep(1.5)
    assert client.request().status == 504


def test_a_response_that_breaks_off_resets_its_stream_only(client, origin):
    def respond(peer, request):
        if request.target == "/broken":
            peer.send(head("200 OK", ["Content-Length: 100"]) + b"half")
            peer.close()
        else:
            origin.default(peer, request)

    origin.respond = respond
    answer = client.request("/broken")
    assert answer.status == 200 and not answer.ended and answer.reset == 2
    assert client.request().body == b"ok"


def test_who_is_answered_early_may_stop_sending(client, origin):
    origin.respond = lambda peer, request: (peer.send(response("too large", status="413 X")), peer.close())
    stream = client.start(method="POST", more=[("content-length", "1000000")], end=False)
    client.h2.send_data(stream, b"x" * 1000)
    client.flush()
    answer = client.answers[stream]
    while not (answer.ended and answer.reset is not None) and client.step():
        pass
    assert answer.status == 413 and answer.body == b"too large" and answer.reset == 0
    origin.reset()
    assert client.request().status == 200


# Many at once


def test_streams_are_answered_as_their_origins_answer(client, origin):
    def respond(peer, request):
        number = int(request.target[1:])
        time.sleep(0.3 if number % 2 == 0 else 0)
        peer.send(response(f"answer {number}"))

    origin.respond = respond
    streams = [client.start(f"/{number}") for number in range(60)]
    order = []
    while len(order) < len(streams):
        client.step()
        order += [s for s in streams if client.answers[s].ended and s not in order]
    assert [client.answers[s].body for s in streams] == [f"answer {n}".encode() for n in range(60)]
    assert all(streams.index(s) % 2 for s in order[:30])


def test_uploads_and_downloads_share_a_connection(client, origin):
    def respond(peer, request):
        peer.request_body(request)
        peer.send(response(request.body or b"d" * 400_000, ["Content-Type: image/png"]))

    origin.respond = respond
    downloads = [client.start("/") for _ in range(5)]
    uploads = [client.start("/", [], "POST", bytes([97 + number]) * 200_000) for number in range(5)]
    assert all(client.answer(s).body == b"d" * 400_000 for s in downloads)
    assert [client.answer(s).body for s in uploads] == [bytes([97 + number]) * 200_000 for number in range(5)]


def test_who_leaves_a_stream_lets_go_of_the_origin(client, origin):
    gone = threading.Event()

    def respond(peer, request):
        peer.send(head("200 OK", ["Content-Length: 100000000"]))
        try:
            while True:
                peer.send(b"x" * 65_536)
        except OSError:
            gone.set()

    origin.respond = respond
    stream = client.start()
    while not client.answers[stream].body:
        client.step()
    client.h2.reset_stream(stream, CANCEL)
    client.flush()
    assert gone.wait(5)
    origin.reset()
    assert client.request().body == b"ok"


def test_who_leaves_the_connection_lets_go_of_all_origins(gate, authority, origin):
    gone = threading.Semaphore(0)

    def respond(peer, request):
        peer.sock.settimeout(5)
        assert peer.sock.recv(1) == b""
        gone.release()

    origin.respond = respond
    with Http2Client(gate.port, authority.context()) as client:
        for _ in range(20):
            client.start()
        origin.wait_for_requests(20)
    assert all(gone.acquire(timeout=5) for _ in range(20))


# Ends


def test_an_idle_connection_is_told_that_it_ends(gate, authority, origin):
    with Http2Client(gate.port, authority.context()) as client:
        assert client.request().status == 200
        began = time.monotonic()
        while client.step():
            pass
        assert 2 < time.monotonic() - began < 6 and client.goaway == 0


def test_a_long_exchange_is_not_idle(client, origin):
    def respond(peer, request):
        peer.send(head("200 OK", ["Transfer-Encoding: chunked"]))
        for _ in range(5):
            peer.send(chunk(b"tick"))
            time.sleep(0.8)
        peer.send(b"0\r\n\r\n")

    origin.respond = respond
    assert client.request().body == b"tick" * 5


def test_a_drain_lets_streams_end_and_takes_no_more(make_gate, authority, origin):
    rules = RULES.replace("origin_first_byte: 1s", "origin_first_byte: 5s")
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n{rules}", listen=listening(authority, "shop"))
    goes_on = threading.Event()

    def respond(peer, request):
        assert goes_on.wait(10)
        peer.send(response("late"))

    origin.respond = respond
    with FrameClient(gate.port, authority.context()) as client, FrameClient(gate.port, authority.context()) as idle:
        stream = client.headers(fields("/first"))
        origin.wait_for_requests(1)
        gate.child.send_signal(signal.SIGTERM)
        while client.goaway is None:
            assert client.step()
        # On its way before the word of the end was there.
        second = client.headers(fields("/second"))
        client.settle(1)
        third = client.headers(fields("/third"))
        client.settle(0.2)
        assert gate.child.poll() is None
        goes_on.set()
        assert client.answer(stream).body == client.answer(second).body == b"late"
        assert client.until_end() == idle.until_end() == 0
        assert client.answers[third].status is None
        assert {seen.target for seen in origin.requests} == {"/first", "/second"}
    assert gate.child.wait(5) == 0


def test_new_rules_hold_from_the_next_request_on(make_gate, authority, origin):
    rules = f"origin: http://127.0.0.1:{origin.port}\n{RULES}"
    gate = make_gate(rules, listen=listening(authority, "shop"))
    with Http2Client(gate.port, authority.context()) as client:
        client.request("/", [("cookie", "theme=1")])
        assert origin.last.all("cookie") == []
        gate.write_rules(rules.replace("[sid, lang]", "[sid, lang, theme]").replace("cookies: [theme]", "cookies: [tint]"))
        deadline = time.monotonic() + 5
        while not origin.last.all("cookie"):
            assert time.monotonic() < deadline
            client.request("/", [("cookie", "theme=1")])
        assert origin.last.all("cookie") == [b"theme=1"]
