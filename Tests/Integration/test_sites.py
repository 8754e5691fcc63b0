"""Several sites in one rules file: told apart by host, never mixed (RFC 9110 §7.4, §15.5.20)."""

import threading
import time

import pytest

from conftest import RULES
from harness.client import Client, exchange, fetch, request
from harness.origin import response


@pytest.fixture
def sites(make_gate, make_origin):
    tea, coffee = make_origin(), make_origin()
    tea.answer(response("tea", ["Set-Cookie: leaf=1", "Set-Cookie: bean=1"]))
    coffee.answer(response("coffee", ["Set-Cookie: leaf=1", "Set-Cookie: bean=1"]))
    gate = make_gate(f"""
sites:
  - name: tea
    hosts: [tea.test, www.tea.test]
    origin: http://127.0.0.1:{tea.port}
    categories: {{ cart: {{ cookies: [leaf] }} }}
  - name: coffee
    hosts: [coffee.test]
    origin: http://127.0.0.1:{coffee.port}
    categories: {{ cart: {{ cookies: [bean] }} }}
""")
    gate.tea, gate.coffee = tea, coffee
    return gate


@pytest.mark.parametrize(
    "host, body",
    [
        ("tea.test", b"tea"),
        ("www.tea.test", b"tea"),
        ("TEA.test", b"tea"),
        ("tea.test:8080", b"tea"),
        ("coffee.test", b"coffee"),
    ],
)
def test_the_host_chooses_the_site(sites, host, body):
    assert fetch(sites.port, host=host).body == body


def test_each_site_has_its_own_rules(sites):
    assert fetch(sites.port, host="tea.test").set_names == {"leaf"}
    assert fetch(sites.port, host="coffee.test").set_names == {"bean"}


@pytest.mark.parametrize(
    "host", ["other.test", "tea.test.evil.test", "eviltea.test", "127.0.0.1", "[::1]:80", "localhost"]
)
def test_an_unknown_host_is_misdirected(sites, host):
    assert fetch(sites.port, host=host).status == 421
    assert sites.tea.requests == sites.coffee.requests == []


def test_an_unknown_host_leaves_the_connection_usable(sites):
    with Client(sites.port) as client:
        assert client.request(host="other.test").status == 421
        assert client.request(host="tea.test").body == b"tea"


def test_one_connection_may_ask_several_sites(sites):
    with Client(sites.port) as client:
        for host, body in [("tea.test", b"tea"), ("coffee.test", b"coffee")] * 3:
            assert client.request(host=host).body == body


def test_http10_without_host_is_misdirected_when_hosts_are_listed(sites):
    assert exchange(sites.port, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 421")


def test_a_site_without_hosts_takes_the_rest(make_gate, make_origin):
    tea, rest = make_origin(), make_origin()
    tea.answer(response("tea"))
    rest.answer(response("rest"))
    gate = make_gate(
        f"sites:\n  - {{ name: tea, hosts: [tea.test], origin: 'http://127.0.0.1:{tea.port}' }}\n"
        f"  - {{ name: rest, origin: 'http://127.0.0.1:{rest.port}' }}\n"
    )
    assert fetch(gate.port, host="tea.test").body == b"tea"
    assert fetch(gate.port, host="any.test").body == b"rest"


def test_consent_given_on_one_site_is_none_on_another(make_gate, make_origin):
    from harness.consent import decided_cookie

    tea, coffee = make_origin(), make_origin()
    gate = make_gate(
        f"{RULES}\nsites:\n  - {{ name: tea, hosts: [shop.test], origin: 'http://127.0.0.1:{tea.port}' }}\n"
        f"  - {{ name: coffee, hosts: [coffee.test], origin: 'http://127.0.0.1:{coffee.port}' }}\n"
    )
    cookie = decided_cookie(gate, tea, "crumbgate-accept")
    fetch(gate.port, fields=[cookie + b"; _ga=1"])
    assert tea.last.cookie_names == {"_ga"}
    fetch(gate.port, fields=[cookie + b"; _ga=1"], host="coffee.test")
    assert coffee.last.one("cookie") is None


def test_who_waits_for_one_origin_never_gets_a_connection_to_another(make_gate, make_origin):
    """One connection per origin: the queue of the busy one must not be served by the idle one's."""
    tea, coffee = make_origin(), make_origin()
    gate = make_gate(f"""
workers: 1
limits: {{ origin_connections: 1, queue: 8 }}
sites:
  - {{ name: tea, hosts: [tea.test], origin: "http://127.0.0.1:{tea.port}" }}
  - {{ name: coffee, hosts: [coffee.test], origin: "http://127.0.0.1:{coffee.port}" }}
""")
    go = threading.Event()

    def brew(peer, _):
        go.wait(5)
        peer.send(response("tea"))

    tea.respond = brew
    coffee.answer(response("coffee"))
    assert fetch(gate.port, host="coffee.test").body == b"coffee", "its connection is idle in the pool now"
    drinkers = [Client(gate.port) for _ in range(5)]
    for number, client in enumerate(drinkers):
        client.send(request(f"/{number}", host="tea.test"))
    tea.wait_for_requests(1)
    for _ in range(3):
        assert fetch(gate.port, host="coffee.test").body == b"coffee"
    time.sleep(0.1)
    assert [len(origin.requests) for origin in (tea, coffee)] == [1, 4], "somebody in the queue was served elsewhere"
    go.set()
    assert [client.response().body for client in drinkers] == [b"tea"] * 5
    assert {seen.one("host") for seen in tea.requests} == {b"tea.test"}
    assert {seen.one("host") for seen in coffee.requests} == {b"coffee.test"}
    for client in drinkers:
        client.close()
