import importlib.util
import pathlib

import pytest

from stage import Stage
from third import Third
from visitor import Visitor

# Binaries, rules and the scripted origin come from the integration tests, whose conftest has a name of its own here.
_path = pathlib.Path(__file__).parents[1] / "Integration" / "conftest.py"
_specification = importlib.util.spec_from_file_location("integration_conftest", _path)
_integration = importlib.util.module_from_spec(_specification)
_specification.loader.exec_module(_integration)

runtime_directory = _integration.runtime_directory
shop_server, shop, shop_rules, shop_gate = (
    _integration.shop_server,
    _integration.shop,
    _integration.shop_rules,
    _integration.shop_gate,
)
origin_server, origin, make_gate = _integration.origin_server, _integration.origin, _integration.make_gate
Gate = _integration.Gate


@pytest.fixture(scope="session")
def artefacts():
    """Where pictures are left for people to look at."""
    directory = pathlib.Path(__file__).parent / "artefacts"
    directory.mkdir(exist_ok=True)
    return directory


@pytest.fixture(scope="session")
def scripted_browser():
    visitor = Visitor()
    yield visitor
    visitor.quit()


@pytest.fixture(scope="session")
def plain_browser():
    visitor = Visitor(has_javascript=False)
    yield visitor
    visitor.quit()


@pytest.fixture
def visitor(scripted_browser, shop, shop_gate):
    """A visitor of the demo shop for the first time."""
    scripted_browser.begin(shop_gate.port)
    return scripted_browser


@pytest.fixture
def plain_visitor(plain_browser, shop, shop_gate):
    """The same with JavaScript off."""
    plain_browser.begin(shop_gate.port)
    return plain_browser


@pytest.fixture(scope="session")
def third():
    third = Third()
    yield third
    third.close()


@pytest.fixture(scope="session")
def stage_gate(tmp_path_factory, origin_server, third):
    gate = Gate(tmp_path_factory.mktemp("stage"), Stage.rules(origin_server.port, third.port))
    yield gate
    assert gate.stop() == 0


@pytest.fixture
def stage(scripted_browser, stage_gate, origin, third):
    """A visitor of pages that a test writes itself, with third parties that remember who asked."""
    return Stage(scripted_browser, stage_gate, origin, third)
