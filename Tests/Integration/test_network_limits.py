"""Limits of what the visitors of one network may have and do together (`limits.per_network`)."""

import time

import pytest

from conftest import RULES
from harness.client import Client, exchange, fetch, request


@pytest.fixture
def limited(make_gate, origin):
    """A proxy that limits networks so, and believes this machine's word for who is there."""

    def make(bounds, trusted="10.9.0.0/16", **options):
        return make_gate(rules(origin, bounds, trusted), **options)

    def rules(origin, bounds, trusted="10.9.0.0/16"):
        limits = f"limits: {{ per_network: {{ {bounds} }} }}" if bounds else ""
        return f"origin: http://127.0.0.1:{origin.port}\ntrusted_proxies: [{trusted}]\n{limits}\n{RULES}"

    make.rules = rules
    return make


def statuses(gate, count, *fields, **options):
    return [fetch(gate.port, f"/{number}", fields, **options).status for number in range(count)]


def test_requests_beyond_the_rate_are_429(limited, origin):
    gate = limited("requests: 60/m, burst: 10s")
    assert statuses(gate, 12) == [200] * 10 + [429] * 2
    seen = fetch(gate.port, "/again")
    assert seen.one("retry-after") == b"1" and seen.one("cache-control") == b"no-store"
    assert len(origin.requests) == 10
    time.sleep(1.1)
    assert statuses(gate, 2) == [200, 429]


def test_a_connection_outlives_its_429(limited, origin):
    gate = limited("requests: 60/m, burst: 1s")
    with Client(gate.port) as client:
        assert [client.request(f"/{number}").status for number in range(3)] == [200, 429, 429]
        assert client.request("/head", method="HEAD").body == b""
        time.sleep(1.1)
        assert client.request("/later").status == 200
        # Content that nobody reads ends it.
        seen = client.request("/post", method="POST", body=b"x" * 10)
        assert seen.status == 429 and seen.one("connection") == b"close"
        assert client.is_at_end()


def test_all_loops_count_together(limited):
    gate = limited("requests: 60/m, burst: 20s")
    assert sorted(statuses(gate, 60)).count(200) in range(20, 23)


def test_own_paths_count_too(limited):
    gate = limited("requests: 60/m, burst: 5s")
    assert [fetch(gate.port, "/.crumbgate/settings").status for _ in range(7)] == [200] * 5 + [429] * 2


def test_networks_do_not_count_for_each_other(limited):
    gate = limited("requests: 60/m, burst: 3s", "127.0.0.0/8")
    for network in range(20):
        field = f"X-Forwarded-For: 198.51.{network}.7"
        assert statuses(gate, 4, field) == [200, 200, 200, 429]
    # Neighbours in a /24 do.
    assert statuses(gate, 1, "X-Forwarded-For: 198.51.3.200") == [429]
    assert statuses(gate, 2, "X-Forwarded-For: 2001:db8:1:1::1", "X-Nothing: 1") == [200, 200]
    assert statuses(gate, 2, "X-Forwarded-For: 2001:db8:1:ffff::1") == [200, 429]


def test_trusted_proxies_are_not_limited(limited):
    gate = limited("requests: 60/m, burst: 1s, connections: 2, new_connections: 60/m", "127.0.0.0/8")
    assert statuses(gate, 20) == [200] * 20
    clients = [Client(gate.port) for _ in range(5)]
    assert [client.request().status for client in clients] == [200] * 5
    for client in clients:
        client.close()


def refused(gate):
    """Whether a new connection is closed without a word."""
    return exchange(gate.port, request(fields=["Connection: close"]), timeout=3) == b""


def test_connections_beyond_the_limit_are_closed(limited, origin):
    gate = limited("connections: 5")
    time.sleep(0.1)
    clients = [Client(gate.port) for _ in range(5)]
    assert [client.request().status for client in clients] == [200] * 5
    assert all(refused(gate) for _ in range(20))
    # Who is in is not touched by others who are not.
    assert [client.request().status for client in clients] == [200] * 5
    for client in clients[:2]:
        client.close()
    time.sleep(0.1)
    assert not refused(gate)
    time.sleep(0.05)
    assert not refused(gate)
    for client in clients:
        client.close()


def test_every_connection_that_ends_is_one_less(limited, origin):
    """However it ends."""
    gate = limited("connections: 8")
    for raw in (request(), b"garbage\r\n\r\n", b"", b"GET / HTTP/1.1\r\n", request(method="POST", fields=["Content-Length: 5"])):
        for number in range(30):
            client = Client(gate.port)
            client.send(raw)
            if number % 3 == 0:
                time.sleep(0.003)
            client.reset() if number % 2 else client.close()
            time.sleep(0.002)
    time.sleep(0.3)
    clients = [Client(gate.port) for _ in range(8)]
    assert [client.request().status for client in clients] == [200] * 8
    assert refused(gate)
    for client in clients:
        client.close()


def test_new_connections_beyond_the_rate_are_closed(limited):
    gate = limited("new_connections: 60/m, burst: 10s")
    # The harness made one to see whether somebody listens.
    outcomes = [refused(gate) for _ in range(14)]
    assert outcomes[:8] == [False] * 8 and outcomes[-4:] == [True] * 4
    time.sleep(1.1)
    assert not refused(gate)


def test_behind_a_balancer_the_named_address_is_limited(limited, origin):
    listen = "\n  - { address: 127.0.0.1:PORT, proxy_protocol: true }"
    gate = limited("connections: 2, requests: 60/m, burst: 3s", "127.0.0.0/8", listen=listen)

    def connect(address):
        client = Client(gate.port)
        client.send(f"PROXY TCP4 {address} 127.0.0.1 1 1\r\n".encode())
        return client

    clients = [connect("203.0.113.1"), connect("203.0.113.2")]
    assert [client.request().status for client in clients for _ in range(2)] == [200, 200, 200, 429]
    with connect("203.0.113.3") as third:
        assert third.is_at_end()
    with connect("203.0.114.3") as other:
        assert other.request().status == 200
    for client in clients:
        client.close()


def test_limits_come_and_go_with_the_rules(limited, origin):
    gate = limited("")
    kept = [Client(gate.port) for _ in range(3)]
    assert [client.request().status for client in kept] == [200] * 3

    def change(bounds, count):
        gate.write_rules(limited.rules(origin, bounds))
        gate.wait_for_log(b"rules reloaded", count)
        time.sleep(0.1)

    change("connections: 2, requests: 60/m, burst: 5s", 1)
    # Those from before are not counted, but their requests are.
    assert [client.request().status for client in kept] == [200] * 3
    counted = [Client(gate.port) for _ in range(2)]
    assert [client.request().status for client in counted] == [200] * 2
    assert kept[0].request().status == 429 and refused(gate)
    change("", 2)
    assert statuses(gate, 20) == [200] * 20
    for client in counted:
        client.close()
    change("connections: 2", 3)
    clients = [Client(gate.port) for _ in range(2)]
    assert [client.request().status for client in clients] == [200] * 2 and refused(gate)
    for client in (*kept, *clients):
        client.close()


def test_a_429_tells_the_log_no_address(limited):
    gate = limited("requests: 60/m, burst: 1s")
    statuses(gate, 3)
    time.sleep(1.3)
    assert gate.log.count(b"429") >= 2 and b"127.0.0" not in gate.log.replace(b"127.0.0.1:", b"")
