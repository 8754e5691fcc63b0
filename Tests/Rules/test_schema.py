"""rules/schema.json and the decoder agree over fixtures/rules.

Every file of `valid` and the shipped example satisfy the schema. Every file of `broken`, which the decoder refuses (the
Swift tests hold its exact findings), breaks it too, unless its first line says that a schema cannot tell.
"""

import json
import pathlib
import re

import jsonschema
import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "rules/schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
VALID = sorted((ROOT / "fixtures/rules/valid").glob("*.yaml"))
BROKEN = sorted((ROOT / "fixtures/rules/broken").glob("*.yaml"))


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, which editors use: `yes` and `off` are text. A key that is there twice is an error."""

    yaml_implicit_resolvers = {}

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if len(set(keys)) != len(keys):
            raise yaml.constructor.ConstructorError(None, None, "a key is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


for tag, pattern, first in [
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def load(path):
    return yaml.load(path.read_bytes(), Loader=CoreLoader)


def identity(path):
    return path.stem


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", [*VALID, ROOT / "rules/shop.yaml"], ids=identity)
def test_what_the_decoder_takes_satisfies_the_schema(path):
    errors = [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(load(path))]
    assert errors == []


@pytest.mark.parametrize("path", BROKEN, ids=identity)
def test_what_the_decoder_refuses_breaks_the_schema_where_it_can(path):
    cannot_tell = path.read_bytes().startswith(b"# schema: cannot tell")
    try:
        document = load(path)
    except (yaml.YAMLError, UnicodeDecodeError):
        assert cannot_tell, "not YAML at all: the first line should say that the schema cannot tell"
        return
    assert VALIDATOR.is_valid(document) == cannot_tell


def test_each_key_of_the_schema_is_in_a_valid_file():
    """So that the decoder is known to take it."""
    seen = set()

    def collect(value):
        if isinstance(value, dict):
            for key, child in value.items():
                seen.add(key)
                collect(child)
        elif isinstance(value, list):
            for child in value:
                collect(child)

    known = set()

    def properties(schema):
        if isinstance(schema, dict):
            known.update(schema.get("properties", {}))
            for child in schema.values():
                properties(child)
        elif isinstance(schema, list):
            for child in schema:
                properties(child)

    for path in VALID:
        collect(load(path))
    properties(SCHEMA)
    assert known - seen == set()
