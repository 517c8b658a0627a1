"""Validators of other makers, each as somebody outside uses it: formats are annotations."""

import json
import random

import jsonschema
import jsonschema_rs
import re2

from deploy.local.places import ROOT
from tests.support import node
from tests.unit import strategies as make

TOOLS = ROOT / "tests" / "support" / "contract_tools"
SECONDS = 600
# Right in one place, wrong in most. Lone surrogates are left out: UTF-8 can't hold them.
WRONG = [it for it in make.WRONG if it != "\ud800"]
WRONG += ["\U0001f600", "x" * 65, "2017-13-01", "2017-W54", "a b", "\u3000", "x\u2028y", 1.0]


def by_python(schema):
    return jsonschema.Draft202012Validator(schema).is_valid


def by_rust(schema):
    return jsonschema_rs.Draft202012Validator(schema).is_valid


def by_re2(schema):
    """The verdict on a text, by the patterns of its schema alone."""
    found = re2.compile(schema.get("pattern", ""))
    excluded = re2.compile(schema["not"]["pattern"])
    return lambda text: bool(found.search(text)) and not excluded.search(text)


def by_ajv(cases):
    """Ajv's verdicts in strict mode: of each (schema, values), a list of true and false."""
    given = [{"schema": schema, "values": values} for schema, values in cases]
    return _node("verdicts.mjs", json.dumps(given))


def by_asyncapi(text):
    """What AsyncAPI's own parser says of a document, and how many operations it found."""
    return _node("asyncapi.mjs", text)


def _node(script, text):
    """The script's output, which is JSON, for this input."""
    done = node.run("node", script, cwd=node.installed(TOOLS), input=text, timeout=SECONDS)
    return json.loads(done.stdout)


def near(part):
    """Values that differ by a character from a text."""
    return [f"{part}\n", f" {part}", part.upper(), [part]] if isinstance(part, str) else []


def wrong_values(example, seed, count, among=WRONG):
    """Copies of the example with something missing, or something else in its place."""
    chance = random.Random(seed)
    places = list(make.paths(example))
    for _ in range(count if places else 0):
        path = chance.choice(places)
        other = chance.choice([*among, *near(make.at(example, path)), None])
        gone = other is None and isinstance(path[-1], str)
        yield make.without(example, path) if gone else make.replaced(example, path, other)


def texts_of(schema):
    """Every schema of a text with a pattern or an exclusion in a JSON Schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("not"), dict) and "string" in schema.get("type", ()):
            yield schema
        for part in schema.values():
            yield from texts_of(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from texts_of(part)
