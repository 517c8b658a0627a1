"""The first five figures of `./warm status`: up, behind, dead letters, full, version."""

import re
from collections.abc import Iterator, Mapping
from urllib.error import URLError
from urllib.request import urlopen

from shared.domain.types import Json

SECONDS = 5
# Our name → RabbitMQ's own metric, https://www.rabbitmq.com/docs/prometheus.
BROKER_METRICS = {
    "disk_free": "rabbitmq_disk_space_available_bytes",
    "disk_least": "rabbitmq_disk_space_available_limit_bytes",
    "memory_used": "rabbitmq_process_resident_memory_bytes",
    "memory_most": "rabbitmq_resident_memory_limit_bytes",
}
VERSION = re.compile(r'^rabbitmq_build_info\{.*rabbitmq_version="([^"]+)"', re.MULTILINE)


def summary(services: Mapping[str, Json], broker: Json | None) -> Json:
    """The figures as plain data.

    `services` has the status of each service, `broker` the result of `broker_figures`.
    """
    known = [it for it in services.values() if "storage" in it]
    storages = [it["storage"] for it in known if it["storage"]]
    return {
        "up": {"ready": _count(services, "ready"), "of": len(services)},
        "behind": sum(sum(filter(None, it["lag"].values())) for it in services.values()),
        "parked": sum(it["parked"] or 0 for it in known),
        "undelivered": sum(sum(it.get("undelivered", {}).values()) for it in services.values()),
        "full": {
            "database_own": sum(it["own"] for it in storages),
            "database_disk_used": max((it["disk_used"] for it in storages), default=None),
            "database_disk": max((it["disk_total"] for it in storages), default=None),
            "broker": broker,
        },
        # The backlog and the dead letters of a service that doesn't answer are unknown.
        "unknown": sorted(services.keys() - {it["service"] for it in known}),
        "version": sorted({version for it in known for version in it["versions"]}),
    }


def _count(services: Mapping[str, Json], status: str) -> int:
    return sum(it["status"] == status for it in services.values())


def broker_figures(url: str) -> Json | None:
    """Version, and bytes on disk and in memory, from RabbitMQ's metrics page at `url`; None where
    the page can't be read."""
    try:
        with urlopen(url, timeout=SECONDS) as page:  # noqa: S310
            text: str = page.read().decode()
    except (URLError, OSError, ValueError):
        return None
    figures: Json = {name: _figure(text, metric) for name, metric in BROKER_METRICS.items()}
    version = VERSION.search(text)
    return figures | {"version": version and version[1]}


def _figure(text: str, metric: str) -> int | None:
    match = re.search(rf"^{metric}(?:{{[^}}]*}})? ([0-9.e+-]+)$", text, re.MULTILINE)
    return int(float(match[1])) if match else None


def lines(summary: Json) -> Iterator[str]:
    """The figures for people, a line each."""
    unknown = f" (unknown for {', '.join(summary['unknown'])})" if summary["unknown"] else ""
    yield f"up            {summary['up']['ready']} of {summary['up']['of']} services are ready"
    yield f"behind        {summary['behind']} messages and events wait{unknown}"
    undelivered = f", and {summary['undelivered']} undelivered" if summary["undelivered"] else ""
    yield f"dead letters  {summary['parked']} messages{unknown}{undelivered}"
    yield f"full          {'; '.join(_full(summary['full']))}"
    yield f"version       {' and '.join(summary['version']) or 'unknown'}"


def _full(full: Json) -> Iterator[str]:
    if full["database_disk"]:
        own, disk = _size(full["database_own"]), _size(full["database_disk"])
        share = 100 * full["database_disk_used"] // full["database_disk"]
        yield f"database {own}, its disk {share} % of {disk}"
    else:
        yield "database unknown"
    broker = full["broker"]
    if broker and broker["disk_free"]:
        yield (
            f"broker disk {_size(broker['disk_free'])} free, publishing stops below"
            f" {_size(broker['disk_least'])}; broker memory {_size(broker['memory_used'])}"
            f" of {_size(broker['memory_most'])}"
        )


def _size(size: float | None) -> str:
    if size is None:
        return "?"
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
