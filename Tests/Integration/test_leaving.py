"""Visitors who leave: the origin is told, and its connection is free for others (proxy.md, "Timeouts and limits")."""

import signal
import socket
import threading
import time

import pytest

from harness.client import Client, fetch, request
from harness.origin import OK, head, response


@pytest.mark.parametrize("how", ["close", "reset"])
def test_visitors_who_leave_before_the_answer(gate, origin, how):
    def respond(peer, _):
        time.sleep(0.1)
        peer.send(response(b"x" * 100_000))

    origin.respond = respond
    for number in range(20):
        client = Client(gate.port)
        client.send(request())
        origin.wait_for_requests(number + 1)
        getattr(client, how)()
    time.sleep(0.2)
    origin.reset()
    assert fetch(gate.port).body == b"ok"


def test_a_visitor_who_leaves_in_the_middle_of_a_response(gate, origin):
    ended = threading.Event()

    def respond(peer, _):
        try:
            peer.send(head(fields=["Content-Type: image/png", "Content-Length: 1000000000"]))
            for _ in range(1000):
                peer.send(b"x" * 1_000_000)
        except OSError:
            ended.set()

    origin.respond = respond
    with Client(gate.port) as client:
        client.send(request())
        client.exactly(1_000_000)
    assert ended.wait(4), "the origin goes on for nobody"


def test_a_visitor_may_close_its_half_and_still_get_the_answer(gate, origin):
    def respond(peer, _):
        time.sleep(0.1)
        peer.send(OK)

    origin.respond = respond
    with Client(gate.port) as client:
        client.send(request())
        client.sock.shutdown(socket.SHUT_WR)
        assert client.response().body == b"ok"


@pytest.fixture
def patient(make_gate, make_origin):
    """A gate that waits long for its origin, so that only the visitor's leaving can end an exchange."""
    origin = make_origin()
    gate = make_gate(
        f"origin: http://127.0.0.1:{origin.port}\nworkers: 1\nlimits: {{ origin_connections: 1, queue: 4 }}\n"
        "timeouts: { origin_first_byte: 60s, body: 60s }\n"
    )
    return gate, origin


@pytest.mark.parametrize("how", ["close", "reset"])
@pytest.mark.parametrize("body", [None, b"order=1"])
def test_an_origin_connection_is_free_soon_after_its_visitor_left(patient, how, body):
    """Who gave up on a slow page must not keep the connection from those who wait for it."""
    gate, origin = patient
    ended = threading.Event()

    def respond(peer, seen):
        peer.request_body(seen)
        if seen.target == "/slow":
            assert peer.head() is None, "nothing but the end comes on this connection"
            ended.set()
        peer.send(OK)

    origin.respond = respond
    gone, waiting = Client(gate.port), Client(gate.port)
    gone.send(request("/slow", method="GET" if body is None else "POST", body=body))
    origin.wait_for_requests(1)
    waiting.send(request("/next"))
    began = time.monotonic()
    getattr(gone, how)()
    assert waiting.response().body == b"ok"
    assert time.monotonic() - began < 5
    assert ended.wait(5), "the origin was not told"
    assert [seen.target for seen in origin.requests] == ["/slow", "/next"]
    gate.wait_for_log(b"/next")
    assert b"path=/slow status=0 " in gate.log
    waiting.close()


def test_a_visitor_who_left_the_queue_is_not_served(patient):
    gate, origin = patient
    go = threading.Event()

    def respond(peer, _):
        go.wait(5)
        peer.send(OK)

    origin.respond = respond
    first, gone, last = (Client(gate.port) for _ in range(3))
    first.send(request("/first"))
    origin.wait_for_requests(1)
    gone.send(request("/gone"))
    gate_saw = request("/last")
    time.sleep(0.1)
    gone.close()
    time.sleep(0.1)
    last.send(gate_saw)
    time.sleep(0.1)
    go.set()
    assert first.response().body == last.response().body == b"ok"
    assert [seen.target for seen in origin.requests] == ["/first", "/last"]
    first.close()
    last.close()


def test_a_visitor_whose_end_came_with_the_request_leaves_the_queue_soon(patient):
    """Who closed one half may still be reading: an answer follows, but not after the minute that the origin has."""
    gate, origin = patient
    go = threading.Event()

    def respond(peer, _):
        go.wait(20)
        peer.send(OK)

    origin.respond = respond
    with Client(gate.port) as first, Client(gate.port) as ending, Client(gate.port) as staying:
        first.send(request("/first"))
        origin.wait_for_requests(1)
        staying.send(request("/staying"))
        time.sleep(0.1)
        # Both at once, as when a browser sends and leaves.
        gate.signal(signal.SIGSTOP)
        time.sleep(0.05)
        ending.send(request("/ending"))
        ending.sock.shutdown(socket.SHUT_WR)
        time.sleep(0.05)
        gate.signal(signal.SIGCONT)
        began = time.monotonic()
        assert ending.response().status == 504 and time.monotonic() - began < 5
        go.set()
        assert first.response().body == staying.response().body == b"ok"
    assert [seen.target for seen in origin.requests] == ["/first", "/staying"]


def test_half_closed_visitors_get_what_comes_soon_and_pipelined(patient):
    gate, origin = patient
    with Client(gate.port) as client:
        client.send(request("/1") + request("/2") + request("/3", method="POST", body=b"x" * 100_000))
        client.sock.shutdown(socket.SHUT_WR)
        assert [client.response().body for _ in range(3)] == [b"ok"] * 3
        assert client.is_at_end()
    assert len({seen.peer.number for seen in origin.requests}) == 1, "their origin connection is kept"
