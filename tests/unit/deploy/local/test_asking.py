"""What people are told when a service refuses or fails, when a list is bad, and of which stack."""

from types import SimpleNamespace

import pytest
from nameko.exceptions import RemoteError
from typer.testing import CliRunner

from deploy.local import asking, importing, registry, state, status
from deploy.local.cli import app
from deploy.local.errors import CannotRun
from shared.domain.errors import Conflict
from shared.service.rpc_client import RpcClient


@pytest.fixture
def var(monkeypatch, tmp_path):
    monkeypatch.setattr(asking, "VAR", tmp_path)
    return tmp_path


@pytest.fixture
def answering(monkeypatch):
    """`answering(error)`: every call to a service ends in that error."""
    monkeypatch.setenv("AMQP_URI", "amqp://nowhere")
    monkeypatch.setenv("MONGODB_URI", "mongodb://nowhere")

    def answer(error):
        def call(*_, **__):
            raise error

        monkeypatch.setattr(RpcClient, "call", call)

    return answer


def start(folder):
    folder.mkdir()
    state.write(folder, amqp_uri="amqp://nowhere")


def test_without_a_name_the_stack_that_is_up_is_meant(var):
    assert asking.chosen_stack("") == "main"
    start(var / "demo")
    assert asking.chosen_stack("") == "demo"
    start(var / "main")
    assert asking.chosen_stack("") == "main"
    assert asking.chosen_stack("test") == "test"


def test_a_failure_in_a_service_names_it_and_its_log(answering):
    answering(RemoteError("RuntimeError", "KeyError in the service"))
    expected = "relief failed on health.*KeyError.*./warm logs relief"
    with pytest.raises(CannotRun, match=expected), asking.services() as rpc:
        rpc.call("relief", "health")


def test_a_refusal_says_that_nothing_changed(answering):
    answering(Conflict({"status": "published"}))
    expected = "Conflict: status: published Nothing changed."
    with pytest.raises(CannotRun, match=expected), asking.services() as rpc:
        rpc.call("supervision", "draft_briefing")


@pytest.mark.parametrize(
    "command",
    [
        "status",
        "logs",
        "down",
        "briefing show 2017-W06",
        "deadletters list",
        "import orgunits",
    ],
)
def test_a_stack_that_is_none_is_a_usage_error(command):
    done = CliRunner().invoke(app, [*command.split(), "--stack", "nope"])
    assert done.exit_code == 2
    assert "choose one of: main, demo, test" in done.output


ROWS = [{"code": code, "level": "district", "name": code} for code in ("410103", "410104")]


def test_a_refused_row_is_named_with_the_number_of_rows_before_it():
    def call(service, method, code, **_):
        if code == "410104":
            raise Conflict({"code": "another root"})

    expected = "410104 .*Conflict: code: another root 1 of 2 rows"
    with pytest.raises(CannotRun, match=expected):
        importing._enter(SimpleNamespace(call=call), ROWS, retired=False)


@pytest.mark.parametrize(
    "content, said",
    [
        ("code,level,name\n410103,district,二七区\n".encode("gbk"), "isn't a CSV file in UTF-8"),
        (b"code,level,name\n", "no rows"),
        (b"", "no rows"),
        (b"code,level,name\n410103,town,x\n", "line 2: level is wrong"),
    ],
)
def test_a_list_that_cannot_be_used_is_named(tmp_path, content, said):
    path = tmp_path / "units.csv"
    path.write_bytes(content)
    with pytest.raises(registry.BadList, match=f"units.csv.*{said}"):
        registry.read_units(path)


def test_a_service_that_waits_for_the_registry_shows_what_to_do():
    waiting = {"status": "starting", "pid": 1, "checks": {"registry": False, "broker": True}}
    report = {"services": {"relief": {**waiting, "queue_depth": 0}}}
    assert status._status(waiting) == "starting (registry)"
    assert "./warm import orgunits" in "".join(status.hints(report))
    ready = {"status": "ready", "checks": {"registry": True}}
    assert status._status(ready) == "ready"
    assert not list(status.hints({"services": {"relief": ready}}))
