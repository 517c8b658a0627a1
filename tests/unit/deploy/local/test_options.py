"""Which stack a command is about."""

import pytest
from typer.testing import CliRunner

from deploy.local import options, stack_state
from deploy.local.cli import app


@pytest.fixture
def var(monkeypatch, tmp_path):
    monkeypatch.setattr(options, "VAR", tmp_path)
    return tmp_path


def start(folder):
    folder.mkdir()
    stack_state.write(folder, amqp_uri="amqp://nowhere")


def test_without_a_name_the_running_stack_is_chosen(var):
    assert options.chosen_stack("") == "main"
    start(var / "demo")
    assert options.chosen_stack("") == "demo"
    start(var / "main")
    assert options.chosen_stack("") == "main"
    assert options.chosen_stack("test") == "test"


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
def test_an_unknown_stack_is_a_usage_error(command):
    done = CliRunner().invoke(app, [*command.split(), "--stack", "nope"])
    assert done.exit_code == 2
    assert "choose one of: main, demo, test" in done.output
