import itertools
import os
import pathlib
import tempfile

import pytest

from harness.client import Client, fetch, forget
from harness.consent import decided_cookie
from harness.origin import Origin
from harness.process import Gate, Shop

#: Categories, cookies and short time limits for the tests on the wire.
RULES = """
categories:
  authentication: { cookies: [sid, lang] }
  cart: { cookies: [cart] }
  personalisation: { cookies: [theme] }
  analytics: { cookies: [_ga, _ga_*, "/^trk[0-9]+$/"] }
  remarketing: { cookies: [_fbp] }
cookies: { unknown: withhold, lifetime: 365d }
timeouts: { request_head: 1s, idle: 3s, body: 2s, origin_connect: 500ms, origin_first_byte: 1s, origin_idle: 5s, tunnel: 5s, drain: 5s }
measurement: { threshold: 1 }
"""


@pytest.fixture(scope="session", autouse=True)
def runtime_directory():
    """Where open windows are kept: in memory, and gone with the tests."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        os.environ["RUNTIME_DIRECTORY"] = directory
        yield
        del os.environ["RUNTIME_DIRECTORY"]


@pytest.fixture(scope="session")
def origin_server():
    origin = Origin()
    yield origin
    origin.close()


@pytest.fixture(scope="session")
def wire_gate(tmp_path_factory, origin_server):
    rules = f"origin: http://127.0.0.1:{origin_server.port}\nfull_address_routes: [/pay]\n{RULES}"
    gate = Gate(tmp_path_factory.mktemp("wire"), rules)
    yield gate
    assert gate.stop() == 0


@pytest.fixture
def origin(origin_server):
    """The scripted origin behind `gate`, with nothing seen."""
    origin_server.reset()
    yield origin_server
    origin_server.reset()


@pytest.fixture
def gate(wire_gate, origin):
    """The proxy most tests share; it must outlive each of them."""
    yield wire_gate
    assert wire_gate.child.poll() is None, f"the proxy died: {wire_gate.log.decode()[-4000:]}"


@pytest.fixture
def client(gate):
    with Client(gate.port) as client:
        yield client


@pytest.fixture
def get(gate):
    """One request on a connection of its own."""
    return lambda *arguments, **options: fetch(gate.port, *arguments, **options)


@pytest.fixture
def make_gate(tmp_path):
    """Starts proxies with rules of their own."""
    gates = []
    number = itertools.count()

    def make(rules, port=None, within=(), listen=None):
        directory = tmp_path / f"gate{next(number)}"
        directory.mkdir()
        gates.append(Gate(directory, rules, port, within, listen))
        return gates[-1]

    yield make
    for gate in gates:
        gate.stop()


@pytest.fixture
def make_origin():
    origins = []

    def make(address="127.0.0.1", port=0, respond=None):
        origins.append(Origin(address, port, respond))
        return origins[-1]

    yield make
    for origin in origins:
        origin.close()


@pytest.fixture(scope="session")
def shop_server(tmp_path_factory):
    shop = Shop(tmp_path_factory.mktemp("shop"))
    yield shop
    shop.stop()


@pytest.fixture
def shop(shop_server):
    """The demo shop with nothing seen."""
    forget(shop_server.port)
    forget(shop_server.third_party_port)
    return shop_server


@pytest.fixture(scope="session")
def shop_rules(shop_server):
    """rules/shop.yaml, as shipped, with the ports of this run."""
    text = (pathlib.Path(__file__).parents[2] / "rules" / "shop.yaml").read_text()
    lines = [line for line in text.splitlines() if not line.startswith(("listen:", "origin:", "state_directory:", "console:"))]
    text = "\n".join(lines).replace("third.localhost:9001", f"third.localhost:{shop_server.third_party_port}")
    return f"origin: http://127.0.0.1:{shop_server.port}\n{text}\n"


@pytest.fixture(scope="session")
def shop_gate(tmp_path_factory, shop_rules):
    gate = Gate(tmp_path_factory.mktemp("shopgate"), shop_rules)
    yield gate
    assert gate.stop() == 0


@pytest.fixture(scope="session")
def accepted(wire_gate, origin_server):
    """The Cookie field of a visitor of `gate` who accepted everything."""
    return decided_cookie(wire_gate, origin_server, "crumbgate-accept")


@pytest.fixture(scope="session")
def refused(wire_gate, origin_server):
    """The Cookie field of a visitor of `gate` who rejected everything."""
    return decided_cookie(wire_gate, origin_server, "crumbgate-reject")
