"""Visitors who speak HTTP/2: one by the h2 library, which knows what a server may send, and one who sends any frame."""

import socket
import struct
import time

import h2.config
import h2.connection
import h2.events
import hpack
import hyperframe.frame as frames

from .tls import SecureClient

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
NO_ERROR, PROTOCOL_ERROR, FLOW_CONTROL_ERROR, STREAM_CLOSED = 0, 1, 3, 5
REFUSED_STREAM, CANCEL, COMPRESSION_ERROR, ENHANCE_YOUR_CALM = 7, 8, 9, 11


def fields(target="/", more=(), method="GET", host="shop.test"):
    """A request's fields; each of `more` is a pair."""
    return [(":method", method), (":scheme", "https"), (":authority", host), (":path", target), *more]


def wrap(port, context, name="shop.test", receive_buffer=None):
    """A TLS connection on which HTTP/2 was agreed."""
    context.set_alpn_protocols(["h2", "http/1.1"])
    client = SecureClient(port, context, name, receive_buffer=receive_buffer)
    assert client.sock.selected_alpn_protocol() == "h2"
    return client.sock


class Answer:
    """What came on a stream."""

    def __init__(self):
        self.interim = []
        self.fields = None
        self.trailers = None
        self.body = b""
        self.ended = False
        self.reset = None

    def all(self, name):
        return [value for key, value in self.fields or [] if key == name]

    def one(self, name):
        values = self.all(name)
        assert len(values) <= 1, f"{name} stands {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def status(self):
        return int(self.one(":status")) if self.fields is not None else None


class Http2Client:
    """A well-behaved visitor: whatever the server does wrong is an error of the h2 library."""

    def __init__(self, port, context, **options):
        self.sock = wrap(port, context, **options)
        config = h2.config.H2Configuration(client_side=True, header_encoding="utf-8")
        self.h2 = h2.connection.H2Connection(config)
        self.h2.initiate_connection()
        self.answers = {}
        self.goaway = None
        self.ended = False
        self.credits = True
        self.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def flush(self):
        self.sock.sendall(self.h2.data_to_send())

    def start(self, target="/", more=(), method="GET", body=None, host="shop.test", end=None):
        """Sends a request's fields, and its content unless that is left to the caller with `end=False`."""
        stream = self.h2.get_next_available_stream_id()
        self.answers[stream] = Answer()
        end = body is None if end is None else end
        self.h2.send_headers(stream, fields(target, more, method, host), end_stream=end)
        self.flush()
        if body is not None:
            self.upload(stream, body)
        return stream

    def upload(self, stream, body, end=True):
        """Sends content as the windows let it through."""
        while True:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            piece, body = body[:room], body[room:]
            if piece or not body:
                self.h2.send_data(stream, piece, end_stream=end and not body)
                self.flush()
            if not body:
                return
            if self.h2.local_flow_control_window(stream) == 0:
                self.step()

    def step(self):
        """Receives once; False at the end."""
        data = self.sock.recv(65536)
        if not data:
            self.ended = True
            return False
        for event in self.h2.receive_data(data):
            self.take(event)
        self.flush()
        return True

    def take(self, event):
        answer = self.answers.get(getattr(event, "stream_id", None))
        match event:
            case h2.events.InformationalResponseReceived():
                answer.interim.append(event.headers)
            case h2.events.ResponseReceived():
                answer.fields = event.headers
            case h2.events.TrailersReceived():
                answer.trailers = event.headers
            case h2.events.DataReceived():
                answer.body += event.data
                if self.credits:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case h2.events.StreamEnded():
                answer.ended = True
            case h2.events.StreamReset():
                answer.reset = event.error_code
            case h2.events.ConnectionTerminated():
                self.goaway = event.error_code
            case _:
                pass

    def answer(self, stream):
        """Waits for the end of a stream."""
        answer = self.answers[stream]
        while not answer.ended and answer.reset is None:
            assert self.step(), f"the connection ended ({self.goaway})"
        return answer

    def request(self, *arguments, **options):
        return self.answer(self.start(*arguments, **options))


class FrameClient:
    """Somebody who sends frames, good or bad, and sees what comes back."""

    def __init__(self, port, context, settings=None, preface=PREFACE, window=0, **options):
        self.sock = wrap(port, context, **options)
        self.encoder = hpack.Encoder()
        self.decoder = hpack.Decoder(max_header_list_size=1 << 20)
        self.answers = {}
        self.goaway = None
        self.settings = {}
        self.acknowledged = self.pongs = 0
        self.windows = {}
        self.ended = False
        self.buffer = b""
        self.next = 1
        first = frames.SettingsFrame(0, settings=settings or {}).serialize()
        if window:
            first += frames.WindowUpdateFrame(0, window_increment=window).serialize()
        self.sock.sendall(preface + first)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def raw(self, data):
        """Sends bytes; nothing when the peer is gone."""
        try:
            self.sock.sendall(data)
        except OSError:
            self.ended = True

    def send(self, *parts):
        self.raw(b"".join(part.serialize() for part in parts))

    def headers(self, listed, stream=None, flags=("END_STREAM", "END_HEADERS"), block=None):
        """A request's fields in one frame."""
        if stream is None:
            stream, self.next = self.next, self.next + 2
        self.answers.setdefault(stream, Answer())
        block = self.encoder.encode(listed) if block is None else block
        self.send(frames.HeadersFrame(stream, data=block, flags=flags))
        return stream

    def data(self, stream, content, end=False):
        self.send(frames.DataFrame(stream, data=content, flags=["END_STREAM"] if end else []))

    def step(self, timeout=10):
        """Receives until a frame has come and takes it; False at the end."""
        self.sock.settimeout(timeout)
        while True:
            if len(self.buffer) >= 9:
                frame, length = frames.Frame.parse_frame_header(memoryview(self.buffer)[:9])
                if len(self.buffer) >= 9 + length:
                    frame.parse_body(memoryview(self.buffer)[9 : 9 + length])
                    self.buffer = self.buffer[9 + length :]
                    self.take(frame)
                    return True
            try:
                data = self.sock.recv(65536)
            except TimeoutError:
                raise
            except OSError:
                data = b""
            if not data:
                self.ended = True
                return False
            self.buffer += data

    def take(self, frame):
        answer = self.answers.get(frame.stream_id)
        match frame:
            case frames.SettingsFrame():
                if "ACK" in frame.flags:
                    self.acknowledged += 1
                else:
                    self.settings.update(frame.settings)
                    self.send(frames.SettingsFrame(0, flags=["ACK"]))
            case frames.HeadersFrame():
                assert "END_HEADERS" in frame.flags
                listed = self.decoder.decode(frame.data)
                if int(dict(listed)[":status"]) < 200:
                    answer.interim.append(listed)
                else:
                    answer.fields = listed
            case frames.DataFrame():
                answer.body += frame.data
            case frames.RstStreamFrame():
                if answer:
                    answer.reset = frame.error_code
            case frames.GoAwayFrame():
                self.goaway = frame.error_code
            case frames.PingFrame():
                self.pongs += "ACK" in frame.flags
            case frames.WindowUpdateFrame():
                self.windows[frame.stream_id] = self.windows.get(frame.stream_id, 0) + frame.window_increment
            case _:
                pass
        if answer and "END_STREAM" in frame.flags:
            answer.ended = True

    def answer(self, stream):
        """Waits for the end of a stream, or of the connection."""
        answer = self.answers[stream]
        while not answer.ended and answer.reset is None and self.step():
            pass
        return answer

    def until_end(self):
        """Receives until the connection ends; returns the code of its GOAWAY."""
        while self.step():
            pass
        return self.goaway

    def settle(self, seconds=0.3):
        """Receives what comes within a while."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                if not self.step(left):
                    return
            except (TimeoutError, socket.timeout):
                return


def literal(name, value):
    """A field as a literal that is not indexed (RFC 7541 §6.2.2), whatever its bytes."""

    def text(data):
        assert len(data) < 127
        return bytes([len(data)]) + data

    return b"\x00" + text(name) + text(value)


def frame(kind, flags, stream, payload):
    """Any frame's bytes (RFC 9113 §4.1)."""
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload
