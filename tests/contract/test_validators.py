"""The published JSON Schemas: valid, portable, and of the same verdict in every validator."""

import json
from itertools import chain

import jsonschema_rs
import pytest

from deploy.catalogue.compatibility import current
from deploy.catalogue.kinds import KINDS, with_rules
from shared.contracts.json_schema import DRAFT
from shared.contracts.rpc import DECLARED, error_schemas
from shared.domain.errors import WarmError
from tests.support import golden, validators
from tests.unit import strategies as make

FORMATS = {"date", "date-time"}
DOCUMENTS = current()
ERRORS = {it.__name__: error_schemas.example(it) for it in WarmError.__subclasses__()}
RULED = with_rules()
# Without the values on which the services are stricter.
LISTED = [value for kind in KINDS for it in kind.beyond for value in it.examples]
OTHER_YEARS = ("0000-01-01", "9999-12-31")
AGREED = [
    it for it in validators.WRONG if not isinstance(it, float) and it not in (*LISTED, *OTHER_YEARS)
]
# Changes of each example.
FEW, MANY = 4, 40


def schemas():
    """(name, published schema, golden example of it) of every event, arguments and result."""
    for path, document in DOCUMENTS.items():
        kind, name = path.removesuffix(".json").split("/")
        example = ERRORS[name] if kind == "errors" else golden.example(kind, name)
        if kind != "rpc":
            yield path, document, example
        else:
            for part in ("arguments", "result"):
                yield f"{path} {part}", document[part], example[part]


SCHEMAS = list(schemas())
TEXTS = {json.dumps(it, sort_keys=True): it for it in validators.texts_of(list(DOCUMENTS.values()))}
every_schema = pytest.mark.parametrize(
    "name, schema, example", SCHEMAS, ids=[it[0] for it in SCHEMAS]
)


def keywords(schema, name):
    """Every value of a keyword in a schema; a field of that name is no keyword."""
    if isinstance(schema, dict):
        if name in schema and not isinstance(schema[name], dict):
            yield schema[name]
        for part in schema.values():
            yield from keywords(part, name)
    elif isinstance(schema, list):
        for part in schema:
            yield from keywords(part, name)


def test_every_schema_is_valid_in_its_draft_and_has_an_id_of_its_own():
    for name, schema, _ in SCHEMAS:
        assert schema["$schema"] == DRAFT
        assert jsonschema_rs.meta.is_valid(schema), name
    assert len({schema["$id"] for _, schema, _ in SCHEMAS}) == len(SCHEMAS)


def test_every_format_is_a_standard_one():
    assert set(keywords(list(DOCUMENTS.values()), "format")) == FORMATS


@every_schema
def test_python_and_rust_have_the_same_verdict(name, schema, example, seed):
    by_python, by_rust = validators.by_python(schema), validators.by_rust(schema)
    assert by_python(example) and by_rust(example)
    verdicts = []
    for wrong in validators.wrong_values(example, f"{seed} {name}", FEW):
        verdicts.append(by_python(wrong))
        assert by_rust(wrong) == verdicts[-1], wrong


@pytest.mark.parametrize("schema", TEXTS.values(), ids=TEXTS)
def test_re2_takes_every_pattern_and_has_the_same_verdict(schema):
    lengths = {"minLength", "maxLength"}
    alone = {key: value for key, value in schema.items() if key not in lengths} | {"type": "string"}
    alone.pop("enum", None)
    by_python, by_re2 = validators.by_python(alone), validators.by_re2(alone)
    texts = {text for _, _, example in SCHEMAS for text in strings(example)}
    near = [it for it in chain(*map(validators.near, sorted(texts)[::20])) if isinstance(it, str)]
    for text in [*sorted(texts)[::20], *near, *filter(is_text, validators.WRONG)]:
        assert by_re2(text) == by_python(text), text


def is_text(value):
    return isinstance(value, str)


def strings(example):
    return [part for path in make.paths(example) if is_text(part := make.at(example, path))]


@pytest.mark.long
def test_ajv_in_strict_mode_has_the_same_verdict(seed):
    cases = [
        (schema, [example, *validators.wrong_values(example, f"{seed} {name}", MANY)])
        for name, schema, example in SCHEMAS
    ]
    found = validators.by_ajv(cases)
    refused = 0
    for (name, schema, _), (_, values), verdicts in zip(SCHEMAS, cases, found, strict=True):
        by_rust = validators.by_rust(schema)
        assert verdicts == [by_rust(value) for value in values], name
        refused += verdicts.count(False)
    assert refused > len(SCHEMAS) * MANY / 4


@pytest.mark.parametrize("full", golden.names("rpc"))
def test_the_services_are_no_stricter_elsewhere(full, seed):
    """And nowhere more lenient. Where a method has rules of its own, only that is compared."""
    owner, method = full.split(".")
    given = golden.example("rpc", full)["arguments"]
    arguments = DECLARED[owner][method].arguments()
    published = validators.by_rust(DOCUMENTS[f"rpc/{full}.json"]["arguments"])
    for wrong in validators.wrong_values(given, f"{seed} {full}", FEW, AGREED):
        taken = not arguments.validate(wrong)
        assert published(wrong) == taken or (full in RULED and not taken), wrong


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_services_are_stricter_exactly_where_the_page_says(kind):
    for beyond in kind.beyond:
        for value in beyond.examples:
            assert validators.by_python(kind.schema)(value), value
            assert not kind.takes(value), value
    assert kind.takes(kind.example)
    assert validators.by_python(kind.schema)(kind.example)
