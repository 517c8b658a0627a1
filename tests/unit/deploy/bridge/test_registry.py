"""Who the partners are, and who changed it."""

from datetime import UTC, datetime

import pytest

from deploy.bridge.partners import Partner, checked
from deploy.bridge.registry import Registry

SCHOOL = checked(Partner("school", ("relief.record_visits",)))
LARGER = checked(Partner("school", ("relief.record_visits", "relief.order")))
AT = datetime(2017, 2, 6, tzinfo=UTC)


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "partners", tmp_path / "secrets")


def test_each_change_is_kept_with_its_time_and_its_person(registry):
    assert registry.put(SCHOOL, "person:li", AT) == "added"
    assert registry.put(LARGER, "person:wang", AT) == "changed"
    registry.rotate(LARGER, "person:li", AT)
    registry.remove(LARGER, "person:li", AT)
    assert registry.partners() == {}
    done = [(it["did"], it["by"], len(it["methods"])) for it in registry.changes()]
    assert done == [
        ("added", "person:li", 1),
        ("changed", "person:wang", 2),
        ("rotated", "person:li", 2),
        ("removed", "person:li", 2),
    ]
    assert {it["at"] for it in registry.changes()} == {"2017-02-06T00:00:00+00:00"}


def test_what_is_there_already_is_no_change(registry):
    registry.put(SCHOOL, "person:li", AT)
    before = registry.file.read_bytes(), registry.password("partner.school")
    assert registry.put(SCHOOL, "person:wang", AT) == ""
    assert (registry.file.read_bytes(), registry.password("partner.school")) == before


def test_only_a_rotation_changes_the_password(registry):
    registry.put(SCHOOL, "person:li", AT)
    first = registry.password("partner.school")
    registry.put(LARGER, "person:li", AT)
    assert registry.password("partner.school") == first
    registry.rotate(LARGER, "person:li", AT)
    assert registry.password("partner.school") != first


def test_the_file_that_the_bridge_reads_has_no_password(registry):
    registry.put(SCHOOL, "person:li", AT)
    assert registry.password("partner.school") not in registry.file.read_text()
    secrets = [it for it in registry.file.parent.iterdir() if it != registry.file]
    assert secrets == []


def test_nothing_is_left_of_a_removed_partner_but_the_record(registry, tmp_path):
    registry.put(SCHOOL, "person:li", AT)
    registry.write_address(SCHOOL, "amqp://…")
    registry.remove(SCHOOL, "person:li", AT)
    assert list((tmp_path / "secrets").iterdir()) == []
