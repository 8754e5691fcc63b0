"""Nobody gets bytes of another origin server, or of another exchange: the pool when the rules or the server change."""

import contextlib
import signal
import subprocess
import threading
import time

import pytest

from conftest import RULES
from harness.client import Client, eventually, fetch, request
from harness.message import Closed
from harness.origin import response

PATIENT = RULES.replace("origin_idle: 5s", "origin_idle: 60s")


def names(word):
    """Answers with a word of the server's own and what was asked for."""

    def respond(peer, seen):
        peer.request_body(seen)
        peer.send(response(f"{word} {seen.target}", ["Content-Type: text/plain"]))

    return respond


class Visitors:
    """Kept connections under load, over all event loops; each answer is kept with the connection it came on."""

    def __init__(self, port, count=12):
        self.port = port
        self.answers = [[] for _ in range(count)]
        self.wrong = []
        self.running = True
        self.threads = [threading.Thread(target=self._visit, args=(number,)) for number in range(count)]
        for thread in self.threads:
            thread.start()

    def _visit(self, number):
        turn = 0
        with Client(self.port) as client:
            while self.running:
                target = f"/{number}/{turn}"
                try:
                    seen = client.request(target)
                except (OSError, Closed) as error:
                    self.wrong.append(f"{target}: {error!r}")
                    return
                word, _, echo = seen.body.decode().partition(" ")
                if seen.status != 200 or echo != target:
                    self.wrong.append(f"{target}: {seen.status} {seen.body[:200]!r}")
                self.answers[number].append(word)
                turn += 1

    def stop(self):
        self.running = False
        for thread in self.threads:
            thread.join(15)

    def all_get(self, word):
        return all(answers and answers[-1] == word for answers in self.answers)


def alive(origin):
    return [peer for peer in origin.peers if peer.sock.fileno() >= 0]


def test_a_server_that_the_rules_replaced_answers_nobody_any_more(make_gate, make_origin):
    """Back and forth under load: on each connection the answers change over once per reload, and never back."""
    origins = {"one": make_origin(), "two": make_origin()}
    for word, origin in origins.items():
        origin.respond = names(word)
    gate = make_gate(f"origin: http://127.0.0.1:{origins['one'].port}\n{PATIENT}")
    load = Visitors(gate.port)
    try:
        eventually(lambda: load.all_get("one"))
        for turn, word in enumerate(("two", "one", "two"), 1):
            gate.write_rules(f"origin: http://127.0.0.1:{origins[word].port}\n{PATIENT}")
            gate.signal(signal.SIGHUP)
            gate.wait_for_log(b"rules reloaded", count=turn)
            eventually(lambda word=word: load.all_get(word))
            time.sleep(0.2)
    finally:
        load.stop()
    assert load.wrong == []
    for answers in load.answers:
        changes = [word for word, before in zip(answers, [None, *answers]) if word != before]
        assert changes == ["one", "two", "one", "two"]


@pytest.mark.parametrize("moment", ["idle", "in use"])
def test_connections_to_a_server_that_the_rules_replaced_end(make_gate, make_origin, moment):
    old, new = make_origin(), make_origin()
    go = threading.Event()

    def respond(peer, seen):
        if seen.target == "/slow":
            go.wait(10)
        names("old")(peer, seen)

    old.respond, new.respond = respond, names("new")
    gate = make_gate(f"origin: http://127.0.0.1:{old.port}\nworkers: 1\n{PATIENT}")
    with Client(gate.port) as client:
        if moment == "in use":
            client.send(request("/slow"))
            old.wait_for_requests(1)
        else:
            client.request("/quick")
        gate.write_rules(f"origin: http://127.0.0.1:{new.port}\nworkers: 1\n{PATIENT}")
        eventually(lambda: fetch(gate.port).body == b"new /")
        go.set()
        if moment == "in use":
            assert client.response().body == b"old /slow", "what began under the old rules ends under them"
        assert client.request("/next").body == b"new /next"
    eventually(lambda: not alive(old), timeout=2)


@pytest.fixture
def hosts(tmp_path):
    """A hosts file of one's own, and the command under which a process finds it."""
    path = tmp_path / "hosts"
    path.write_text("127.0.0.1 localhost\n")
    within = ["unshare", "-rm", "sh", "-c", f'mount --bind "{path}" /etc/hosts && exec "$@"', "sh"]
    with contextlib.suppress(OSError):
        if subprocess.run([*within, "true"], capture_output=True, check=False).returncode == 0:
            return path, within
    pytest.skip("needs a mount namespace of its own")


def test_a_server_that_moved_to_another_address_is_found_there_at_a_reload(make_gate, make_origin, hosts):
    """The rules name the same host and port: kept connections alone would hold on to the old address for ever."""
    path, within = hosts
    old = make_origin("127.0.0.2")
    new = make_origin("127.0.0.3", old.port)
    old.respond, new.respond = names("old"), names("new")
    path.write_text("127.0.0.2 moving.test\n")
    gate = make_gate(f"origin: http://moving.test:{old.port}\n{PATIENT}", within=within)
    load = Visitors(gate.port, count=6)
    try:
        eventually(lambda: load.all_get("old"))
        path.write_text("127.0.0.3 moving.test\n")
        gate.signal(signal.SIGHUP)
        eventually(lambda: load.all_get("new"))
    finally:
        load.stop()
    assert load.wrong == []
    eventually(lambda: not alive(old), timeout=2)


def test_a_server_that_stays_keeps_its_connections_over_a_reload(make_gate, make_origin):
    origin = make_origin()
    rules = f"origin: http://localhost:{origin.port}\nworkers: 1\n{PATIENT}"
    gate = make_gate(rules)
    with Client(gate.port) as client:
        client.request()
        for turn in range(1, 4):
            gate.write_rules(rules)
            gate.signal(signal.SIGHUP)
            gate.wait_for_log(b"rules reloaded", count=turn)
            client.request()
    assert len({seen.peer.number for seen in origin.requests}) == 1


def test_a_server_that_restarts_with_other_content(make_gate, make_origin):
    """On the same port, under load: an answer is the old server's or the new one's for what was asked, or an error."""
    old = make_origin()
    old.respond = names("old")
    gate = make_gate(f"origin: http://127.0.0.1:{old.port}\n{PATIENT}")
    load = Visitors(gate.port)
    try:
        eventually(lambda: load.all_get("old"))
        old.close()
        make_origin(port=old.port, respond=names("new"))
        eventually(lambda: load.all_get("new"))
    finally:
        load.stop()
    assert [wrong for wrong in load.wrong if ": 502 " not in wrong] == []
    for answers in load.answers:
        assert "old" not in answers[answers.index("new") :]


@pytest.fixture
def paused(make_gate, make_origin):
    """A gate with one idle origin connection, and what happens while it does not run: it finds that all at once."""
    origin = make_origin()
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\nworkers: 1\n{PATIENT}")
    fetch(gate.port, "/first")
    time.sleep(0.05)

    @contextlib.contextmanager
    def pause():
        gate.signal(signal.SIGSTOP)
        time.sleep(0.02)
        try:
            yield origin.peers[-1]
        finally:
            time.sleep(0.02)
            gate.signal(signal.SIGCONT)

    return gate, origin, pause


@pytest.mark.parametrize("ending", ["stays", "closes", "resets"])
@pytest.mark.parametrize("order", ["request first", "stray bytes first"])
def test_what_comes_unasked_is_nobodys_response(paused, order, ending):
    """A request that came in the same moment does not go out on the connection that has a response in it already."""
    gate, origin, pause = paused
    with Client(gate.port) as client:
        time.sleep(0.05)
        with pause() as peer:
            if order == "request first":
                client.send(request("/mine"))
            peer.send(response("injected"))
            if ending == "closes":
                peer.close()
            elif ending == "resets":
                peer.reset()
            if order != "request first":
                client.send(request("/mine"))
        assert client.response().body == b"ok"
    assert [seen.target for seen in origin.requests] == ["/first", "/mine"]
    assert origin.requests[0].peer is not origin.requests[1].peer


def test_the_rest_of_a_body_longer_than_it_said_is_nobodys_response(paused):
    """Most likely what a wrong Content-Length leaves behind: the rest comes a moment later."""
    gate, origin, pause = paused

    def respond(peer, seen):
        peer.send(response("ok"))

    origin.respond = respond
    with Client(gate.port) as first, Client(gate.port) as second:
        first.request("/1")
        time.sleep(0.05)
        with pause() as peer:
            second.send(request("/2"))
            first.send(request("/3"))
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
        assert first.response().body == second.response().body == b"ok"
