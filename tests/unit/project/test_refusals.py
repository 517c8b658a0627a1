"""What a service says when it refuses an argument: what must be, and an example.

The texts are read from the source, since most need a certain state before they are said. What a
method's schema says is tested in tests/unit/shared/contracts/test_messages.py.
"""

import ast
from pathlib import Path

import pytest

from shared.contracts import fields
from tests.unit.shared.contracts.test_messages import says_what_is_wanted

ROOT = Path(__file__).parents[3]
KINDS = ("ValidationFailed", "ValidationError")


def sources():
    for folder in ("shared", "services"):
        found = sorted((ROOT / folder).rglob("*.py"))
        yield from (path for path in found if path.parent.name != "fields")


def refusals(path):
    """(line, text) of each text that a refusal in this file has; what is put in is shown as ….

    A name stands for what was assigned to it last in the function before.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            yield from _in_function(function)


def _in_function(function):
    texts = {}
    nodes = sorted(
        (node for node in ast.walk(function) if hasattr(node, "lineno")),
        key=lambda node: (node.lineno, node.col_offset),
    )
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            texts[node.targets[0].id] = _text(node.value, texts)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in KINDS:
            for said in _said(node.args[0] if node.args else None, texts):
                yield node.lineno, said


def _said(node, texts):
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _said(value, texts)
    elif isinstance(node, ast.List):
        yield from (_text(item, texts) for item in node.elts)
    elif isinstance(node, ast.JoinedStr | ast.Constant):
        yield _text(node, texts)


def _text(node, texts):
    """None where it is put together elsewhere."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(_text(part, texts) or "…") for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _text(node.value, texts)
    if isinstance(node, ast.IfExp):
        return _text(node.body, texts)
    if isinstance(node, ast.Name):
        return texts.get(node.id) or getattr(fields, node.id, None)
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "one_of":
        return "one of: …, such as …"
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "wanted":
        return "…, such as …"
    return None


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_refusal_says_what_must_be_and_gives_an_example(path):
    found = [(line, text) for line, text in refusals(path) if text is not None]
    assert [(line, text) for line, text in found if not says_what_is_wanted(text)] == []


def test_most_refusals_are_read(tmp_path):
    found = [text for path in sources() for _, text in refusals(path)]
    assert len(found) > 40 and found.count(None) < len(found) / 3
    bad = tmp_path / "bad.py"
    bad.write_text('def f():\n    raise ValidationFailed({"time": ["Not a instant."]})\n')
    assert list(refusals(bad)) == [(2, "Not a instant.")]
