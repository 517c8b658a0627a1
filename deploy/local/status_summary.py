"""What an operator asks first: is it up, is it behind, is anything parked, how full is it, which
version."""

import re
from urllib.error import URLError
from urllib.request import urlopen

SECONDS = 5
# RabbitMQ's own figures, https://www.rabbitmq.com/docs/prometheus, by what they are called here.
BROKER_FIGURES = {
    "disk_free": "rabbitmq_disk_space_available_bytes",
    "disk_least": "rabbitmq_disk_space_available_limit_bytes",
    "memory_used": "rabbitmq_process_resident_memory_bytes",
    "memory_most": "rabbitmq_resident_memory_limit_bytes",
}
VERSION = re.compile(r'^rabbitmq_build_info\{.*rabbitmq_version="([^"]+)"', re.MULTILINE)


def overview(services, broker):
    """Plain data. `services` has what each says of itself, `broker` what `broker_figures` gave."""
    told = [it for it in services.values() if "storage" in it]
    storages = [it["storage"] for it in told if it["storage"]]
    return {
        "up": {"ready": _count(services, "ready"), "of": len(services)},
        "behind": sum(sum(filter(None, it["lag"].values())) for it in services.values()),
        "parked": sum(it["parked"] or 0 for it in told),
        "full": {
            "database_own": sum(it["own"] for it in storages),
            "database_disk_used": max((it["disk_used"] for it in storages), default=None),
            "database_disk": max((it["disk_total"] for it in storages), default=None),
            "broker": broker,
        },
        # Who doesn't answer is behind or has parked what nobody knows.
        "unknown": sorted(services.keys() - {it["service"] for it in told}),
        "version": sorted({version for it in told for version in it["versions"]}),
    }


def _count(services, status):
    return sum(it["status"] == status for it in services.values())


def broker_figures(url):
    """Version, and bytes on disk and in memory, from RabbitMQ's page of figures at `url`; None
    where it can't be had."""
    try:
        with urlopen(url, timeout=SECONDS) as page:  # noqa: S310
            text = page.read().decode()
    except (URLError, OSError, ValueError):
        return None
    found = {name: _figure(text, figure) for name, figure in BROKER_FIGURES.items()}
    version = VERSION.search(text)
    return found | {"version": version and version[1]}


def _figure(text, name):
    found = re.search(rf"^{name}(?:{{[^}}]*}})? ([0-9.e+-]+)$", text, re.MULTILINE)
    return found and int(float(found[1]))


def lines(told):
    """The same for people, a line each."""
    unknown = f", unknown of {', '.join(told['unknown'])}" if told["unknown"] else ""
    yield f"up       {told['up']['ready']} of {told['up']['of']} services are ready"
    yield f"behind   {told['behind']} messages and events wait{unknown}"
    yield f"parked   {told['parked']} messages{unknown}"
    yield f"full     {'; '.join(_full(told['full']))}"
    yield f"version  {' and '.join(told['version']) or 'unknown'}"


def _full(full):
    if full["database_disk"]:
        own, disk = _size(full["database_own"]), _size(full["database_disk"])
        share = 100 * full["database_disk_used"] // full["database_disk"]
        yield f"database {own}, its disk {share} % of {disk}"
    else:
        yield "database unknown"
    broker = full["broker"]
    if broker and broker["disk_free"]:
        yield (
            f"broker {_size(broker['disk_free'])} free, stops taking below"
            f" {_size(broker['disk_least'])}; its memory {_size(broker['memory_used'])}"
            f" of {_size(broker['memory_most'])}"
        )


def _size(size):
    if size is None:
        return "?"
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
