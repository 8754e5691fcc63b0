"""Start, reload and stop, under load: nothing is lost (proxy.md, "Timeouts and limits")."""

import signal
import subprocess
import threading
import time

import pytest

from conftest import RULES
from harness.client import Client, eventually, fetch, request
from harness.message import Closed
from harness.origin import OK, chunk, head, response
from harness.process import Gate, binary, free_port


class Load:
    """Visitors on kept connections; every request is answered whole or counted as failed."""

    def __init__(self, gate, visitors=8, target="/", method="GET", body=None):
        self.gate, self.target, self.method, self.body = gate, target, method, body
        self.answered, self.failed, self.unsent = 0, [], 0
        self.running = True
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._visit) for _ in range(visitors)]
        for thread in self.threads:
            thread.start()

    def _visit(self):
        client = None
        while self.running:
            try:
                client = client or Client(self.gate.port, timeout=10)
            except OSError:
                # Nothing listens any more: that visitor's request was never taken.
                with self.lock:
                    self.unsent += 1
                return
            before = len(client.received)
            try:
                seen = client.request(self.target, method=self.method, body=self.body)
                with self.lock:
                    self.answered += 1
                if seen.status != 200:
                    self.failed.append(seen.start)
                if seen.one("connection") == b"close":
                    client.close()
                    client = None
            except (OSError, Closed) as error:
                # A kept connection may close between requests (RFC 9112 §9.3.1); in a response it may not.
                if len(client.received) != before or isinstance(error, TimeoutError):
                    self.failed.append(repr(error))
                with self.lock:
                    self.unsent += 1
                client = None
        if client:
            client.close()

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join(15)


@pytest.fixture
def small(make_gate, make_origin):
    origin = make_origin()
    origin.answer(response("ok", ["Content-Type: text/plain", "Set-Cookie: later=1"]))
    rules = f"origin: http://127.0.0.1:{origin.port}\n{RULES}"
    gate = make_gate(rules)
    gate.origin, gate.rules = origin, rules
    return gate


@pytest.mark.alone
@pytest.mark.parametrize("how", ["SIGHUP", "file"])
def test_reload_under_load_fails_no_request(small, how):
    load = Load(small)
    try:
        for turn in range(6):
            grants = turn % 2 == 0
            small.write_rules(small.rules.replace("[cart]", "[cart, later]") if grants else small.rules)
            if how == "SIGHUP":
                small.signal(signal.SIGHUP)
            eventually(lambda: bool(fetch(small.port).set_names) == grants)
    finally:
        load.stop()
    assert load.failed == [] and load.unsent == 0
    assert load.answered > 100


def test_a_file_changed_in_place_is_noticed(small):
    text = small.rules_path.read_text().replace("[cart]", "[cart, later]")
    with open(small.rules_path, "w") as file:
        file.write(text)
    eventually(lambda: fetch(small.port).set_names == {"later"})


def test_kept_connections_get_the_new_rules(small):
    with Client(small.port) as client:
        assert client.request().set_names == set()
        small.write_rules(small.rules.replace("[cart]", "[cart, later]"))
        eventually(lambda: client.request().set_names == {"later"})


def test_what_is_in_flight_keeps_the_old_rules_and_ends_well(small):
    go = threading.Event()

    def respond(peer, _):
        peer.send(head(fields=["Content-Type: text/plain", "Transfer-Encoding: chunked"]) + chunk(b"begun"))
        go.wait(5)
        peer.send(chunk(b"ended") + b"0\r\n\r\n")

    small.origin.respond = respond
    with Client(small.port) as client:
        client.send(request())
        small.origin.wait_for_requests(1)
        for _ in range(5):
            small.write_rules(small.rules)
            small.signal(signal.SIGHUP)
            time.sleep(0.05)
        go.set()
        assert client.response().body == b"begunended"


@pytest.mark.parametrize("wrong", ["orgin: http://127.0.0.1:1\n", "origin: [", "origin: 17\n", ""])
def test_a_bad_reload_keeps_the_old_rules_and_says_why(small, wrong):
    text = small.rules_path.read_text()
    small.rules_path.write_text(wrong and text + wrong)
    small.signal(signal.SIGHUP)
    small.wait_for_log(b"rules.yaml")
    assert fetch(small.port).body == b"ok"
    small.write_rules(small.rules.replace("[cart]", "[cart, later]"))
    eventually(lambda: fetch(small.port).set_names == {"later"})


def test_more_reloads_than_a_byte_can_count(make_gate, make_origin):
    """Each reload is a generation of rules; with a response of the first still under way, 260 more come and go."""
    origin = make_origin()
    origin.answer(response("ok", ["Content-Type: text/plain", *[f"Set-Cookie: name{n}=1" for n in range(100)]]))
    rules = f"origin: http://127.0.0.1:{origin.port}\nworkers: 1\ncategories: {{ cart: {{ cookies: [NAME] }} }}\n"
    rules += "timeouts: { origin_first_byte: 5m }\n"
    gate = make_gate(rules.replace("NAME", "name0"))
    go = threading.Event()
    quick = origin.respond

    def respond(peer, seen):
        if seen.target != "/slow":
            quick(peer, seen)
            return
        go.wait(300)
        peer.send(response("slow", ["Content-Type: text/plain", "Set-Cookie: name0=1", "Set-Cookie: name99=1"]))

    origin.respond = respond
    with Client(gate.port, timeout=300) as slow, Client(gate.port) as client:
        slow.send(request("/slow"))
        for number in range(1, 261):
            gate.write_rules(rules.replace("NAME", f"name{number % 100}"))
            gate.signal(signal.SIGHUP)
            wanted = {f"name{number % 100}"}
            eventually(lambda: client.request().set_names == wanted, timeout=10)
        go.set()
        seen = slow.response()
        assert seen.body == b"slow" and seen.set_names == {"name0"}, "it began under the first rules"
    assert gate.stop() == 0


def test_a_missing_file_at_reload_keeps_the_old_rules(small):
    small.rules_path.rename(small.rules_path.with_suffix(".gone"))
    small.signal(signal.SIGHUP)
    time.sleep(0.2)
    assert fetch(small.port).body == b"ok"


def test_the_error_of_a_bad_reload_names_the_line(small):
    small.rules_path.write_text(small.rules_path.read_text() + "\ncookeis: { unknown: allow }\n")
    line = small.rules_path.read_text().splitlines().index("cookeis: { unknown: allow }") + 1
    small.signal(signal.SIGHUP)
    small.wait_for_log(b"rules.yaml:%d:1" % line)


def test_bad_rules_at_the_start_are_refused(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text("origin: http://127.0.0.1:1\nlissten: 127.0.0.1:1\n")
    ended = subprocess.run(
        [binary("crumbgate", "CRUMBGATE_BIN"), "serve", "--rules", str(path)],
        capture_output=True,
        timeout=10,
        check=False,
    )
    assert ended.returncode != 0
    assert b"rules.yaml:2:1" in ended.stdout + ended.stderr


def test_a_port_in_use_is_said(small, tmp_path):
    path = tmp_path / "second.yaml"
    path.write_text(f"listen: 127.0.0.1:{small.origin.port}\norigin: http://127.0.0.1:1\n")
    ended = subprocess.run(
        [binary("crumbgate", "CRUMBGATE_BIN"), "serve", "--rules", str(path)],
        capture_output=True,
        timeout=10,
        check=False,
    )
    assert ended.returncode != 0
    assert str(small.origin.port).encode() in ended.stdout + ended.stderr


def test_a_second_proxy_on_the_same_port_is_refused(small, tmp_path):
    """Event loops share their port; two proxies must not, each with rules and a key of its own."""
    path = tmp_path / "second.yaml"
    path.write_text(f"listen: 127.0.0.1:{small.port}\norigin: http://127.0.0.1:1\nstate_directory: other\n")
    ended = subprocess.run(
        [binary("crumbgate", "CRUMBGATE_BIN"), "serve", "--rules", str(path)],
        capture_output=True,
        timeout=10,
        check=False,
    )
    assert ended.returncode == 1
    assert b"cannot listen on 127.0.0.1:%d" % small.port in ended.stderr and b"another program" in ended.stderr
    assert fetch(small.port).body == b"ok"


@pytest.mark.alone
def test_term_under_load_loses_no_request(small):
    served = [0]
    lock = threading.Lock()

    def respond(peer, seen):
        peer.request_body(seen)
        time.sleep(0.002)
        peer.send(response("ok"))
        with lock:
            served[0] += 1

    small.origin.respond = respond
    load = Load(small, visitors=16, method="POST", body=b"order")
    time.sleep(0.5)
    small.signal(signal.SIGTERM)
    status = small.wait(10)
    load.stop()
    assert status == 0
    assert load.failed == []
    assert load.answered == served[0] > 100, "a request that the origin took was not answered"


def test_term_lets_a_long_response_end(small):
    def respond(peer, _):
        peer.send(head(fields=["Content-Type: text/plain", "Transfer-Encoding: chunked"]) + chunk(b"begun"))
        time.sleep(1)
        peer.send(chunk(b"ended") + b"0\r\n\r\n")

    small.origin.respond = respond
    with Client(small.port) as client:
        client.send(request())
        small.origin.wait_for_requests(1)
        small.signal(signal.SIGTERM)
        time.sleep(0.2)
        with pytest.raises(OSError):
            Client(small.port, timeout=1).request()
        assert client.response().body == b"begunended"
        assert client.is_at_end()
    assert small.wait(5) == 0


def test_term_lets_an_upload_end(small):
    with Client(small.port) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 6\r\n\r\nabc")
        small.origin.wait_for_requests(1)
        small.signal(signal.SIGTERM)
        time.sleep(0.3)
        client.send(b"def")
        assert client.response().body == b"ok"
    assert small.wait(5) == 0


def test_term_closes_idle_connections_at_once(small):
    with Client(small.port) as client:
        client.request()
        began = time.monotonic()
        small.signal(signal.SIGTERM)
        assert client.is_at_end()
        assert small.wait(5) == 0
        assert time.monotonic() - began < 2


def test_term_does_not_wait_for_ever(make_gate, make_origin):
    origin = make_origin()
    gate = make_gate(
        f"origin: http://127.0.0.1:{origin.port}\n{RULES.replace('drain: 5s', 'drain: 500ms').replace('byte: 1s', 'byte: 20s')}"
    )
    origin.respond = lambda peer, _: time.sleep(5)
    with Client(gate.port) as client:
        client.send(request())
        origin.wait_for_requests(1)
        began = time.monotonic()
        gate.signal(signal.SIGTERM)
        assert gate.wait(5) == 0
        assert 0.3 < time.monotonic() - began < 2


def test_interrupt_ends_it_like_term(small):
    small.signal(signal.SIGINT)
    assert small.wait(5) == 0


def test_a_restart_takes_the_port_at_once_and_keeps_the_signing_key(small, tmp_path, make_origin):
    from harness.consent import decided_cookie

    cookie = decided_cookie(small, small.origin, "crumbgate-accept")
    assert small.stop() == 0
    again = Gate(small.directory, small.rules, small.port)
    try:
        fetch(again.port, fields=[cookie + b"; _ga=1"])
        assert small.origin.last.cookie_names == {"_ga"}
    finally:
        again.stop()


def test_the_signing_key_is_for_the_owner_only(small):
    files = [path for path in (small.directory / "state").rglob("*") if path.is_file()]
    assert files, "no state was written"
    for path in files:
        assert path.stat().st_mode & 0o077 == 0, path


@pytest.mark.alone
def test_descriptors_and_memory_do_not_grow(small):
    def burst():
        for _ in range(10):
            clients = [Client(small.port) for _ in range(50)]
            for client in clients:
                client.send(request() * 4)
            for client in clients:
                for _ in range(4):
                    assert client.response().status == 200
                client.close()
        time.sleep(0.1)
        return small.descriptors, small.rss

    # Pools and heaps find their size first; a leak would go on.
    for _ in range(4):
        descriptors, memory = burst()
    for _ in range(3):
        later = burst()
    # The pool may grow to one origin connection for each of the 50 visitors; a leak would be hundreds.
    assert later[0] <= descriptors + 64
    # 6,000 requests: what rings and heaps still touch for the first time is less than half a kilobyte for each. How flat
    # memory is over a million is measured by the benchmark's soak.
    assert later[1] - memory < 3 << 20
