"""A file is checked before anything is entered, and a refused row or fact is named."""

from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from deploy.local import import_files
from deploy.local.cli import app
from deploy.local.demo import FACTS
from deploy.local.errors import CannotRun
from shared.domain.errors import Conflict, NeedsConfirmation, ValidationFailed

STEP = SimpleNamespace(
    service="relief", method="raise_order", arguments={"command_id": "order-1", "orgunit": "1"}
)


def test_a_dry_run_enters_nothing():
    done = CliRunner().invoke(app, ["import", "facts", str(FACTS), "--dry-run"])
    assert done.exit_code == 0
    assert "can be entered" in done.stderr


def test_a_file_that_is_not_understood_is_refused(tmp_path):
    file = tmp_path / "facts.yaml"
    file.write_text("clinics: [{consultations: many}]\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["import", "facts", str(file)])
    assert isinstance(done.exception, CannotRun)
    assert "Nothing was entered" in done.exception.remedy


def test_a_refused_command_is_named_with_the_number_before_it():
    def call(*_, **__):
        raise ValidationFailed({"orgunit": ["Unknown org unit 1."]})

    with pytest.raises(CannotRun, match="order-1.*raise_order.*Unknown org unit 1") as refused:
        import_files._enter_fact(SimpleNamespace(call=call), STEP, before=3, total=7)
    assert refused.value.remedy.startswith("3 of 7 commands")


def test_unlikely_values_are_entered_where_the_person_confirms_them():
    def call(*_, confirm_unlikely=False, **__):
        if not confirm_unlikely:
            raise NeedsConfirmation({"visits": [{"rule": "many_visits", "zh": "多", "en": "many"}]})

    rpc = SimpleNamespace(call=call)
    with pytest.raises(CannotRun, match="visits: 多 / many.*--confirm-unlikely"):
        import_files._enter_fact(rpc, STEP, before=0, total=1)
    import_files._enter_fact(rpc, STEP, before=0, total=1, confirm_unlikely=True)


ROWS = [{"code": code, "level": "district", "name": code} for code in ("410103", "410104")]


def test_a_refused_row_is_named_with_the_number_of_rows_before_it():
    def call(service, method, code, **_):
        if code == "410104":
            raise Conflict({"code": "another root"})

    expected = "410104 .*Conflict: code: another root 1 of 2 rows"
    with pytest.raises(CannotRun, match=expected):
        import_files._enter_units(SimpleNamespace(call=call), ROWS, retired=False)
