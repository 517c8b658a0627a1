"""The first figures of `./warm status`, from the answers of services and the broker."""

import pytest

from deploy.local import status_summary

STORAGE = {"own": 2_000_000, "disk_used": 25_000_000_000, "disk_total": 100_000_000_000}
PAGE = """\
# TYPE rabbitmq_build_info untyped
rabbitmq_build_info{rabbitmq_version="4.0.5",prometheus_plugin_version="4.0.5"} 1
# TYPE rabbitmq_disk_space_available_bytes gauge
rabbitmq_disk_space_available_bytes 85728067584
rabbitmq_disk_space_available_limit_bytes 2.0e9
rabbitmq_process_resident_memory_bytes 1.3e8
"""


def service(name, status="ready", **more):
    lag = {"inbox": 3, "outbox": 0, "retries": None}
    known = {"service": name, "status": status, "lag": lag, "parked": 2, "versions": ["0.1.0"]}
    return known | {"storage": STORAGE} | more


def test_the_lines_when_all_services_are_ready():
    services = {name: service(name) for name in ("relief", "clinics")}
    summary = status_summary.summary(services, {"disk_free": None})
    assert list(status_summary.lines(summary)) == [
        "up            2 of 2 services are ready",
        "behind        6 messages and events wait",
        "dead letters  4 messages",
        "full          database 4 MB, its disk 25 % of 100 GB",
        "version       0.1.0",
    ]


def test_undelivered_messages_are_counted_also_for_a_silent_service():
    silent = {"status": "silent", "lag": {"inbox": None}, "undelivered": {"rpc": 2, "sub": 1}}
    summary = status_summary.summary({"relief": service("relief"), "clinics": silent}, None)
    assert list(status_summary.lines(summary))[2] == (
        "dead letters  2 messages (unknown for clinics), and 3 undelivered"
    )


def test_the_figures_of_a_silent_service_are_unknown():
    silent = {"status": "silent", "lag": {"inbox": None}, "progress": None}
    away = service("clinics", "degraded", storage=None, parked=None, versions=["0.1.0", "0.2.0"])
    summary = status_summary.summary({"relief": silent, "clinics": away}, None)
    assert list(status_summary.lines(summary)) == [
        "up            0 of 2 services are ready",
        "behind        3 messages and events wait (unknown for relief)",
        "dead letters  0 messages (unknown for relief)",
        "full          database unknown",
        "version       0.1.0 and 0.2.0",
    ]


def test_the_metrics_page_of_the_broker(tmp_path):
    page = tmp_path / "metrics"
    page.write_text(PAGE)
    figures = status_summary.broker_figures(page.as_uri())
    assert figures == {
        "disk_free": 85_728_067_584,
        "disk_least": 2_000_000_000,
        "memory_used": 130_000_000,
        "memory_most": None,
        "version": "4.0.5",
    }


@pytest.mark.parametrize("url", ["file:///no/such/page", "no address at all"])
def test_an_unreadable_metrics_page_is_no_failure(url):
    assert status_summary.broker_figures(url) is None
