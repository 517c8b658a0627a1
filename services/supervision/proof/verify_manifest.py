"""Is the manifest of an issue as it was signed, and are the forms those that it names?"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from services.supervision.briefing.differences import difference
from services.supervision.briefing.signing import Verifier
from services.supervision.facts.fact_store import UNREADABLE
from services.supervision.proof.manifest import message
from shared.domain.types import Json

# From a digest to the file that is kept under it; None where there is none, or another one.
Kept = Callable[[str], bytes | None]


class Stated(NamedTuple):
    """What the manifest of an edition has to say; `facts_root` is None where the facts can't be
    read."""

    urn: str
    edition: str
    digest: Any
    facts_root: str | None


def manifest_differences(
    manifest: Any,
    stated: Stated,
    published: Mapping[str, Any] | None,
    keys: Verifier,
    kept: Kept,
    made: Iterable[Json],
) -> Iterator[Json]:
    """`published` is the data of the event of its publication, None where that is no fact yet;
    `made` are forms that were made again, each with format, language and digest."""
    try:
        yield from _differences(manifest, stated, published, keys, kept, made)
    except UNREADABLE:
        yield difference("manifest", stated.urn, "unreadable")


def _differences(
    manifest: Json,
    stated: Stated,
    published: Mapping[str, Any] | None,
    keys: Verifier,
    kept: Kept,
    made: Iterable[Json],
) -> Iterator[Json]:
    if not keys.verifies(manifest["signature"], message(manifest)):
        yield difference("manifest", stated.urn, "invalid")
    wanted = {name: value for name, value in stated._asdict().items() if value is not None}
    if any(manifest[name] != value for name, value in wanted.items()):
        yield difference("manifest", stated.urn, "other_value")
    if published is not None and published["manifest"] != manifest:
        yield difference("manifest", stated.urn, "other_text")
    again = {f"{form['format']} {form['lang']}": form["sha256"] for form in made}
    for entry in manifest["renderings"]:
        name = f"{entry['format']} {entry['lang']}"
        body = kept(entry["sha256"])
        if body is None:
            yield difference("rendering", name, "gone")
        elif (len(body), again.get(name, entry["sha256"])) != (entry["size"], entry["sha256"]):
            yield difference("rendering", name, "other_text")
