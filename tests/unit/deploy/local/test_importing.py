"""A file of facts is read before anything is entered, and what isn't taken is named."""

from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from deploy.local import importing
from deploy.local.cli import app
from deploy.local.demo import FACTS
from deploy.local.errors import CannotRun
from shared.domain.errors import ValidationFailed

STEP = SimpleNamespace(
    service="relief", method="raise_order", arguments={"command_id": "order-1", "orgunit": "1"}
)


def test_a_dry_run_enters_nothing():
    done = CliRunner().invoke(app, ["import", "facts", str(FACTS), "--dry-run"])
    assert done.exit_code == 0
    assert "could be entered" in done.stderr


def test_a_file_that_is_not_understood_is_refused(tmp_path):
    file = tmp_path / "facts.yaml"
    file.write_text("clinics: [{consultations: many}]\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["import", "facts", str(file)])
    assert isinstance(done.exception, CannotRun)
    assert "Nothing was entered" in done.exception.instead


def test_the_command_that_is_not_taken_is_named_with_what_went_before():
    def call(*_, **__):
        raise ValidationFailed({"orgunit": ["Unknown org unit 1."]})

    with pytest.raises(CannotRun, match="order-1.*raise_order.*Unknown org unit 1") as refused:
        importing._give(SimpleNamespace(call=call), STEP, before=3, total=7)
    assert refused.value.instead.startswith("3 of 7 commands")
