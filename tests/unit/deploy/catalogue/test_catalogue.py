"""The catalogue in docs is current and complete."""

import ast
import csv
import json
import re

import pytest

from deploy import broker_definitions
from deploy.catalogue import field_kinds, pages, problems, proof_schemas
from deploy.catalogue.markdown import anchor
from deploy.local.places import ROOT
from services.supervision.indicators import INDICATORS
from services.supervision.indicators.reporting import BEGINS, CARRIED_OVER, REPORTED, RESTATED
from shared.contracts import catalogue
from shared.contracts.rpc import COMMON, DECLARED
from shared.contracts.rpc.common import ALIASES
from shared.contracts.rpc.declare import CommandSchema
from shared.platform.topology import SERVICES
from tests.support.methods import METHODS
from tests.unit import strategies as make

FILES = pages.files()
SCHEMAS = catalogue.files()
STALE = "stale: run `python -m deploy.catalogue`"


def section(page, heading):
    """The text under a heading, up to the next one of its rank or above."""
    rank = heading.split(" ", 1)[0]
    body = FILES[page].split(f"\n{heading}\n", 1)[1]
    return re.split(rf"\n#{{1,{len(rank)}}} ", body, maxsplit=1)[0]


def service_section(page, service):
    heading = next(line for line in FILES[page].splitlines() if re.match(rf"## {service}\b", line))
    return section(page, heading)


def rows(text):
    """The first cell of each row of the tables in a text → the whole row."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines}


def declared_machines():
    """Class and actions wherever the source declares a table of steps, by the source alone."""
    for path in [*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py")]:
        for item in ast.walk(ast.parse(path.read_text("utf-8"))):
            for line in item.body if isinstance(item, ast.ClassDef) else ():
                if actions := actions_of(line):
                    yield item.name, actions


def actions_of(line):
    """The actions that a line of a class declares; [] where it declares something else."""
    declares = isinstance(line, ast.Assign | ast.AnnAssign) and isinstance(line.value, ast.Dict)
    if not declares or not re.match(r"steps\b", ast.unparse(line)):
        return []
    return [key.value for key in line.value.keys]


MACHINES = list(declared_machines())


def schemas_in_docs():
    """Path below docs → text of every schema file."""
    return {
        f"{folder}/{file.name}": file.read_text(encoding="utf-8")
        for folder in catalogue.FOLDERS
        for file in (catalogue.DOCS / folder).iterdir()
    }


def test_the_schemas_in_docs_are_current():
    assert schemas_in_docs().keys() == SCHEMAS.keys(), STALE
    for path, text in schemas_in_docs().items():
        assert SCHEMAS[path] == text, f"docs/{path} is {STALE}"


def test_the_pages_in_docs_are_current():
    written = {path.name: path.read_text("utf-8") for path in pages.FOLDER.iterdir()}
    assert written.keys() == FILES.keys(), STALE
    for name, text in FILES.items():
        assert written[name] == text, f"{name} is {STALE}"


def test_the_table_of_problems_in_docs_is_current():
    text = problems.FILE.read_text("utf-8")
    assert problems.updated(text) == text, f"{problems.FILE.name} is {STALE}"


def test_the_schema_of_a_bundles_manifest_is_current():
    assert proof_schemas.FILE.read_text("utf-8") == proof_schemas.text(), STALE


def test_a_second_making_gives_the_same_bytes():
    assert pages.files() == FILES


@pytest.mark.parametrize("name", FILES)
def test_a_page_names_the_command_that_generates_it(name):
    assert "`python -m deploy.catalogue`" in FILES[name].splitlines()[2]


@pytest.mark.parametrize("name", FILES)
def test_a_page_is_headed_in_both_languages(name):
    for heading in re.findall(r"^##? (.+)$", FILES[name], re.MULTILINE):
        assert re.search(r"[\u4e00-\u9fff]", heading)
        assert re.search(r"[A-Za-z]{3}", heading)


@pytest.mark.parametrize("name", FILES)
def test_every_link_leads_somewhere(name):
    prose = re.sub(r"^```.*?^```", "", FILES[name], flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)]+)\)", prose):
        path, _, place = target.partition("#")
        if path.startswith("../"):
            assert (pages.FOLDER / path).is_file(), target
            continue
        text = FILES[path or name]
        headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        assert not place or place in map(anchor, headings), target


@pytest.mark.parametrize("name", FILES)
def test_every_row_has_the_cells_that_its_table_has(name):
    for part in re.findall(r"(?:^\|.*\n)+", FILES[name], re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in part.splitlines()}
        assert len(counts) == 1, part


@pytest.mark.parametrize("event_type", make.event_types, ids=lambda item: item.name)
def test_every_event_type_is_there_with_its_meaning_and_fields(event_type):
    entity = f"{event_type.service}.{event_type.routing_key.split('.')[0]}"
    found = rows(section("events.md", f"### {entity}"))
    row = found[f"`{event_type.name}`"]
    for said in (event_type.zh, event_type.en, f"../events/{event_type.name}."):
        assert said in row
    assert {f"`{name}`" for name in event_type.data().fields} <= found.keys()


@pytest.mark.parametrize("folder", catalogue.FOLDERS)
def test_every_schema_is_linked_once(folder):
    page = FILES["rpc.md" if folder == "errors" else f"{folder}.md"]
    linked = re.findall(rf"\]\(\.\./({folder}/[^)]+)", page)
    assert sorted(linked) == sorted(path for path in SCHEMAS if path.startswith(f"{folder}/"))


@pytest.mark.parametrize(
    "service, method, takes", METHODS, ids=[".".join(method[:2]) for method in METHODS]
)
def test_every_rpc_method_is_there_with_its_arguments(service, method, takes):
    listed = rows(service_section("rpc.md", service).split("\n### ")[0])
    row = next(row for name, row in listed.items() if name.startswith(f"[`{method}`]"))
    own = f"### `{service}.{method}`"
    owner = service if f"\n{own}\n" in FILES["rpc.md"] else "*"
    assert f"(#{anchor(f'{owner}.{method}')})" in row
    assert ("是 yes" in row) == issubclass(takes, CommandSchema)
    arguments = takes().fields.keys() - CommandSchema().fields.keys()
    if not issubclass(takes, CommandSchema):
        arguments = takes().fields.keys()
    described = rows(section("rpc.md", f"### `{owner}.{method}`"))
    assert {f"`{name}`" for name in arguments} <= described.keys()


@pytest.mark.parametrize(
    "owner, method", [(owner, name) for owner, own in DECLARED.items() for name in own]
)
def test_every_rpc_method_is_there_with_its_result_and_its_errors(owner, method):
    declared = DECLARED[owner][method]
    told = section("rpc.md", f"### `{'*' if owner == COMMON else owner}.{method}`")
    assert {name for name, *_ in field_kinds.result_rows(declared.result)} <= rows(told).keys()
    [last] = [line for line in told.splitlines() if "JSON Schema: " in line]
    assert re.findall(r"`(\w+)`", last) == sorted(error.__name__ for error in declared.raises)
    blocks = [json.loads(it) for it in re.findall(r"^```json\n(.*?)^```", told, re.M | re.S)]
    assert [sorted(it) for it in blocks] == [["args", "kwargs"], ["error", "result"]]
    declared.arguments().load(blocks[0]["kwargs"])


def test_former_names_are_there_with_the_present_ones():
    common = section("rpc.md", "## 所有服务 Every service").split("\n### ")[0]
    for former, present in ALIASES.items():
        assert f"| `{former}` | `{present}` |" in common


def test_no_method_is_listed_that_nobody_answers():
    for service in SERVICES:
        listed = re.findall(r"^\| \[`(\w+)`\]", service_section("rpc.md", service), re.MULTILINE)
        assert sorted(listed) == sorted(name for owner, name, _ in METHODS if owner == service)


def test_every_method_has_a_description():
    listed = re.findall(r"^\| \[`(\w+)`\]\S+ \| (.*) \| \S+(?: yes)? \|$", FILES["rpc.md"], re.M)
    assert len(listed) > len(METHODS)
    assert not [name for name, said in listed if not said]


def test_every_indicator_of_the_first_week_is_there():
    with (ROOT / "tests/data/expected_2017-W06.csv").open(encoding="utf-8") as file:
        codes = {row["indicator"] for row in csv.DictReader(file)}
    assert codes
    assert {f"`{name}`" for name in codes} <= rows(FILES["indicators.md"]).keys()


def test_every_declared_indicator_is_there_and_no_other():
    found = {name for name in rows(FILES["indicators.md"]) if "." in name}
    assert found == {f"`{name}`" for name in INDICATORS}


@pytest.mark.parametrize(
    "name, said",
    [
        ("relief.orders_raised", ("点单登记", "周内 flow", "合计 sum", "| 0 |")),
        ("relief.orders_overdue", ("期末 level", "| 0 |")),
        ("relief.days_to_deliver_median", ("中位数 median", "未报数 not stated")),
        ("relief.merchants_registered", ("期末 level", "申报存量 declared stock")),
    ],
)
def test_an_indicator_is_listed_with_its_definition_and_fold(name, said):
    row = rows(FILES["indicators.md"])[f"`{name}`"]
    assert [part for part in said if part not in row] == []


def test_an_indicator_names_what_feeds_it():
    said = section("indicators.md", "### relief.orders_delivered")
    assert set(re.findall(r"`([^`]+)`", said)) == {
        "relief.order.delivered",
        "relief.order.reopened",
        "relief.order.corrected",
    }


def test_what_decides_what_a_briefing_reports_is_there():
    reported = rows(section("reporting.md", "## 通报哪些对象 Which subjects"))
    names = {name.split("`")[1]: row for name, row in reported.items() if "`" in name}
    assert names.keys() == REPORTED
    for entity, statuses in CARRIED_OVER.items():
        told = re.findall(r"`(\w+)`", names[entity].split(" | ")[1])
        assert told == list(statuses or ()), entity
    restated = section("reporting.md", "## 更正取代什么 What a correction replaces")
    for entity, verbs in RESTATED.items():
        assert all(f"`{entity}.{verb}`" in restated for verb in verbs)
    for entity, verb in BEGINS.items():
        assert f"`{entity}.{verb}`" in restated


def test_everything_that_a_queue_is_bound_for_is_published():
    assert "not published yet" not in FILES["topology.md"]


def test_every_setting_is_there():
    source = (ROOT / "shared/platform/settings.py").read_text("utf-8")
    names = re.findall(r'_setting\(\s*"([A-Z_]+)"', source)
    found = rows(FILES["settings.md"])
    assert {f"`{name}`" for name in names} == found.keys() - {"名称 name", "---"}
    required = [name for name, row in found.items() if "是 yes" in row]
    assert required == ["`AMQP_URI`", "`MONGODB_URI`"]


@pytest.mark.parametrize("name, actions", MACHINES, ids=[name for name, _ in MACHINES])
def test_every_state_machine_is_there_with_its_actions(name, actions):
    said = section("states.md", f"### {name}")
    assert {f"`{action}`" for action in actions} <= rows(said).keys()
    assert {action for action in actions if not re.search(rf": {action}$", said, re.M)} == set()


def test_no_state_machine_is_there_that_nothing_has():
    headings = re.findall(r"^### (.+)$", FILES["states.md"], re.MULTILINE)
    assert sorted(headings) == sorted(name for name, _ in MACHINES)


def test_a_step_is_in_the_table_and_in_the_diagram():
    said = section("states.md", "### Order")
    assert "| `reopen` | `delivered`, `confirmed`, `rated` | `claimed` |" in said
    for drawn in (
        'state "raised 已登记" as raised',
        "[*] --> raised",
        "rated --> claimed: reopen",
        "raised --> by_rule: claim",
    ):
        assert f"    {drawn}\n" in said


def test_everything_in_the_broker_is_there():
    text = broker_definitions.FILE.read_text("utf-8")
    names = set(re.findall(r'"(?:name|source|destination)": "([^"/]+)"', text))
    assert names
    assert {f"`{name}`" for name in names} <= set(re.findall("`[^`]+`", FILES["topology.md"]))


def test_subscriptions_are_listed_with_their_events():
    listening = section("topology.md", "## 谁订阅谁 Subscriptions")
    assert "| supervision | `supervision.inbox` | relief | `#` | 全部 all |" in listening
    of_relief = [line for line in listening.splitlines() if line.startswith("| relief |")]
    notices, units = of_relief
    assert "supervision.orgunit.retired" in units
    assert "supervision.calendar.announced" in notices
    assert not any("supervision.briefing" in line for line in of_relief)
