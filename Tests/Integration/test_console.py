"""The operator's console on the wire: who gets in, who does not, and what is on record of it."""

import json
import pathlib
import re
import shutil
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from harness.client import DOCUMENT, Client, eventually, exchange, fetch
from harness.console import PASSWORD, Operator, command
from harness.origin import page
from harness.process import ROOT, Gate, free_port


#: For a test that changes the console, counts what it has on record, or uses up its patience.
own_console = pytest.mark.own_console


@pytest.fixture(scope="module")
def accounts(tmp_path_factory):
    """The file of two accounts: making them takes a while, since their passwords are hashed."""
    directory = tmp_path_factory.mktemp("accounts")
    rules = directory / "rules.yaml"
    rules.write_text(f"origin: http://127.0.0.1:9\nstate_directory: {directory}\n")
    for name, role in (("ada", "admin"), ("vera", "viewer")):
        made = command(SimpleNamespace(rules_path=rules), "add-user", name, "--role", role, password=PASSWORD)
        assert made.returncode == 0, made.stderr
    return directory / "console.sqlite"


class Console(Gate):
    """A proxy with a console; with the accounts of a file where that is given."""

    def __init__(self, directory, origin, port=None, accounts=None):
        self.console_port = port or free_port()
        if accounts:
            (directory / "state").mkdir(mode=0o700)
            shutil.copy(accounts, directory / "state")
        super().__init__(
            directory,
            f"origin: http://127.0.0.1:{origin.port}\nmeasurement: {{ threshold: 1 }}\n"
            f"console: {{ listen: 127.0.0.1:{self.console_port} }}\n",
        )

    def wait_for_console(self):
        eventually(lambda: is_open(self.console_port))


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def make_console(tmp_path, origin):
    """Starts proxies with a console."""
    consoles = []

    def make(accounts=None, port=None):
        directory = tmp_path / f"console{len(consoles)}"
        directory.mkdir()
        consoles.append(Console(directory, origin, port, accounts))
        if port is None:
            consoles[-1].wait_for_console()
        return consoles[-1]

    yield make
    for console in consoles:
        console.stop()


@pytest.fixture(scope="module")
def shared_console(tmp_path_factory, origin_server, accounts):
    console = Console(tmp_path_factory.mktemp("console"), origin_server, accounts=accounts)
    console.wait_for_console()
    yield console
    assert console.stop() == 0


@pytest.fixture
def console(request, make_console, accounts):
    """A console with two accounts, `ada` (admin) and `vera` (viewer), which most tests share."""
    if request.node.get_closest_marker("own_console"):
        yield make_console(accounts)
        return
    shared = request.getfixturevalue("shared_console")
    yield shared
    assert shared.child.poll() is None, shared.log.decode()[-4000:]


@pytest.fixture
def operator(console):
    return Operator(console.console_port)


@pytest.fixture
def admin(operator):
    assert operator.log_in("ada").status == 303
    return operator


def test_health_is_told_to_whoever_is_on_the_machine(console):
    assert fetch(console.console_port, "/healthz", host="localhost").status == 200
    ready = fetch(console.console_port, "/readyz", host="localhost")
    assert ready.status == 200 and ready.body.split(b"\n")[:-1] == [
        b"listeners: ok",
        b"rules: ok",
        b"store: ok",
        b"not draining: ok",
    ]


@own_console
def test_readiness_ends_with_the_store(console):
    (console.directory / "state" / "crumbgate.sqlite").rename(console.directory / "elsewhere")
    ready = fetch(console.console_port, "/readyz", host="localhost")
    assert ready.status == 503 and b"store: failed" in ready.body
    assert fetch(console.console_port, "/healthz", host="localhost").status == 200


@own_console
def test_readiness_ends_with_the_order_to_stop(console, origin):
    with Client(console.port) as visitor:
        visitor.send(b"GET / HTTP/1.1\r\nHost: shop.test\r\n")
        console.signal(15)
        eventually(lambda: fetch(console.console_port, "/readyz", host="localhost").status == 503)
        visitor.send(b"Connection: close\r\n\r\n")
        assert visitor.response().status == 200
    assert console.wait() == 0


def test_the_proxy_goes_on_without_its_console(make_console, origin):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        gate = make_console(port=taken.getsockname()[1])
        gate.wait_for_log(b"the console is not there, the proxy goes on without it")
        assert fetch(gate.port, "/").status == 200
    # Once its port is free it is there.
    eventually(lambda: is_open(gate.console_port), 10)
    assert fetch(gate.console_port, "/healthz", host="localhost").status == 200


@pytest.mark.parametrize("listen", ["0.0.0.0:{}", "192.0.2.1:{}", '"[::]:{}"'])
def test_other_machines_do_not_reach_it(make_gate, origin, tmp_path, listen):
    path = tmp_path / "rules.yaml"
    path.write_text(f"origin: http://127.0.0.1:{origin.port}\nconsole: {{ listen: {listen.format(free_port())} }}\n")
    gate = make_gate(f"origin: http://127.0.0.1:{origin.port}\n")
    checked = gate.run("check", path)
    assert checked.returncode == 1 and b"rules.yaml:2:" in checked.stderr and b"this machine only" in checked.stderr


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost@evil.example", "192.0.2.1", "localhost:80:80", ""]
)
@pytest.mark.parametrize("target", ["/", "/login", "/healthz", "/metrics", "/console.css"])
def test_a_name_that_was_led_here_gets_nothing(console, host, target):
    """DNS rebinding."""
    answer = exchange(console.console_port, f"GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    assert answer.split()[1] in (b"421", b"400"), answer
    assert b"<form" not in answer


@pytest.mark.parametrize("target", ["/", "/login", "/nothing", "/audit", "/console.css", "/export.csv", "/metrics"])
def test_every_answer_is_guarded(console, target):
    fields = fetch(console.console_port, target, host="localhost")
    policy = fields.one("content-security-policy")
    assert policy == (
        b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert fields.one("cache-control") == b"no-store"
    assert fields.one("x-content-type-options") == b"nosniff"
    # Not `no-referrer`, which would take the origin from forms.
    assert fields.one("referrer-policy") == b"same-origin"


def test_who_logs_in_gets_a_session_and_who_logs_out_has_none(operator):
    assert operator.get("/").one("location") == b"/login"
    answer = operator.log_in("ada")
    assert (answer.status, answer.one("location")) == (303, b"/")
    line = next(line for line in answer.all("set-cookie") if line.startswith(b"crumbgate-console="))
    assert re.fullmatch(rb"crumbgate-console=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict", line)
    assert operator.get("/").status == 200
    kept = dict(operator.cookies)
    assert operator.post("/logout", {"token": operator.token("/")}).one("location") == b"/login"
    operator.cookies = kept
    assert operator.get("/").one("location") == b"/login"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(operator):
    answers = [operator.log_in("ada", "not the password"), operator.log_in("nobody", "not the password")]
    assert [answer.status for answer in answers] == [422, 422]
    one, two = (re.sub(rb'value="(ada|nobody)"', b"", answer.body) for answer in answers)
    assert one == two and b"crumbgate-console" not in operator.cookies


@pytest.mark.alone
def test_an_unknown_name_costs_as_much_time(operator):
    def least(name):
        times = []
        for _ in range(3):
            token = operator.token()
            began = time.monotonic()
            operator.post("/login", {"token": token, "name": name, "password": "not the password"})
            times.append(time.monotonic() - began)
        return min(times)

    known, unknown = least("ada"), least("nobody")
    assert unknown > 0.02 and 0.4 < unknown / known < 2.5


@own_console
def test_passwords_cannot_be_tried_for_long(operator, console):
    statuses = [operator.log_in("ada", f"guess number {number}").status for number in range(12)]
    assert statuses[:10] == [422] * 10 and statuses[10:] == [429] * 2
    refused = operator.log_in("ada")
    assert refused.status == 429 and 1 <= int(refused.one("retry-after")) <= 60
    # Not even the right one, from wherever it comes: else the answer would tell.
    assert Operator(console.console_port).log_in("ada").status == 429
    assert Operator(console.console_port).log_in("vera").status == 303


@own_console
@pytest.mark.alone
def test_nobody_is_shut_out_by_others_attempts(operator, console):
    token = operator.token()
    form = {"token": token, "password": "not the password"}
    assert {operator.post("/login", {**form, "name": f"name{number}"}).status for number in range(40)} == {422}
    # Nor while many are under way.
    with ThreadPoolExecutor(24) as threads:
        under_way = [
            threads.submit(operator.post, "/login", {**form, "name": f"at-once-{number}"}) for number in range(72)
        ]
        time.sleep(0.2)
        began = time.monotonic()
        assert Operator(console.console_port).log_in("ada").status == 303
        assert time.monotonic() - began < 8
        assert {answer.result().status for answer in under_way} == {422}


@own_console
def test_who_guesses_at_a_name_keeps_no_owner_waiting_in_a_browser_of_theirs(operator, console):
    """A browser that the account was logged in to has attempts of its own (OWASP, device cookies)."""
    owner, stranger = Operator(console.console_port), Operator(console.console_port)
    assert owner.log_in("ada").status == 303
    assert len(owner.cookies["crumbgate-console-device"]) == 64
    form = {"token": stranger.token(), "name": "ada", "password": "not the password"}
    assert [stranger.post("/login", form).status for _ in range(12)][-1] == 429
    again = Operator(console.console_port)
    assert again.log_in("ada").status == 429, "a new browser waits"
    again.cookies["crumbgate-console-device"] = "0" * 64
    assert again.log_in("ada").status == 429, "so does one with a cookie that is none"
    owner.cookies.pop("crumbgate-console")
    assert owner.log_in("ada").status == 303
    # It is known to its own account, and its attempts are limited as well.
    owner.cookies.pop("crumbgate-console")
    assert owner.log_in("vera", "not the password").status == 422
    owner.cookies.pop("crumbgate-console", None)
    statuses = [owner.log_in("ada", "not the password").status for _ in range(12)]
    assert statuses[0] == 422 and statuses[-1] == 429


@own_console
def test_refused_attempts_push_nothing_out_of_the_audit_log(admin, console):
    stranger = Operator(console.console_port)
    form = {"token": stranger.token(), "name": "vera", "password": "not the password"}
    for _ in range(30):
        stranger.post("/login", form)
    body = admin.get("/audit").body.decode()
    assert re.search(r"too many attempts, \d+ times", body) and "logged in" in body
    assert body.count("wrong name or password") <= 2 and body.count("too many attempts") <= 2


@own_console
def test_what_a_role_does_not_allow_is_on_record(operator, console):
    operator.log_in("vera")
    assert [operator.get(path).status for path in ("/audit", "/export.csv", "/export.csv")] == [403] * 3
    admin = Operator(console.console_port)
    admin.log_in("ada")
    body = admin.get("/audit").body.decode()
    assert "not allowed" in body and "audit log</td>" in body and "export of csv</td>" in body


@own_console
def test_a_period_is_bounded(operator, console):
    operator.log_in("vera")
    for wrong, reason in (
        ("from=1970-01-01&to=9999-12-31", "ends in the future"),
        ("from=1970-01-01", "more than the 1830"),
        ("last=9999w", "more than the 1830"),
        ("from=9999-12-30&to=9999-12-31", "begins in the future"),
    ):
        answer = operator.get(f"/?{wrong}")
        assert answer.status == 400 and reason in answer.body.decode() and b'name="from"' in answer.body
    status = pathlib.Path(f"/proc/{console.pid}/status").read_text()
    assert int(re.search(r"VmHWM:\s+(\d+)", status)[1]) < 300_000
    assert operator.get("/?last=760d").status == 200
    told = console.run("report", "--rules", console.rules_path, "--last", "9999w")
    assert told.returncode == 64 and b"more than the 1830" in told.stderr


@own_console
def test_slow_connections_keep_nobody_out_for_long(console):
    head = b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"
    head += b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    slow = [socket.create_connection(("127.0.0.1", console.console_port)) for _ in range(300)]
    try:
        for number, connection in enumerate(slow):
            connection.sendall(head if number % 2 else head[:40])
        time.sleep(6)
        for connection in slow:
            try:
                connection.sendall(b"x")
            except OSError:
                pass
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", console.console_port), timeout=15) as probe:
            probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            assert probe.recv(100).startswith(b"HTTP/1.1 200")
        assert time.monotonic() - began < 10
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n",
        b"GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n",
        b"GET http://localhost@evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n",
        b"GET * HTTP/1.1\r\nHost: localhost\r\n",
    ],
)
def test_a_request_names_one_host(console, request_head):
    answer = exchange(console.console_port, request_head + b"Connection: close\r\n\r\n")
    assert answer.split()[1] == b"400", answer
    own = b"GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert exchange(console.console_port, own).split()[1] == b"200"


@pytest.mark.parametrize(
    "fields",
    [
        [],
        ["Sec-Fetch-Site: cross-site"],
        ["Sec-Fetch-Site: same-site", "Origin: http://localhost:{port}"],
        ["Sec-Fetch-Site: none"],
        ["Origin: http://evil.example"],
        ["Origin: null"],
        ["Origin: http://localhost:1"],
        ["Origin: https://localhost:{port}"],
    ],
)
def test_a_form_of_another_origin_does_nothing(operator, fields):
    fields = [field.format(port=operator.port) for field in fields]
    assert operator.log_in("ada", fields=fields).status == 403
    assert "crumbgate-console" not in operator.cookies
    operator.log_in("ada")
    token = operator.token("/")
    assert operator.post("/logout", {"token": token}, fields=fields).status == 403
    assert operator.get("/").status == 200


def test_a_form_without_the_sessions_token_does_nothing(admin, console):
    other = Operator(console.console_port)
    other.log_in("vera")
    for token in ("", "0" * 64, other.token("/"), admin.cookies["crumbgate-console"]):
        assert admin.post("/logout", {"token": token}).status == 403
    assert admin.get("/").status == 200
    # Nor may a login be forged, which would let somebody work under another's account.
    stranger = Operator(console.console_port)
    assert stranger.post("/login", {"token": "", "name": "vera", "password": PASSWORD}).status == 403
    assert stranger.post("/login", {"token": other.token("/"), "name": "vera", "password": PASSWORD}).status == 403


def test_a_session_is_never_one_that_was_there_before(operator):
    """Session fixation."""
    planted = "f" * 64
    operator.cookies["crumbgate-console"] = planted
    assert operator.get("/").one("location") == b"/login"
    operator.log_in("ada")
    first = operator.cookies["crumbgate-console"]
    assert first != planted and operator.get("/").status == 200
    # A second login on top of a session ends the first one.
    token = operator.token("/")
    operator.cookies = {"crumbgate-console": first}
    page = fetch(operator.port, "/login", host=operator.host)
    login = page.one("set-cookie").decode().split(";")[0].partition("=")[2]
    operator.cookies["crumbgate-console-login"] = login
    form = re.search(rb'name="token" value="([0-9a-f]+)"', page.body)[1].decode()
    assert operator.post("/login", {"token": form, "name": "ada", "password": PASSWORD}).status == 303
    second = operator.cookies["crumbgate-console"]
    operator.cookies["crumbgate-console"] = first
    assert second != first and token and operator.get("/").one("location") == b"/login"


@pytest.mark.parametrize("cookie", ["", "x", "0" * 64, "g" * 64, "0" * 4000, "%00", '"' + "0" * 64 + '"'])
def test_what_is_no_session_is_nobodys(operator, cookie):
    operator.cookies["crumbgate-console"] = cookie
    assert operator.get("/").one("location") == b"/login"


def test_roles(operator, console):
    operator.log_in("vera")
    assert operator.get("/").status == 200
    assert b"/audit" not in operator.get("/").body
    assert operator.get("/audit").status == 403
    assert operator.get("/export.csv").status == 403
    assert operator.get("/export.json").status == 403
    admin = Operator(console.console_port)
    admin.log_in("ada")
    assert admin.get("/audit").status == 200
    for form, kind in (("csv", b"text/csv; charset=utf-8; header=present"), ("json", b"application/json")):
        answer = admin.get(f"/export.{form}?from=2026-11-01&to=2026-11-07")
        assert answer.status == 200 and answer.one("content-type") == kind
        assert answer.one("content-disposition") == f'attachment; filename="shop_2026-11-01_2026-11-07.{form}"'.encode()
    body = admin.get("/audit").body
    assert b"csv shop 2026-11-01_2026-11-07" in body and b"json shop" in body
    for wrong in ("from=2026-13-01", "from=2026-11-08&to=2026-11-01", "last=x", "last=0d"):
        assert admin.get(f"/export.csv?{wrong}").status == 400


@own_console
def test_a_changed_or_removed_account_has_no_session_any_more(operator, console):
    operator.log_in("vera")
    assert command(console, "set-password", "vera", password="another long password").returncode == 0
    assert operator.get("/").one("location") == b"/login"
    assert operator.log_in("vera").status == 422
    assert operator.log_in("vera", "another long password").status == 303
    assert command(console, "remove-user", "vera").returncode == 0
    assert operator.get("/").one("location") == b"/login"
    assert operator.log_in("vera", "another long password").status == 422


@own_console
def test_everything_is_on_record_and_nothing_secret_is(admin, console):
    Operator(console.console_port).log_in("ada", "not the password")
    Operator(console.console_port).log_in("my-secret-typed-as-name", "not the password")
    body = admin.get("/audit").body.decode()
    assert body.count("wrong name or password") == 2 and "logged in" in body and body.count("account made") == 2
    for secret in (PASSWORD, "not the password", "my-secret-typed-as-name", admin.cookies["crumbgate-console"]):
        assert secret not in body
        assert secret.encode() not in console.log
        for path in (console.directory / "state").glob("console.sqlite*"):
            assert secret.encode() not in path.read_bytes()
    assert (console.directory / "state" / "console.sqlite").stat().st_mode & 0o777 == 0o600


@own_console
def test_commands_for_accounts(console):
    assert command(console, "list-users").stdout == b"admin\tada\nviewer\tvera\n"
    assert b"already" in command(console, "add-user", "ada", password=PASSWORD).stderr
    assert b"octets" in command(console, "add-user", "eve", password="short").stderr
    assert command(console, "add-user", "Eve Line", password=PASSWORD).returncode == 64
    assert command(console, "remove-user", "eve").returncode == 1
    assert command(console, "set-password", "eve", password=PASSWORD).returncode == 1
    assert command(console, "list-users").stdout == b"admin\tada\nviewer\tvera\n"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(console, method):
    assert fetch(console.console_port, "/", method=method, host="localhost").status == 405


def test_sizes_are_limited(operator):
    token = operator.token()
    assert operator.post("/login", {"token": token, "name": "ada", "password": "x" * 5000}).status == 413
    assert operator.get("/login", [f"X-Long: {'x' * 9000}"]).status in (400, 431)
    fields = ["Content-Type: text/plain", "Sec-Fetch-Site: same-origin", f"Cookie: crumbgate-console-login={'0' * 64}"]
    assert fetch(operator.port, "/login", fields, "POST", b"token=0", host=operator.host).status == 415
    assert operator.get("/healthz").status == 200


@own_console
def test_a_restart_ends_sessions(admin, console):
    assert console.stop() == 0
    assert admin.cookies["crumbgate-console"].encode() not in console.log


def metrics(port, fields=()):
    answer = fetch(port, "/metrics", fields, host="localhost")
    assert answer.status == 200, answer.body
    return dict(line.rsplit(" ", 1) for line in answer.body.decode().splitlines() if not line.startswith("#"))


def test_metrics_count_what_happened(make_console, origin):
    gate = make_console()
    origin.answer(page("<!doctype html><title>t</title>", ["Set-Cookie: _ga=1; Path=/", "Set-Cookie: odd=1"]))
    for _ in range(13):
        assert fetch(gate.port, "/", [*DOCUMENT, "Cookie: _fbp=1"]).status == 200
    assert fetch(gate.port, "/x", ["Bad Field: 1"]).status == 400
    # Counters are up to a second old, what is shown of them up to 15 more.
    time.sleep(1.5)
    seen = metrics(gate.console_port)
    assert seen['crumbgate_responses_total{class="2xx"}'] == "10" and seen['crumbgate_responses_total{class="4xx"}'] == "0"
    assert int(seen["crumbgate_response_bytes_total"]) == 0
    assert seen["crumbgate_request_duration_seconds_count"] == "10"
    assert seen["crumbgate_origin_wait_seconds_count"] == "10"
    buckets = [int(value) for name, value in seen.items() if name.startswith("crumbgate_origin_wait_seconds_bucket")]
    assert buckets == sorted(buckets) and buckets[-1] == 10 and not any(value % 10 for value in buckets)
    assert float(seen["crumbgate_origin_wait_seconds_sum"]).is_integer()
    withheld = {name: int(value) for name, value in seen.items() if name.startswith("crumbgate_cookies_withheld_total")}
    assert withheld['crumbgate_cookies_withheld_total{category="(no rule)"}'] == 10
    assert not any(value % 10 for value in withheld.values())
    assert int(seen["crumbgate_client_connections_total"]) == 10
    assert seen["crumbgate_ready"] == "1" and seen["crumbgate_rules_current"] == "1"
    assert 1e6 < int(seen["process_resident_memory_bytes"]) < 1e9
    assert float(seen["process_cpu_seconds_total"]).is_integer()


def test_one_visit_is_not_told_by_metrics(make_console, origin):
    gate = make_console()
    origin.answer(page("<!doctype html><title>t</title>", ["Set-Cookie: _ga=1; Path=/"]))

    def figures():
        seen = metrics(gate.console_port)
        return {name: value for name, value in seen.items() if name.startswith("crumbgate_")}

    before = figures()
    assert fetch(gate.port, "/", [*DOCUMENT, "Cookie: _fbp=1"]).status == 200
    for _ in range(20):
        assert figures() == before
        time.sleep(0.9)


def test_metrics_tell_of_failures(make_console, origin, make_origin):
    gate = make_console()
    dead = make_origin()
    dead.close()
    gate.write_rules(
        f"origin: http://127.0.0.1:{dead.port}\nconsole: {{ listen: 127.0.0.1:{gate.console_port} }}\n"
    )
    eventually(lambda: metrics(gate.console_port)['crumbgate_rules_reloads_total{outcome="taken"}'] == "1")
    for _ in range(10):
        assert fetch(gate.port, "/").status == 502
    eventually(lambda: metrics(gate.console_port)['crumbgate_origin_errors_total{reason="unreachable"}'] == "10", 20)
    gate.write_rules("origin: nonsense\n")
    eventually(lambda: metrics(gate.console_port)["crumbgate_rules_current"] == "0")
    seen = metrics(gate.console_port)
    assert seen['crumbgate_rules_reloads_total{outcome="refused"}'] == "1" and seen["crumbgate_ready"] == "1"


def test_metrics_hold_nothing_of_visitors(make_console, origin):
    gate = make_console()
    canary = "canary-7f3a"
    fields = [*DOCUMENT, f"User-Agent: {canary}", f"Referer: http://{canary}.example/", f"Cookie: {canary}={canary}"]
    fetch(gate.port, f"/{canary}?{canary}={canary}", fields)
    time.sleep(1.5)
    assert canary.encode() not in fetch(gate.console_port, "/metrics", host="localhost").body


@pytest.mark.parametrize("token", ["sesame-and-poppy", None])
def test_metrics_behind_a_token(make_gate, origin, tmp_path, token):
    port = free_port()
    path = tmp_path / "token"
    if token:
        path.write_text(token + "\n")
    make_gate(
        f"origin: http://127.0.0.1:{origin.port}\n"
        f"console: {{ listen: 127.0.0.1:{port}, metrics_token_file: {path} }}\n"
    )
    eventually(lambda: is_open(port))
    for given in ([], ["Authorization: Bearer x"], ["Authorization: Basic sesame-and-poppy"], ["Authorization: Bearer "]):
        assert fetch(port, "/metrics", given, host="localhost").status == (401 if token else 503)
    if token:
        assert "crumbgate_ready" in metrics(port, [f"Authorization: Bearer {token}"])
    assert fetch(port, "/healthz", host="localhost").status == 200


def test_the_dashboard_and_the_guide_name_metrics_that_exist(console):
    body = fetch(console.console_port, "/metrics", host="localhost").body.decode()
    known = set(re.findall(r"^# TYPE (\w+)", body, re.M))
    dashboard = json.loads((ROOT / "docs" / "grafana.json").read_text())
    asked = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    named = {re.sub("_(bucket|sum|count)$", "", name) for name in re.findall(r"\b(?:crumbgate|process)_\w+", asked)}
    assert named <= known and known - named <= {"process_threads"}
    labels = set(re.findall(r"by \(([^)]*)\)", asked))
    assert labels <= {"le", "class", "reason", "category"}
    guide = (ROOT / "docs" / "console.md").read_text()
    for name in known - {"crumbgate_client_connections_total", "crumbgate_client_connections_refused_total"}:
        assert f"`{name}`" in guide, name
