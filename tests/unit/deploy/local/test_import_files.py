"""A file is checked before anything is entered, and a refused row or fact is named."""

from contextlib import nullcontext

import pytest
from typer.testing import CliRunner

from deploy.local import import_files
from deploy.local.cli import app
from deploy.local.demo import FACTS
from deploy.local.errors import CannotRun
from shared.domain.errors import DeadlineExceeded, NeedsConfirmation, ValidationFailed


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


class Services:
    """Services that have nothing yet. `answers` gives the answer of a method, or its error."""

    def __init__(self, **answers):
        self.answers = {"orgunits": [unit("410103006")], "record_visits": {"id": "v"}} | answers
        self.called = []

    def call(self, service, method, **arguments):
        if method == "command":
            return {"known": False, "result": None, "same": None}
        self.called.append(method)
        answer = self.answers[method]
        if not isinstance(answer, Exception):
            return answer
        if arguments.get("confirm_unlikely"):
            return {"id": "v"}
        raise answer


def unit(code):
    return {"state": {"code": code, "valid_from": None, "valid_to": None}, "version": 1}


@pytest.fixture
def facts(tmp_path, monkeypatch):
    """`facts(services, *options)` → the outcome of importing a file with two rounds of visits."""
    file = tmp_path / "facts.yaml"
    rows = [f"{{orgunit: {code}, kind: household}}" for code in ("410103006", "410103007")]
    file.write_text(f"week: 2017-W06\nrelief: {{visits: [{', '.join(rows)}]}}\n", "utf-8")

    def run(services, *options):
        monkeypatch.setattr(import_files, "service_client", lambda *_: nullcontext(services))
        monkeypatch.setattr(import_files, "amqp_uri_of", lambda _: "amqp://")
        return CliRunner().invoke(app, ["import", "facts", str(file), *options])

    return run


def test_each_fact_is_printed_with_what_became_of_it(facts):
    services = Services()
    done = facts(services)
    assert done.exit_code == 0
    assert done.stdout.splitlines() == ["entered  visits-1", "entered  visits-2"]
    assert "2 facts of 2017-W06 to 2017-W06 (2 commands) are entered: 2 entered" in done.stderr
    assert services.called == ["record_visits"] * 2


def test_a_dry_run_says_what_is_new_and_what_would_be_refused(facts):
    services = Services()
    done = facts(services, "--dry-run")
    assert services.called == ["orgunits"]
    new, refused = done.stdout.splitlines()
    assert new == "new      visits-1"
    assert refused.startswith("refused  visits-2  record_visits: ValidationFailed: orgunit: ")
    assert "1 facts can't be entered" in done.exception.problem
    assert done.exception.remedy.startswith("Nothing was entered.")


def test_a_refused_fact_is_named_and_the_others_are_entered(facts):
    done = facts(Services(record_visits=ValidationFailed({"orgunit": ["Unknown org unit 1."]})))
    assert "refused  visits-1  record_visits: ValidationFailed: orgunit: ['Unknown" in done.stdout
    assert isinstance(done.exception, CannotRun)
    assert "2 refused" in done.exception.problem
    assert done.exception.remedy.startswith("The others are entered.")


def test_unlikely_values_are_entered_where_the_person_confirms_them(facts):
    many = NeedsConfirmation({"visits": [{"rule": "many_visits", "zh": "多", "en": "many"}]})
    refused = facts(Services(record_visits=many))
    assert "visits: 多 / many" in refused.stdout
    assert "--confirm-unlikely" in refused.exception.remedy
    assert facts(Services(record_visits=many), "--confirm-unlikely").exit_code == 0


@pytest.mark.parametrize(
    "error, problem",
    [
        (DeadlineExceeded({"reason": "no answer in time"}), "relief didn't answer"),
        (CannotRun("relief failed on record_visits.", "See the log."), "relief failed"),
    ],
)
def test_a_service_that_fails_ends_the_import_and_the_rest_can_be_entered_later(
    facts, error, problem
):
    done = facts(Services(record_visits=error))
    assert done.exception.problem.startswith(problem)
    assert done.exception.remedy.startswith("0 of 2 commands were looked at")
    assert "open     visits-1  0 of 1 commands" in done.stdout
