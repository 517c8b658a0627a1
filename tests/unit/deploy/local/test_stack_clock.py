"""The clock of a kept demo is shown and set; that of a deployment is not."""

from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from deploy.local import stack_clock, stack_state
from deploy.local.cli import app
from deploy.local.errors import CannotRun
from deploy.local.settable_clock import SettableClock
from shared.domain.clock import Clock
from shared.domain.periods import parse_instant

CUTOFF = parse_instant("2017-02-13T12:00:00+08:00")


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The clock of a demo that was kept at the cut-off of its week."""
    monkeypatch.setattr(stack_clock, "VAR", tmp_path)
    monkeypatch.delenv("AMQP_URI", raising=False)
    clock = SettableClock(tmp_path / "demo" / "clock")
    stack_state.write(tmp_path / "demo", environment="demo")
    clock.set(CUTOFF)
    clock.go_on()
    return clock


def warm(*arguments):
    done = CliRunner().invoke(app, ["clock", *arguments, "--stack", "demo"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_it_is_shown_and_goes_on(kept):
    assert warm().stdout.startswith("2017-02-13T12:0")
    before = kept.now()
    assert before < kept.now() < CUTOFF + timedelta(minutes=5)


def test_the_services_read_what_is_set(kept):
    done = warm("2017-02-20T12:00")
    assert done.stdout.startswith("2017-02-20T12:00:00+08:00")
    assert "week 2017-W08" in done.stderr
    of_services = Clock.from_setting(kept.setting, "demo").now()
    assert timedelta(0) <= of_services - CUTOFF - timedelta(weeks=1) < timedelta(minutes=5)


def test_it_can_stand_still(kept):
    warm("2017-02-20", "--still")
    assert kept.now() == kept.now() == parse_instant("2017-02-20T00:00:00+08:00")


def test_it_is_not_set_back_unless_a_person_says_so(kept):
    with pytest.raises(CannotRun, match="would lie in the future"):
        warm("2017-02-13T11:00")
    assert kept.now() >= CUTOFF
    assert warm("2017-02-13T11:00", "--yes").stdout.startswith("2017-02-13T11:00:00+08:00")


@pytest.mark.parametrize("text", ["noon", "2017-02-30"])
def test_what_is_no_instant_is_refused(kept, text):
    with pytest.raises(CannotRun, match="isn't an instant"):
        warm(text)


def test_the_clock_of_a_deployment_is_not_set(kept, tmp_path):
    stack_state.write(tmp_path / "demo", environment="production")
    with pytest.raises(CannotRun, match="follow the system's clock"):
        warm("2017-02-20")
    stack_state.remove(tmp_path / "demo")
    with pytest.raises(CannotRun, match="isn't running"):
        warm()


def test_facts_are_checked_against_the_clock_of_their_stack(kept):
    assert stack_clock.now_of("demo").year == 2017
    assert abs(stack_clock.now_of("main") - datetime.now(UTC)) < timedelta(minutes=5)
