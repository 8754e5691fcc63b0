"""The operator's console as a site of the proxy: over TLS, and not otherwise."""

import re
import urllib.parse

import pytest

from harness.client import eventually, fetch, request
from harness.console import PASSWORD, command
from harness.process import free_port
from harness.tls import Authority, SecureClient

HOST = "console.shop.test"


@pytest.fixture
def exposed(make_gate, make_origin, tmp_path):
    """A proxy with two doors and a console behind them."""
    authority = Authority(tmp_path / "authority")
    path, key = authority.issue("shop", "shop.test", HOST)
    secure, console = free_port(), free_port()
    origin = make_origin()
    tls = f"{{ certificate: {path}, key: {key} }}"
    listen = f"\n  - 127.0.0.1:PORT\n  - {{ address: 127.0.0.1:{secure}, tls: {tls} }}"
    rules = (
        f"console: {{ listen: 127.0.0.1:{console} }}\nsites:\n"
        f"  - {{ name: shop, hosts: [shop.test], origin: http://127.0.0.1:{origin.port} }}\n"
        f"  - {{ name: console, hosts: [{HOST}], origin: http://127.0.0.1:{console} }}\n"
    )
    gate = make_gate(rules, listen=listen)
    gate.secure_port, gate.console_port, gate.authority = secure, console, authority
    assert command(gate, "add-user", "ada", "--role", "admin", password=PASSWORD).returncode == 0
    gate.wait_for_log(b"console ready")
    return gate


def visit(gate, target, fields=(), method="GET", body=None):
    with SecureClient(gate.secure_port, gate.authority.context(), HOST) as client:
        return client.request(target, fields, method, body, host=HOST)


def log_in(gate, origin=f"https://{HOST}"):
    page = visit(gate, "/login")
    assert page.status == 200, page.body
    token = re.search(rb'name="token" value="([0-9a-f]+)"', page.body)[1].decode()
    cookie = page.set_cookies[0].split(b";")[0].decode()
    form = urllib.parse.urlencode({"token": token, "name": "ada", "password": PASSWORD}).encode()
    fields = [
        "Content-Type: application/x-www-form-urlencoded", f"Cookie: {cookie}", f"Origin: {origin}",
        "Sec-Fetch-Site: same-origin",
    ]  # fmt: skip
    return page, visit(gate, "/login", fields, "POST", form)


def test_operators_log_in_over_tls(exposed):
    page, answer = log_in(exposed)
    assert b"crumbgate-consent" not in page.body and b"/.crumbgate/" not in page.body
    assert b"default-src 'none'" in page.one("content-security-policy")
    assert answer.status == 303, answer.body
    session = next(line for line in answer.set_cookies if line.startswith(b"crumbgate-console="))
    for line in [*page.set_cookies, session]:
        assert b"; Secure" in line and b"HttpOnly" in line and b"SameSite=Strict" in line
    home = visit(exposed, "/", [b"Cookie: " + session.split(b";")[0]])
    assert home.status == 200 and b"ada" in home.body


@pytest.mark.parametrize("fields", [[], ["X-Forwarded-Proto: https"]])
def test_it_is_not_there_without_tls(exposed, fields):
    for target in ("/", "/login", "/metrics"):
        assert fetch(exposed.port, target, fields, host=HOST).status == 421


def test_forms_of_plain_pages_are_refused(exposed):
    _, answer = log_in(exposed, origin=f"http://{HOST}")
    assert answer.status == 403


def test_metrics_without_a_token_are_for_this_machine(exposed):
    for target in ("/metrics", "/metrics/", "//metrics", "/metrics//", "/%6detrics", "/metrics?x", "/./metrics"):
        assert visit(exposed, target).status != 200, target
    assert visit(exposed, "/metrics").status == 421
    assert fetch(exposed.console_port, "/metrics", host="localhost").status == 200


def test_the_shop_is_as_ever(exposed):
    assert fetch(exposed.port, host="shop.test").status == 200
    with SecureClient(exposed.secure_port, exposed.authority.context()) as client:
        assert client.request().status == 200


@pytest.mark.parametrize(
    "listen, hosts, reason",
    [
        ("127.0.0.1:{}", "[console.test]", b"no listener speaks it"),
        ("{{ address: 127.0.0.1:{}, tls: {{ certificate: shop.pem, key: shop.key }} }}", '["*.test"]', b"a host of its own"),
    ],
)
def test_rules_that_would_expose_it_otherwise_are_refused(make_gate, make_origin, tmp_path, listen, hosts, reason):
    Authority(tmp_path).issue("shop", "shop.test")
    gate = make_gate(f"origin: http://127.0.0.1:{make_origin().port}\n")
    rules = tmp_path / "rules.yaml"
    rules.write_text(
        f"listen: {listen.format(free_port())}\nconsole: true\nsites:\n"
        f"  - {{ name: shop, hosts: [shop.test], origin: http://127.0.0.1:9 }}\n"
        f"  - {{ name: console, hosts: {hosts}, origin: http://localhost:8090 }}\n"
    )
    done = gate.run("check", rules)
    assert done.returncode == 1 and reason in done.stderr and b"rules.yaml:5:" in done.stderr
