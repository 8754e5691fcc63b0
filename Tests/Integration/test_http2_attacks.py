"""What HTTP/2 makes possible against a proxy: downgrade injection, frames that are none, floods, and windows that never
open (RFC 9113 §8, §10.5); judged by what the origin saw, and by how the proxy and other visitors fare."""

import threading
import time

import hpack
import hyperframe.frame as frames
import pytest

from conftest import RULES
from harness.http2 import (
    CANCEL,
    ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR,
    NO_ERROR,
    PROTOCOL_ERROR,
    REFUSED_STREAM,
    FrameClient,
    Answer,
    Http2Client,
    fields,
    frame,
    literal,
)
from harness.origin import head, response
from harness.process import Gate
from harness.tls import Authority
from test_tls import listening

BIG = RULES.replace("timeouts: {", "limits: { clients: 2000 }\ntimeouts: {")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("authority"))
    made.issue("shop", "shop.test")
    return made


@pytest.fixture(scope="module")
def h2_gate(tmp_path_factory, origin_server, authority):
    rules = f"origin: http://127.0.0.1:{origin_server.port}\n{BIG}"
    gate = Gate(tmp_path_factory.mktemp("attacks"), rules, listen=listening(authority, "shop"))
    yield gate
    assert gate.stop() == 0


@pytest.fixture
def connect(h2_gate, authority, origin):
    """Connects; the proxy serves others at once afterwards."""
    yield lambda **options: FrameClient(h2_gate.port, authority.context(), **options)
    origin.reset()
    began = time.monotonic()
    with Http2Client(h2_gate.port, authority.context()) as other:
        assert other.request("/well").status == 200
    assert time.monotonic() - began < 2
    assert h2_gate.child.poll() is None, f"the proxy died: {h2_gate.log.decode()[-4000:]}"


# Requests that would be others, or two, in HTTP/1.1

GOOD = [(b":method", b"GET"), (b":scheme", b"https"), (b":authority", b"shop.test"), (b":path", b"/")]


def without(name):
    return [pair for pair in GOOD if pair[0] != name]


def instead(name, value):
    return [(key, value if key == name else old) for key, old in GOOD]


INJECTIONS = {
    "transfer-encoding": [*GOOD, (b"transfer-encoding", b"chunked")],
    "transfer-encoding in capitals": [*GOOD, (b"Transfer-Encoding", b"chunked")],
    "transfer-encoding behind a space": [*GOOD, (b"transfer-encoding ", b"chunked")],
    "transfer-encoding in a value": [*GOOD, (b"x-a", b"b\r\ntransfer-encoding: chunked")],
    "transfer-encoding in a name": [*GOOD, (b"transfer-encoding: chunked\r\nx-a", b"b")],
    "a field in a name's colon": [*GOOD, (b"x-a: b\r\nhost", b"evil.test")],
    "a colon in a name": [*GOOD, (b"transfer-encoding:", b"chunked")],
    "a whole request in a value": [*GOOD, (b"x-a", b"b\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: shop.test\r\n\r\n")],
    "a line feed in a value": [*GOOD, (b"x-a", b"b\nx-b: c")],
    "a carriage return in a value": [*GOOD, (b"x-a", b"b\rx-b: c")],
    "a NUL in a value": [*GOOD, (b"x-a", b"b\x00c")],
    "a NUL in a name": [*GOOD, (b"x-\x00a", b"b")],
    "an empty name": [*GOOD, (b"", b"b")],
    "a space in a name": [*GOOD, (b"x a", b"b")],
    "a capital in a name": [*GOOD, (b"X-a", b"b")],
    "a byte beyond ASCII in a name": [*GOOD, (b"x-\xe4", b"b")],
    "connection": [*GOOD, (b"connection", b"keep-alive")],
    "connection that nominates": [*GOOD, (b"connection", b"content-length")],
    "keep-alive": [*GOOD, (b"keep-alive", b"timeout=5")],
    "proxy-connection": [*GOOD, (b"proxy-connection", b"keep-alive")],
    "upgrade": [*GOOD, (b"upgrade", b"websocket")],
    "te": [*GOOD, (b"te", b"gzip")],
    "two lengths": [*GOOD, (b"content-length", b"0"), (b"content-length", b"5")],
    "a list of lengths": [*GOOD, (b"content-length", b"0, 0")],
    "a length with a sign": [*GOOD, (b"content-length", b"+0")],
    "a length of nothing": [*GOOD, (b"content-length", b"")],
    "a length without content": [*GOOD, (b"content-length", b"5")],
    "a line in the method": instead(b":method", b"GET / HTTP/1.1\r\nx-a: b\r\n\r\nGET"),
    "a space in the method": instead(b":method", b"GET /admin"),
    "an empty method": instead(b":method", b""),
    "a line in the path": instead(b":path", b"/ HTTP/1.1\r\nhost: evil.test\r\n\r\n"),
    "a space in the path": instead(b":path", b"/a b"),
    "an empty path": instead(b":path", b""),
    "a path that is a URL": instead(b":path", b"https://evil.test/"),
    "a relative path": instead(b":path", b"a"),
    "an asterisk": instead(b":path", b"*"),
    "a fragment": instead(b":path", b"/a#b"),
    "a line in the authority": instead(b":authority", b"shop.test\r\nx-a: b"),
    "user information": instead(b":authority", b"shop.test@evil.test"),
    "a path in the authority": instead(b":authority", b"shop.test/x"),
    "an empty authority": instead(b":authority", b""),
    "another host": [*GOOD, (b"host", b"evil.test")],
    "two hosts": [*without(b":authority"), (b"host", b"shop.test"), (b"host", b"evil.test")],
    "the same host twice": [*GOOD, (b"host", b"shop.test"), (b"host", b"shop.test")],
    "a URL in the scheme": instead(b":scheme", b"https://evil.test/?"),
    "a line in the scheme": instead(b":scheme", b"https\r\nx-a: b"),
    "another scheme": instead(b":scheme", b"http"),
    "no method": without(b":method"),
    "no scheme": without(b":scheme"),
    "no path": without(b":path"),
    "no authority": without(b":authority"),
    "two methods": [(b":method", b"GET"), *GOOD],
    "two paths": [*GOOD, (b":path", b"/b")],
    "two schemes": [(b":scheme", b"https"), *GOOD],
    "two authorities": [(b":authority", b"shop.test"), *GOOD],
    "a late pseudo-header field": [*without(b":path"), (b"x-a", b"b"), (b":path", b"/")],
    "a status": [*GOOD, (b":status", b"200")],
    "an unknown pseudo-header field": [*GOOD, (b":x", b"y")],
    "a protocol": [*GOOD, (b":protocol", b"websocket")],
}


@pytest.mark.parametrize("name", INJECTIONS)
def test_what_would_be_another_request_is_refused(connect, origin, name):
    block = b"".join(literal(*pair) for pair in INJECTIONS[name])
    with connect() as client:
        answer = client.answer(client.headers(None, block=block))
        assert answer.reset == PROTOCOL_ERROR or answer.status in (400, 501), (answer.reset, answer.fields)
        assert client.answer(client.headers(fields("/after"))).status == 200
    assert [seen.target for seen in origin.requests] == ["/after"]


@pytest.mark.parametrize(
    "told, sent", [(5, b"hello, world"), (12, b"hello"), (0, b"x"), (5, b"")], ids=["more", "less", "any", "none"]
)
def test_content_of_another_length_than_told_is_no_request(connect, origin, told, sent):
    with connect() as client:
        listed = [*fields(method="POST"), ("content-length", str(told))]
        stream = client.headers(listed, flags=["END_HEADERS"])
        client.data(stream, sent, end=True)
        answer = client.answer(stream)
        # A request without content is complete before there is any.
        assert answer.reset == PROTOCOL_ERROR or told == 0 and answer.ended
        assert client.answer(client.headers(fields("/after"))).status == 200
    # The origin may have seen the beginning, never another request.
    for seen in origin.requests:
        assert seen.target == "/after" or len(seen.body) < told or told == len(seen.body) == 0


def test_content_that_looks_like_chunks_is_content(connect, origin):
    with connect() as client:
        stream = client.headers(fields(method="POST"), flags=["END_HEADERS"])
        content = b"0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: shop.test\r\n\r\n"
        client.data(stream, content, end=True)
        assert client.answer(stream).status == 200
    assert len(origin.requests) == 1 and origin.last.body == content


@pytest.mark.parametrize(
    "trailer", [(b":path", b"/b"), (b"Host", b"x"), (b"transfer-encoding", b"chunked"), (b"x-a", b"b\r\nc: d")]
)
def test_malformed_trailers_reset_their_stream(connect, origin, trailer):
    with connect() as client:
        stream = client.headers(fields(method="POST"), flags=["END_HEADERS"])
        client.data(stream, b"hello")
        client.headers(None, stream=stream, block=literal(*trailer))
        assert client.answer(stream).reset == PROTOCOL_ERROR
    assert all(seen.body in (b"", b"hello") for seen in origin.requests)


def test_longer_heads_are_refused_and_the_connection_goes_on(connect, origin):
    with connect() as client:
        assert client.answer(client.headers([*fields(), *[("x-a", f"{n}" * 1000) for n in range(9)]])).status == 200
        block = client.encoder.encode([*fields(), *[("cookie", f"c{n}=" + "v" * 3000) for n in range(12)]])
        pieces = [block[at : at + 16_000] for at in range(0, len(block), 16_000)]
        stream = client.headers(None, block=pieces[0], flags=["END_STREAM"])
        for piece in pieces[1:]:
            client.send(frames.ContinuationFrame(stream, data=piece, flags=["END_HEADERS"] * (piece is pieces[-1])))
        assert client.answer(stream).status == 431
        many = client.headers([*fields(), *[(f"x-{n}", "") for n in range(200)]])
        assert client.answer(many).status == 431
        assert client.answer(client.headers(fields(f"/{'a' * 9000}"))).status == 414
        assert client.answer(client.headers(fields())).status == 200
    assert len(origin.requests) == 2


@pytest.mark.parametrize("length", [3, 400])
def test_heads_in_several_frames_and_records_are_whole(connect, origin, length):
    """Also behind another request in the same record, wherever the next record begins."""
    with connect() as client:
        for split in (0, 1, 9, 10, 11, 12, 200):
            listed = [*fields("/first"), ("x-first", "f" * 300)]
            before = frames.HeadersFrame(client.next, data=client.encoder.encode(listed), flags=["END_STREAM", "END_HEADERS"])
            stream, client.next = client.next + 2, client.next + 4
            client.answers[before.stream_id], client.answers[stream] = Answer(), Answer()
            block = client.encoder.encode([*fields("/second"), ("x-long", "v" * length)])
            begin = frames.HeadersFrame(stream, data=block[:-2], flags=["END_STREAM"])
            rest = frames.ContinuationFrame(stream, data=block[-2:], flags=["END_HEADERS"]).serialize()
            client.raw(before.serialize() + begin.serialize() + rest[:split])
            time.sleep(0.05)
            client.raw(rest[split:])
            assert client.answer(stream).status == 200, split
            assert client.answer(before.stream_id).status == 200, split
    second = [seen for seen in origin.requests if seen.target == "/second"]
    assert len(second) == 7 and all((b"x-long", b"v" * length) in seen.fields for seen in second)


@pytest.mark.parametrize("content", [b"xy", b""], ids=["too much content", "too little"])
def test_resets_that_a_client_brings_about_are_counted(connect, content):
    """CVE-2025-8671: the server resets the streams, and the client has room for more."""
    with connect() as client:
        def provoke(_):
            stream, client.next = client.next, client.next + 2
            block = client.encoder.encode([*fields("/made", method="POST"), ("content-length", "1")])
            head = frames.HeadersFrame(stream, data=block, flags=["END_HEADERS"])
            return head.serialize() + frames.DataFrame(stream, data=content, flags=["END_STREAM"]).serialize()

        assert flood(client, provoke, 2000) < 1000
        assert ends_calmly(client)


# Frames that are none (the checks of h2spec, as far as they are a server's)

HEADERS = frame(1, 4, 1, b"\x83\x84\x87\x41\x09shop.test")

CONNECTION_ERRORS = {
    "DATA on no stream": frame(0, 0, 0, b"x"),
    "DATA on an idle stream": frame(0, 1, 1, b"x"),
    "DATA with too much padding": HEADERS + frame(0, 8, 1, b"\x05ab"),
    "HEADERS on no stream": frame(1, 5, 0, b"\x82"),
    "HEADERS on an even stream": frame(1, 5, 2, b"\x82\x84\x87"),
    "HEADERS that cannot be decoded": frame(1, 5, 1, b"\xff\xff\xff\xff\xff\xff\xff\xff"),
    "HEADERS with an index beyond the table": frame(1, 5, 1, b"\xff\x80\x01"),
    "HEADERS with a larger table than agreed": frame(1, 5, 1, b"\x3f\xe1\xff\x03\x82"),
    "CONTINUATION without HEADERS": frame(9, 4, 1, b"\x82"),
    "another frame among fields": frame(1, 1, 1, b"\x82") + frame(6, 0, 0, b"12345678"),
    "fields of another stream among fields": frame(1, 1, 1, b"\x82") + frame(9, 4, 3, b"\x84"),
    "RST_STREAM on no stream": frame(3, 0, 0, b"\0\0\0\0"),
    "RST_STREAM on an idle stream": frame(3, 0, 1, b"\0\0\0\0"),
    "RST_STREAM of another length": HEADERS + frame(3, 0, 1, b"\0\0\0"),
    "SETTINGS on a stream": frame(4, 0, 1, b""),
    "SETTINGS of another length": frame(4, 0, 0, b"\0\1\0"),
    "SETTINGS ACK with content": frame(4, 1, 0, b"\0\1\0\0\0\0"),
    "SETTINGS with a window beyond 31 bits": frame(4, 0, 0, b"\0\4\x80\0\0\0"),
    "SETTINGS with a frame size too small": frame(4, 0, 0, b"\0\5\0\0\0\1"),
    "SETTINGS with a push of two": frame(4, 0, 0, b"\0\2\0\0\0\2"),
    "PUSH_PROMISE from a client": frame(5, 4, 1, b"\0\0\0\2\x82"),
    "PING on a stream": frame(6, 0, 1, b"12345678"),
    "PING of another length": frame(6, 0, 0, b"1234567"),
    "GOAWAY on a stream": frame(7, 0, 1, b"\0" * 8),
    "WINDOW_UPDATE of nothing": frame(8, 0, 0, b"\0\0\0\0"),
    "WINDOW_UPDATE of another length": frame(8, 0, 0, b"\0\0\0"),
    "WINDOW_UPDATE on an idle stream": frame(8, 0, 1, b"\0\0\0\1"),
    "WINDOW_UPDATE beyond 31 bits": frame(8, 0, 0, b"\x7f\xff\xff\xff") * 2,
    "a frame beyond the size agreed": frame(0, 0, 1, b"x" * 16_385),
}


@pytest.mark.parametrize("name", CONNECTION_ERRORS)
def test_what_is_no_frame_ends_the_connection(connect, origin, name):
    with connect() as client:
        client.raw(CONNECTION_ERRORS[name])
        assert client.until_end() != NO_ERROR
    assert len(origin.requests) <= CONNECTION_ERRORS[name].startswith(HEADERS)


@pytest.mark.parametrize(
    "preface", [b"GET / HTTP/1.1\r\nHost: shop.test\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", b"\0" * 24]
)
def test_what_does_not_begin_as_agreed_ends(connect, origin, preface):
    with connect(preface=preface) as client:
        client.until_end()
    assert origin.requests == []


def test_stream_errors_end_their_stream_only(connect, origin):
    with connect() as client:
        open_stream = client.headers(fields(method="POST"), flags=["END_HEADERS"])
        client.raw(frame(8, 0, open_stream, b"\x7f\xff\xff\xff"))
        assert client.answer(open_stream).reset == FLOW_CONTROL_ERROR
        assert client.answer(client.headers(fields())).status == 200


def test_what_is_unknown_is_passed_over(connect, origin):
    with connect() as client:
        client.raw(frame(0x2A, 0xFF, 0, b"unknown") + frame(4, 0, 0, b"\xff\xff\0\0\0\1") + frame(0x10, 0, 0, b"\0\0\0\1u=1"))
        client.raw(frame(6, 0xFE, 0, b"12345678"))
        assert client.answer(client.headers(fields())).status == 200
        assert client.pongs == 1 and client.acknowledged == 2


# Floods


def flood(client, parts, most):
    """Sends parts until the connection ends; how many were sent."""
    count = 0
    try:
        while count < most and not client.ended and client.goaway is None:
            client.raw(parts(count))
            count += 1
            client.settle(0.002)
    except TimeoutError:
        pass
    return count


def ends_calmly(client):
    client.settle(1)
    assert client.ended and client.goaway in (ENHANCE_YOUR_CALM, None), (client.ended, client.goaway)
    return True


@pytest.mark.parametrize("asked", [True, False], ids=["a request each", "before the request is read"])
def test_rapid_resets_end_the_connection(connect, origin, asked):
    with connect() as client:
        block = b"".join(literal(*pair) for pair in instead(b":path", b"/reset"))

        def batch(number):
            data = b""
            for index in range(20):
                stream = (number * 20 + index) * 2 + 1
                data += frame(1, 5, stream, block)
                if asked and index % 2:
                    data += frame(6, 0, 0, b"12345678")
                data += frame(3, 0, stream, CANCEL.to_bytes(4, "big"))
            return data

        assert flood(client, batch, 200) < 60
        assert ends_calmly(client)
    assert len(origin.requests) < 500


FLOODS = {
    "pings": frame(6, 0, 0, b"12345678"),
    "settings": frame(4, 0, 0, b""),
    "settings with values": frame(4, 0, 0, b"\0\4\0\0\xff\xff" * 3),
    "priorities": frame(2, 0, 101, b"\0\0\0\0\1"),
    "window updates": frame(8, 0, 0, b"\0\0\0\1"),
    "unknown frames": frame(0x77, 0, 0, b""),
    "acknowledged pings": frame(6, 1, 0, b"12345678"),
}


@pytest.mark.parametrize("name", FLOODS)
def test_floods_of_frames_end_the_connection(connect, origin, name):
    with connect() as client:
        assert flood(client, lambda _: FLOODS[name] * 100, 200) < 100
        assert ends_calmly(client)


def test_floods_of_empty_content_end_the_connection(connect, origin):
    with connect() as client:
        stream = client.headers(fields(method="POST"), flags=["END_HEADERS"])
        assert flood(client, lambda _: frame(0, 0, stream, b"") * 100, 200) < 100
        assert ends_calmly(client)


def test_fields_without_end_end_the_connection(connect, origin, h2_gate):
    before = h2_gate.rss
    with connect() as client:
        client.raw(frame(1, 1, 1, b"\x82\x84\x87"))
        assert flood(client, lambda n: frame(9, 0, 1, literal(b"x-%d" % n, b"v" * 100) * 100), 2000) < 500
        client.settle(1)
        assert client.ended
    with connect() as client:
        client.raw(frame(1, 1, 1, b"\x82\x84\x87"))
        assert flood(client, lambda _: frame(9, 0, 1, b"") * 100, 200) < 100
        client.settle(1)
        assert client.ended
    assert h2_gate.rss - before < 8 << 20


def test_few_bytes_that_are_long_fields_end_the_connection(connect, origin, h2_gate):
    """One field of 4 KB in the table, named by one byte again and again."""
    before = h2_gate.rss
    with connect() as client:
        block = client.encoder.encode([*fields(), hpack.HeaderTuple("x-bomb", "a" * 4000)])
        assert client.answer(client.headers(None, block=block)).status == 200
        assert client.encoder.encode([("x-bomb", "a" * 4000)])[0] & 0x80
        repeat = client.encoder.encode([("x-bomb", "a" * 4000)])
        started = time.monotonic()
        client.headers(None, block=client.encoder.encode(fields()) + repeat * 8000)
        client.settle(1)
        assert client.ended and client.goaway in (ENHANCE_YOUR_CALM, None)
        assert time.monotonic() - started < 3
    assert h2_gate.rss - before < 8 << 20
    assert len(origin.requests) == 1


def test_more_streams_than_agreed_are_refused(connect, origin):
    go = threading.Event()

    def respond(peer, request):
        go.wait(10)
        peer.send(response("ok"))

    origin.respond = respond
    with connect() as client:
        client.settle(0.2)
        most = client.settings[frames.SettingsFrame.MAX_CONCURRENT_STREAMS]
        assert most == 100
        streams = [client.headers(fields(f"/{n}")) for n in range(most)]
        client.headers(fields("/more"))
        client.settle(0.3)
        assert client.goaway not in (None, NO_ERROR) or client.answers[most * 2 + 1].reset in (REFUSED_STREAM, 1)
        go.set()
    assert len(origin.requests) <= most and streams
    assert all(seen.target != "/more" for seen in origin.requests)


# Windows


def test_a_window_that_never_opens_stops_the_origin_and_nobody_else(connect, origin, h2_gate):
    """The origin is not read while its visitor takes nothing; after a while the stream ends."""
    sent = []

    def respond(peer, request):
        if request.target != "/big":
            return origin.default(peer, request)
        peer.send(head("200 OK", ["Content-Length: 50000000"]))
        total = 0
        sent.append(0)
        place = len(sent) - 1
        while total < 50_000_000:
            total += peer.sock.send(b"x" * 65_536)
            sent[place] = total
        return None

    origin.respond = respond
    before = h2_gate.rss
    with connect(settings={frames.SettingsFrame.INITIAL_WINDOW_SIZE: 0}) as client:
        stalled = [client.headers(fields("/big")) for _ in range(20)]
        client.settle(1)
        assert all(client.answers[s].status == 200 and client.answers[s].body == b"" for s in stalled)
        quick = client.headers(fields("/quick"))
        client.send(frames.WindowUpdateFrame(quick, window_increment=100))
        assert client.answer(quick).body == b"ok"
        assert h2_gate.rss - before < 20 * 3 * 65_536 + (4 << 20)
        assert all(client.answer(s).reset is not None for s in stalled)
        assert max(sent) < 10_000_000
        assert client.answer(client.headers([*fields("/head", method="HEAD")])).status == 200


def test_a_window_of_one_byte_at_a_time_is_served(connect, origin):
    origin.answer(response("0123456789"))
    with connect(settings={frames.SettingsFrame.INITIAL_WINDOW_SIZE: 1}) as client:
        stream = client.headers(fields())
        for count in range(1, 11):
            while len(client.answers[stream].body) < count:
                assert client.step()
            client.send(frames.WindowUpdateFrame(stream, window_increment=1))
        assert client.answer(stream).body == b"0123456789" and client.answers[stream].ended


def test_windows_that_shrink_below_nothing_are_kept(connect, origin):
    origin.answer(response(b"x" * 60_000))
    with connect(settings={frames.SettingsFrame.INITIAL_WINDOW_SIZE: 20_000}) as client:
        stream = client.headers(fields())
        while len(client.answers[stream].body) < 20_000:
            assert client.step()
        client.send(frames.SettingsFrame(0, settings={frames.SettingsFrame.INITIAL_WINDOW_SIZE: 0}))
        client.send(frames.WindowUpdateFrame(stream, window_increment=19_999))
        client.settle(0.3)
        assert len(client.answers[stream].body) == 20_000 + 19_999 - 20_000 or len(client.answers[stream].body) == 20_000
        client.send(frames.WindowUpdateFrame(stream, window_increment=100_000))
        assert len(client.answer(stream).body) == 60_000


def test_uploads_wait_for_the_origin(connect, origin, h2_gate):
    """No window is opened before the origin took what came: nothing is gathered here."""
    go = threading.Event()

    def respond(peer, request):
        go.wait(10)
        peer.request_body(request)
        peer.send(response("ok"))

    origin.respond = respond
    origin.listener.setsockopt(1, 8, 4096)
    before = h2_gate.rss
    with connect() as client:
        streams = [client.headers(fields(method="POST"), flags=["END_HEADERS"]) for _ in range(3)]
        for stream in streams:
            for _ in range(3):
                client.data(stream, b"x" * 16_384)
        client.settle(1)
        granted = sum(client.windows.get(s, 0) for s in streams)
        for _ in range(30):
            for stream in streams:
                room = 65_535 + client.windows.get(stream, 0)
                used = client.answers[stream].__dict__.setdefault("used", 3 * 16_384)
                if room - used >= 1000:
                    client.data(stream, b"x" * 1000)
                    client.answers[stream].used += 1000
            client.settle(0.02)
        assert h2_gate.rss - before < 4 << 20
        go.set()
        for stream in streams:
            client.data(stream, b"", end=True)
        assert all(client.answer(s).status == 200 for s in streams), granted
        assert sorted(len(seen.body) for seen in origin.requests) == sorted(client.answers[s].used for s in streams)


def test_who_sends_beyond_the_window_is_stopped(connect, origin):
    go = threading.Event()
    origin.respond = lambda peer, request: (go.wait(3), peer.close())
    with connect() as client:
        stream = client.headers(fields(method="POST"), flags=["END_HEADERS"])
        for _ in range(5000):
            if client.ended:
                break
            client.data(stream, b"x" * 16_384)
            client.settle(0)
        client.settle(1)
        go.set()
        assert client.ended or client.answers[stream].reset is not None
        assert client.goaway in (FLOW_CONTROL_ERROR, None)


def test_who_takes_nothing_at_all_is_left(connect, origin, h2_gate):
    """The socket's buffers are full: frames are not read from who reads none."""
    origin.answer(response(b"x" * 5_000_000, ["Content-Type: image/png"]))
    before = h2_gate.rss
    with connect(window=1 << 30, settings={frames.SettingsFrame.INITIAL_WINDOW_SIZE: 1 << 30}, receive_buffer=4096) as client:
        for _ in range(10):
            client.headers(fields())
        time.sleep(1)
        assert h2_gate.rss - before < 10 * 3 * 65_536 + (4 << 20)
        for _ in range(50):
            client.raw(frame(6, 0, 0, b"12345678") * 10)
        time.sleep(2.5)
        assert client.until_end() is None or client.ended


# Slowness


def test_fields_that_do_not_end_have_the_time_of_a_head(connect, origin):
    with connect() as client:
        client.raw(frame(1, 1, 1, b"\x82\x84"))
        began = time.monotonic()
        for _ in range(8):
            time.sleep(0.2)
            client.raw(b"") if client.ended else client.settle(0.05)
        client.until_end()
        assert time.monotonic() - began < 4


def test_a_preface_that_does_not_come_ends(connect, origin):
    with connect(preface=b"PRI * HT") as client:
        began = time.monotonic()
        client.until_end()
        assert time.monotonic() - began < 4


def test_content_that_does_not_come_is_a_408(connect, origin):
    with connect() as client:
        stream = client.headers([*fields(method="POST"), ("content-length", "5")], flags=["END_HEADERS"])
        client.data(stream, b"he")
        assert client.answer(stream).status == 408
        assert client.answer(client.headers(fields())).status == 200
