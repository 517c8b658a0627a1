"""CONTRIBUTING's recipes: what they name exists, and their examples work when they are followed."""

import ast
import importlib
import importlib.util
import json
import re

import pytest

from deploy.local.places import ROOT
from services.supervision.briefing.explain import explain
from services.supervision.forms import rendering
from services.supervision.indicators import EVER, INDICATORS, PRESENT
from shared.contracts.events.declare import EventType
from shared.contracts.rpc.declare import Method
from tests.support import doc_pages as pages
from tests.support.district import histories
from tests.unit.services.supervision.forms.test_rendering import made

PAGE = "CONTRIBUTING.md"
RECIPES = {
    text.split("\n", 1)[0].removeprefix("Add ").removeprefix("a ").removeprefix("an "): text
    for text in re.split(r"^## ", pages.text(PAGE), flags=re.MULTILINE)[1:]
}
WEEK = histories.WEEKS[1]


def examples(recipe):
    """(path of the module, code) of each example in Python."""
    for language, code, before in pages.blocks(RECIPES[recipe]):
        if language == "python":
            yield re.findall(r"`([\w/]+\.py)`", before)[-1], code


def value_of(path, code):
    """What the example assigns, in its module."""
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    names = {**vars(module)}
    exec(code, names)  # noqa: S102
    return names[ast.parse(code).body[0].targets[0].id]


def test_there_is_a_recipe_for_each_kind_of_change():
    assert {"event", "indicator", "RPC method", "service", "setting"} <= RECIPES.keys()


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_path_of_a_recipe_exists(recipe):
    assert [path for path in pages.paths(RECIPES[recipe]) if not pages.exists(path)] == []


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_command_of_a_recipe_exists(recipe):
    found = [pages.problem(words) for words in pages.commands(RECIPES[recipe])]
    assert list(filter(None, found)) == []


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_module_that_a_recipe_runs_exists(recipe):
    for module in re.findall(r"python -m ([\w.]+)", RECIPES[recipe]):
        assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("recipe", RECIPES)
def test_every_name_that_a_recipe_says_where_to_find_is_there(recipe):
    """`NAME` in `path`, or `NAME` of `path`."""
    named = re.findall(r"`([A-Za-z_]+)` (?:in|of)\s+`([\w/]+\.py)`", RECIPES[recipe])
    for name, path in named:
        assert re.search(rf"\b{name}\b", (ROOT / path).read_text("utf-8")), f"{name} in {path}"


def test_the_example_of_an_event_is_one():
    [(path, code)] = examples("event")
    [event_type] = value_of(path, code)
    assert isinstance(event_type, EventType)


def test_the_examples_of_an_rpc_method_are_one():
    (contract, declared), (service, function) = examples("RPC method")
    [(name, method)] = value_of(contract, declared).items()
    assert isinstance(method, Method) and method.changes
    [defined] = ast.parse(function).body
    assert (defined.name, service) == (name, "services/relief/service.py")
    names = {node.id for node in ast.walk(defined) if isinstance(node, ast.Name)} - {"order", "at"}
    source = importlib.import_module("services.relief.service")
    assert [it for it in names if not hasattr(source, it) and it not in _arguments(defined)] == []


def _arguments(function):
    arguments = function.args
    return {it.arg for it in (*arguments.args, arguments.kwarg)} | {"str"}


def test_the_example_of_a_setting_is_one():
    [(path, code)] = examples("setting")
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    declared = code.split("=", 1)[1]
    about = eval(declared, {**vars(module)}).metadata  # noqa: S307
    assert about["name"].startswith("WARM_") and about["read"]("7") == 7


@pytest.fixture
def followed(monkeypatch):
    """The recipe for an indicator, followed in memory. Returns the indicator."""
    [(path, code)] = examples("indicator")
    [indicator] = value_of(path, code)
    monkeypatch.setitem(INDICATORS, indicator.code, indicator)
    monkeypatch.setitem(EVER, indicator.code, indicator)
    own = PRESENT.levels_fed_by if indicator.since else PRESENT.flows_fed_by
    tables = (PRESENT.fed_by, own)
    for table in tables:
        for event_type in indicator.feeds:
            monkeypatch.setitem(table, event_type, [*table.get(event_type, []), indicator])
    return indicator


def order(verb):
    """The example's event, in a community."""
    data = {"status": verb, "raised_on": None, "delivered_on": None, "due": "2017-03-01"}
    more = {"items": [], "category": "daily_necessities", "channel": "phone"}
    moment = WEEK.start.isoformat()
    return {
        "id": "rejected-1",
        "source": "/warm/relief",
        "type": f"relief.order.{verb}",
        "subject": "order-1",
        "subjectsequence": 2,
        "sourcesequence": 2,
        "correlationid": "rejected-1",
        "orgunit": histories.UNITS[2],
        "time": moment,
        "recordedtime": moment,
        "data": data | more,
    }


def test_an_added_indicator_is_in_every_part_of_the_briefing(followed):
    document = made([order("rejected")], WEEK)
    cells = {
        cell["orgunit"]: cell for cell in document["cells"] if cell["indicator"] == followed.code
    }
    assert {unit: cell["value"] for unit, cell in cells.items()} == dict.fromkeys(
        histories.UNITS[:3], "1"
    )
    shown = [row for row in document["headline_table"] if row["indicator"] == followed.code]
    assert [row["this"]["zh"] for row in shown] == ["1单"]
    [relief] = [block for block in document["sections"] if block["service"] == "relief"]
    assert f"{followed.zh}：1单" in [line["zh"] for line in relief["lines"]]
    assert followed.code in json.dumps(document["notes"]["definitions"])
    assert len(document["provenance"][followed.code]["events"]) == 1
    for form in rendering.MEDIA_TYPES:
        assert followed.zh in rendering.render(document, form, "zh")
        assert followed.en in rendering.render(document, form, "en")


def test_an_added_indicator_can_be_explained(followed):
    told = [[order("rejected") | {"timeprecision": "second"}]]
    explained = explain(WEEK, followed.code, histories.UNITS[0], PRESENT, told)
    assert [event["id"] for event in explained["included"]] == ["rejected-1"]


def test_an_indicator_touches_three_files():
    """The declaration and the oracle by hand, and one page that is generated."""
    recipe = RECIPES["indicator"]
    edited = re.findall(
        r"^\d\. (?:Declare|Add) .*?`([\w/.]+\.py)`", recipe, re.MULTILINE | re.DOTALL
    )
    generated = re.findall(r"It changes `([\w/.]+)`", recipe)
    assert len({*edited, *generated}) == 3
