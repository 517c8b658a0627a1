"""Lists of org units beside the registry, and `./warm orgunit`."""

import shlex

import pytest
from typer.testing import CliRunner

from deploy.local.cli import app
from shared.domain.errors import Conflict
from shared.service.rpc_client import RpcClient

DISTRICT = {"code": "410103", "level": "district", "name": "二七区", "parent": None}
EMPTY = dict.fromkeys(["valid_from", "valid_to", "successor"])


class Supervision:
    """Its registry, as far as these commands use it."""

    def __init__(self):
        self.units = {}
        self.refused = set()
        self.add(**DISTRICT)

    def add(self, code, parent, level, name, **more):
        state = {"code": code, "parent": parent, "level": level, "name": name, "retired": False}
        self.units[code] = EMPTY | state | more

    def sub(self, number, name, **more):
        self.add(f"410103{number:03}", "410103", "subdistrict", name, **more)

    def call(
        self,
        service,
        method,
        _seconds=0,
        command_id=None,
        actor=None,
        code=None,
        reason=None,
        **given,
    ):
        if method == "orgunits":
            return [{"state": dict(unit), "version": 1} for unit in self.units.values()]
        if code in self.refused:
            raise Conflict({"id": code, "reason": "units below it"})
        if method == "register_orgunit":
            assert code not in self.units
            self.add(code, **given)
            return {"id": code, "version": 1}
        if method == "retire_orgunit":
            given["retired"] = True
        if given.get("retired") is False:
            given |= {"valid_to": None, "successor": None}
        self.units[code] |= given
        return {"id": code, "version": 2}


@pytest.fixture
def supervision(monkeypatch):
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")
    services = Supervision()
    monkeypatch.setattr(RpcClient, "call", lambda _, *args, **it: services.call(*args, **it))
    return services


def warm(*arguments, answer=None):
    return CliRunner().invoke(app, list(arguments), input=answer)


@pytest.fixture
def enter(tmp_path):
    """`enter(rows, *options)` → the outcome of importing a list with these rows."""

    def enter(rows, *options, more=""):
        file = tmp_path / "units.csv"
        district = [] if "--retired" in options else ["410103,,district,二七区"]
        lines = [f"code,parent,level,name{more}", *district, *rows]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return warm("import", "orgunits", str(file), *options)

    return enter


def sub(number, name, more=""):
    return f"410103{number:03},410103,subdistrict,{name}{more}"


def remedies(done):
    """The commands that were printed, as a person would run the first of each line."""
    lines = [line for line in done.stdout.splitlines() if line.startswith("differs")]
    return [line.split(" → ./warm ")[1].split(" (")[0].replace("…", "因为") for line in lines]


def test_new_units_are_entered_past_one_that_was_renamed(supervision, enter):
    supervision.sub(1, "新名")
    done = enter([sub(1, "旧名"), sub(2, "另一")])
    assert done.exit_code == 4
    assert supervision.units["410103002"]["name"] == "另一"
    assert "entered  410103002  另一" in done.stdout
    assert (
        "differs  410103001 name: file 旧名 / registry 新名 → ./warm orgunit change" in done.stdout
    )


@pytest.mark.parametrize(
    "unit, row, expected",
    [
        ({"name": "新 名"}, sub(1, "旧 名"), "orgunit change 410103001 '旧 名'"),
        (
            {"name": "一", "retired": True, "valid_to": "2017-02-01"},
            sub(1, "一"),
            "orgunit correct 410103001 --not-retired --reason 因为",
        ),
    ],
)
def test_the_printed_command_makes_the_registry_say_what_the_file_says(
    supervision, enter, unit, row, expected
):
    supervision.sub(1, **unit)
    [remedy] = remedies(enter([row]))
    assert remedy == expected
    assert warm(*shlex.split(remedy), "--yes").exit_code == 0
    done = enter([row])
    assert (done.exit_code, done.stdout) == (0, "")


def test_a_retirement_that_differs_is_listed(supervision, enter):
    supervision.sub(1, "一", retired=True, valid_to="2017-02-01", successor="410103003")
    rows = [sub(1, "一", ",2017-03-01,410103004")]
    done = enter(rows, "--retired", more=",valid_to,successor")
    listed = [line for line in done.stdout.splitlines() if "410103001" in line]
    assert len(listed) == 2
    assert "valid_to: file 2017-03-01 / registry 2017-02-01" in listed[0]
    assert "orgunit correct 410103001 --successor 410103004" in listed[1]


def test_a_unit_that_moved_to_another_code_is_listed(supervision, enter):
    supervision.sub(1, "一")
    done = enter([sub(7, "一")])
    assert done.exit_code == 4
    assert "differs  410103001: file not there; 410103007 has its name" in done.stdout
    [remedy] = remedies(done)
    assert remedy == "orgunit retire 410103001 --valid-to DAY --successor 410103007"


def test_a_refused_unit_holds_up_no_other(supervision, enter):
    supervision.refused.add("410103001")
    done = enter([sub(1, "一"), sub(2, "二")])
    assert done.exit_code == 4
    assert "refused  410103001 一: Conflict: id: 410103001; reason: units below it" in done.stdout
    assert "410103002" in supervision.units


def test_what_the_code_decides_cannot_be_changed(supervision, enter):
    supervision.sub(1, "一")
    done = enter(["410103001,410104,subdistrict,一"])
    assert "parent: file 410104 / registry 410103 → the code decides this" in done.stdout


def test_a_dry_run_enters_nothing(supervision, enter):
    supervision.sub(1, "新名")
    done = enter([sub(1, "旧名"), sub(2, "二")], "--dry-run")
    assert done.exit_code == 4
    assert "410103002" not in supervision.units
    assert "new      410103002  二" in done.stdout
    assert enter([sub(2, "二")], "--dry-run").exit_code == 0


def test_a_unit_is_registered_under_the_one_that_its_code_names(supervision):
    done = warm("orgunit", "register", "410103017", "新街道", "--valid-from", "2017-03-01", "--yes")
    assert done.exit_code == 0
    unit = supervision.units["410103017"]
    assert (unit["parent"], unit["level"]) == ("410103", "subdistrict")
    assert done.stdout == "410103017  新街道  valid_from 2017-03-01\n"


def test_a_retirement_asks_first_and_shows_the_unit_before_and_after(supervision):
    supervision.sub(2, "解放路街道")
    given = ("orgunit", "retire", "410103002", "--valid-to", "2017-02-01")
    assert warm(*given, answer="n\n").exit_code == 1
    assert not supervision.units["410103002"]["retired"]
    done = warm(*given, answer="y\n")
    assert "retire 410103002: valid_to 2017-02-01?" in done.output
    assert "410103002  解放路街道  retired  valid_to 2017-02-01" in done.output


def test_a_correction_may_say_that_there_is_none(supervision):
    supervision.sub(2, "一", valid_from="2017-01-01")
    given = ("orgunit", "correct", "410103002", "--reason", "写错", "--yes")
    assert warm(*given, "--valid-from", "none").exit_code == 0
    assert supervision.units["410103002"]["valid_from"] is None
    assert warm(*given).exit_code == 2


def test_an_unknown_unit_is_named(supervision):
    assert "No unit has the code 410103099" in str(
        warm("orgunit", "retire", "410103099", "--yes").exception
    )
    assert warm("orgunit", "show").stdout == "410103  二七区\n"
