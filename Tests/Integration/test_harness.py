"""What the tests rely on: a server that was closed is gone, and answers nobody who came to another."""

import time

import pytest

from harness.client import Client, fetch, request
from harness.message import Closed


def test_a_closed_origin_listens_no_more(make_origin):
    origin = make_origin()
    assert fetch(origin.port).body == b"ok"
    origin.close()
    assert not origin.acceptor.is_alive()
    with pytest.raises(ConnectionRefusedError):
        fetch(origin.port)


def test_a_closed_origin_ends_its_connections(make_origin):
    origin = make_origin()
    with Client(origin.port) as client:
        client.request()
        origin.close()
        assert client.is_at_end(1)


def test_a_connection_ends_when_another_thread_closes_it(make_origin):
    """Its own thread waits to receive meanwhile, and would hold it open."""
    origin = make_origin()
    with Client(origin.port) as client:
        client.request()
        time.sleep(0.05)
        origin.last.peer.close()
        assert client.is_at_end(1)
        with pytest.raises((OSError, Closed)):
            client.send(request())
            client.response()
