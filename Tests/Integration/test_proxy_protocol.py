"""Proxies in front that say who is there before anything else (PROXY protocol, versions 1 and 2)."""

import ipaddress
import socket
import struct
import time

import pytest

from conftest import RULES
from harness.client import Client, Visitor, request
from harness.tls import Authority, careless

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
VISITOR = "203.0.113.77"


def line(address=VISITOR, family="TCP4", peer="198.51.100.1"):
    return f"PROXY {family} {address} {peer} 56324 443\r\n".encode()


def block(address=VISITOR, fields=b"", command=0x21):
    source = ipaddress.ip_address(address)
    peer = ipaddress.ip_address("198.51.100.1" if source.version == 4 else "2001:db8::2")
    content = source.packed + peer.packed + struct.pack("!HH", 56324, 443) + fields
    return SIGNATURE + bytes([command, 0x11 if source.version == 4 else 0x21]) + struct.pack("!H", len(content)) + content


def rules(origin, trusted="127.0.0.0/8"):
    return f"origin: http://127.0.0.1:{origin.port}\nfull_address_routes: [/pay]\ntrusted_proxies: [{trusted}]\n{RULES}"


LISTEN = "\n  - { address: 127.0.0.1:PORT, proxy_protocol: true }"


@pytest.fixture
def behind(make_gate, origin):
    return make_gate(rules(origin), listen=LISTEN)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    made = Authority(tmp_path_factory.mktemp("authority"))
    made.issue("shop", "shop.test")
    return made


@pytest.fixture
def secured(make_gate, origin, authority):
    files = f"tls: {{ certificate: {authority.directory}/shop.pem, key: {authority.directory}/shop.key }}"
    return make_gate(rules(origin), listen=f"\n  - {{ address: 127.0.0.1:PORT, proxy_protocol: true, {files} }}")


def introduce(gate, header):
    client = Client(gate.port)
    client.send(header)
    return client


HEADERS = {
    "a line": (line(), b"203.0.113.0"),
    "a line of IPv6": (line("2001:db8:1:2::3", "TCP6", "2001:db8::2"), b"2001:db8:1::"),
    "a block": (block(), b"203.0.113.0"),
    "a block of IPv6": (block("2001:db8:1:2::3"), b"2001:db8:1::"),
    "a block with fields": (block(fields=b"\x04\0\x03abc\x02\0\x09shop.test\xea\x04\0" + b"x" * 1024), b"203.0.113.0"),
    "the proxy's own connection": (block(command=0x20), b"127.0.0.0"),
    "nobody known, by line": (b"PROXY UNKNOWN ::1 whoever\r\n", b"0.0.0.0"),
    "nobody known, by block": (SIGNATURE + b"\x21\x00\x00\x00", b"0.0.0.0"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_the_visitor_is_who_the_header_names(behind, origin, name):
    header, address = HEADERS[name]
    with introduce(behind, header + request("/first")) as client:
        assert client.response().body == b"ok"
        assert client.request("/second").body == b"ok"
    assert [seen.one("x-forwarded-for").strip(b'"[]') for seen in origin.requests] == [address] * 2


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_at_every_cut(behind, origin, name):
    header, address = HEADERS[name]
    whole = header + request("/")
    step = max(1, len(header) // 60)
    for cut in [*range(1, len(header) + 2, step), len(header)]:
        with Client(behind.port) as client:
            client.send(whole[:cut])
            time.sleep(0.002)
            client.send(whole[cut:])
            assert client.response().body == b"ok", cut
    assert {seen.one("x-forwarded-for").strip(b'"[]') for seen in origin.requests} == {address}
    assert {seen.target for seen in origin.requests} == {"/"}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_before_tls(secured, origin, name):
    header, address = HEADERS[name]
    for pause in (0, 0.05):
        with socket.create_connection(("127.0.0.1", secured.port), timeout=10) as sock:
            sock.sendall(header)
            time.sleep(pause)
            with careless().wrap_socket(sock, server_hostname="shop.test") as wrapped:
                assert Visitor(wrapped).request().body == b"ok"
        assert origin.last.one("x-forwarded-for").strip(b'"[]') == address
        assert origin.last.one("x-forwarded-proto") == b"https"


BROKEN = {
    "no header": b"",
    "a line without an address": b"PROXY TCP4\r\n",
    "an address of another family": line("2001:db8::1"),
    "a line that does not end": b"PROXY TCP4 " + b"1" * 200,
    "another version": block(command=0x31),
    "too long": SIGNATURE + b"\x21\x11\xff\xff" + bytes(65535),
    "fields beyond the end": block(fields=b"\x04\xff\xff1"),
    "two headers": line() + line("192.0.2.9"),
    "TLS first": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_does_not_begin_with_a_header_gets_nothing(behind, origin, name):
    with Client(behind.port) as client:
        try:
            client.send(BROKEN[name] + request("/"))
            answer = client.sock.recv(65536)
        except (ConnectionResetError, BrokenPipeError):
            answer = b""
        # The second of two headers is a request line that is refused.
        assert answer == b"" or name == "two headers" and answer.startswith(b"HTTP/1.1 400")
    assert origin.requests == []
    with introduce(behind, line() + request("/")) as client:
        assert client.response().body == b"ok"


def test_others_than_trusted_proxies_are_not_heard(make_gate, origin):
    gate = make_gate(rules(origin, "10.0.0.0/8"), listen=LISTEN)
    for raw in (line() + request("/"), request("/"), b""):
        with Client(gate.port) as client:
            try:
                client.send(raw)
            except (ConnectionResetError, BrokenPipeError):
                pass
            assert client.is_at_end()
    assert origin.requests == []
    gate.wait_for_log(b"proxy_protocol")
    assert b"203.0.113" not in gate.log


def test_a_header_is_nothing_where_none_is_expected(gate, origin):
    for header in (line(), block()):
        with introduce(gate, header + request("/")) as client:
            assert client.response().status == 400
    assert origin.requests == []


def test_fields_of_the_visitor_are_not_believed_behind_a_header(behind, origin):
    """They passed the proxy as they were written."""
    fields = ["X-Forwarded-For: 198.51.100.9", "Forwarded: for=198.51.100.9", "X-Forwarded-Proto: https"]
    for header, address in (HEADERS["a line"], HEADERS["nobody known, by line"]):
        with introduce(behind, header + request("/", fields)) as client:
            assert client.response().body == b"ok"
        assert origin.last.one("x-forwarded-for") == address
        assert origin.last.one("x-forwarded-proto") == b"http"


def test_behind_two_proxies_both_are_asked(make_gate, origin):
    """A balancer that relays bytes, and a proxy in front of it that speaks HTTP."""
    gate = make_gate(rules(origin, "127.0.0.0/8, 10.0.0.0/8"), listen=LISTEN)
    with introduce(gate, line("10.1.2.3") + request("/", ["X-Forwarded-For: 192.0.2.1, 203.0.113.77"])) as client:
        assert client.response().body == b"ok"
    assert origin.last.one("x-forwarded-for") == b"203.0.113.0"


def test_the_full_address_goes_where_it_may_and_nowhere_else(behind, origin):
    with introduce(behind, line()) as client:
        client.request("/pay")
        assert origin.last.one("x-forwarded-for") == b"203.0.113.77"
        client.request("/other")
        assert b"203.0.113.77" not in origin.last.raw
    time.sleep(0.4)
    assert b"203.0.113" not in behind.log


def test_a_header_has_as_long_as_a_head(behind, origin):
    began = time.monotonic()
    with Client(behind.port) as client:
        for byte in line():
            try:
                client.send(bytes([byte]))
                client.sock.settimeout(0.05)
                if client.sock.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except (ConnectionResetError, BrokenPipeError):
                break
        assert 0.8 < time.monotonic() - began < 2
    assert origin.requests == []


def test_a_reload_changes_what_is_expected(make_gate, origin):
    gate = make_gate(rules(origin), listen="\n  - { address: 127.0.0.1:PORT }")
    with Client(gate.port) as kept:
        assert kept.request().body == b"ok"
        gate.listen = LISTEN
        gate.write_rules(rules(origin))
        gate.wait_for_log(b"rules reloaded")
        time.sleep(0.1)
        with introduce(gate, line() + request("/")) as client:
            assert client.response().body == b"ok"
        assert origin.last.one("x-forwarded-for") == b"203.0.113.0"
        # Whoever was there before is who they were.
        assert kept.request().body == b"ok"
        assert origin.last.one("x-forwarded-for") == b"127.0.0.0"


def test_term_ends_those_who_have_not_said_who_they_are(behind):
    clients = [Client(behind.port) for _ in range(3)]
    clients[0].send(line()[:10])
    time.sleep(0.05)
    began = time.monotonic()
    assert behind.stop() == 0 and time.monotonic() - began < 2
    for client in clients:
        client.close()
