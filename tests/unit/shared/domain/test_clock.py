"""The clock: the system's, unless demo or test sets it."""

from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.clock import Clock
from shared.domain.periods import SHANGHAI

NOON = "2017-02-13T12:00:00+08:00"


@pytest.mark.parametrize("unset", [None, ""])
@pytest.mark.parametrize("env", ["production", "demo", "test"])
def test_unset_it_is_the_systems(unset, env):
    before = datetime.now(UTC)
    now = Clock.from_setting(unset, env).now()
    assert before <= now <= datetime.now(UTC)


@pytest.mark.parametrize("env", ["demo", "test"])
@pytest.mark.parametrize("text", [NOON, "2017-02-13T04:00:00Z"])
def test_a_set_clock_stands_still_in_the_programmes_zone(text, env):
    clock = Clock.from_setting(text, env)
    assert clock.now() == clock.now()
    assert clock.now().isoformat() == NOON


def test_the_systems_time_is_given_in_the_programmes_zone():
    now = Clock().now()
    assert now.tzinfo is SHANGHAI
    assert now.utcoffset() == timedelta(hours=8)


def test_a_file_is_read_each_time(tmp_path):
    file = tmp_path / "now"
    file.write_text(f" {NOON}\n")
    clock = Clock.from_setting(f"@{file}", "demo")
    assert clock.now().isoformat() == NOON
    file.write_text("2017-02-14T08:00:00+08:00")
    assert clock.now().isoformat() == "2017-02-14T08:00:00+08:00"


@pytest.mark.parametrize("value", [NOON, "@now"])
@pytest.mark.parametrize("env", ["production", "", "Demo", "staging"])
def test_real_time_cannot_be_set(value, env):
    with pytest.raises(ValueError, match="WARM_NOW"):
        Clock.from_setting(value, env)


@pytest.mark.parametrize("value", ["2017-02-13T12:00:00", "noon", "2017-02-13"])
def test_a_malformed_instant_names_the_setting(value, tmp_path):
    with pytest.raises(ValueError, match="WARM_NOW"):
        Clock.from_setting(value, "test")
    file = tmp_path / "now"
    file.write_text(value)
    with pytest.raises(ValueError, match="WARM_NOW"):
        Clock.from_setting(f"@{file}", "test").now()


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        Clock.from_setting(f"@{tmp_path / 'gone'}", "test").now()


def test_a_clock_that_goes_on_shows_the_real_time_that_has_passed(tmp_path):
    file, begun = tmp_path / "now", datetime.now(UTC) - timedelta(hours=3)
    file.write_text(f"{NOON} @ {begun.isoformat()}\n")
    first = Clock.from_setting(f"@{file}", "demo").now()
    passed = first - datetime.fromisoformat(NOON)
    assert timedelta(hours=3) <= passed <= datetime.now(UTC) - begun
    assert first.tzinfo is SHANGHAI
