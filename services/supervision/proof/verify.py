"""Recomputing a published issue from the facts, and naming the differences.

What was signed is checked as it is stored. Figures are computed again by the rules of the issue.
Words and layout are made again and compared only where the present renderer made them. Whatever is
stored may have been changed by hand: that is named, and is no error.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import TemplateError

from services.supervision.briefing.differences import difference
from services.supervision.briefing.revisions import issue_document
from services.supervision.briefing.signing import Verifier
from services.supervision.documents import ISSUED, SIGNED_FOR, URN, WITHDRAWN, Briefing
from services.supervision.facts import fact_store
from services.supervision.facts.fact_store import FactStore
from services.supervision.forms import rendering
from services.supervision.forms.renderer import RENDERER, renderer_of
from services.supervision.indicators import RULES
from services.supervision.proof import stored_facts
from services.supervision.proof.sealed_facts import Checked, SealedFacts
from services.supervision.proof.verify_manifest import Kept, Stated, manifest_differences
from shared.aggregates.aggregate import plain
from shared.contracts.series import issue_id
from shared.domain import canonical
from shared.domain.errors import WarmError
from shared.domain.form_names import INTERNAL
from shared.domain.periods import Period
from shared.domain.report_periods import parse_period
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES

MASTHEAD = ("issue", "revision", "replaces", "reason", "status", "programme", "to", *SIGNED_FOR)
# What a masthead has before the document is made, with the digest of the facts.
SIGNED_BESIDE = (*MASTHEAD, "facts_root")
BESIDE: tuple[str, ...] = ("issue", "period", "revision", "replaces", "content_digest")
BESIDE += ("digest", "signature", "keyid")

# The parts with figures, beside the cells.
FIGURES = ("freeze", "league", "completeness", "headline_table", "trends", "provenance", "late")

# From a freeze and the week of its issue: the document of the issue of the week before that the
# freeze names, None where it names none. Raises NotFound.
Named = Callable[[Json, Period], Json | None]
# The document that a revision replaces, None for a first issue. Raises NotFound.
Replaced = Callable[[], Json | None]

# The errors to which changed content may lead.
UNREADABLE = (*fact_store.UNREADABLE, TemplateError)


class Verification:
    """One issue against the facts and the evidence. `published` is the data of the event of its
    publication, `withdrawn` that of its withdrawal; None where that is no fact yet.

    Every byte of every fact is read in any case. A `quick` verification compares all of them with
    what was sealed and signed, and doesn't fold them again.
    """

    def __init__(
        self,
        briefing: Briefing,
        period: Period,
        facts: FactStore,
        sealed: SealedFacts,
        keys: Verifier,
        replaced: Replaced = lambda: None,
        named: Named = lambda freeze, period: None,
        published: Json | None = None,
        withdrawn: Json | None = None,
        kept: Kept = lambda sha256: None,
        quick: bool = False,
    ) -> None:
        self.briefing = briefing
        self.period = period
        self.facts = facts
        self.sealed = sealed
        self.keys = keys
        self.kept = kept
        self.replaced = replaced
        self.named = named
        self.published = published
        self.withdrawn = withdrawn
        self.quick = quick
        # Why it can't be computed again, each with its difference.
        self.failures: list[tuple[str, Json]] = []
        self._facts_root: str | None = None

    def verdict(self) -> Json:
        """`equal` means that facts, evidence, figures, signature and everything else that is stored
        of the issue are as published, and so are the bytes of a document that the present renderer
        made. `strangers` are untrusted facts: they claim a sealed number, belong to no issue and
        don't damage this one."""
        try:
            compared = self._compared()
        except UNREADABLE as error:
            compared = unusable(
                f"the issue can't be read: {type(error).__name__}",
                difference("document", self.briefing.id, "unreadable"),
            )
        names = ("period", "issue", "revision", "digest")
        known = {name: getattr(self.briefing, name) for name in names}
        return known | {"edition": INTERNAL} | compared

    def _compared(self) -> Json:
        briefing, printed = self.briefing, json.loads(self.briefing.document)
        freeze = printed["freeze"]
        renderer = renderer_of(freeze)
        checked = self.sealed.check(freeze["sources"])
        made = self._made(printed, checked)
        signed = is_signed(printed, self.keys)
        words_made_again = renderer == RENDERER and not self.quick
        made_again = made if words_made_again else rendering.without_signature(printed)
        same = made_again is not None and _bytes(made_again, printed) == briefing.document.encode()
        # The readable forms of another document would be different anyway.
        again = same and words_made_again
        forms = list(self._different_forms(rendering.renderings(printed) if again else None))
        stored = [
            *_stored_differences(briefing, printed),
            *(["renderings"] if forms else []),
            *(["publication"] if self._published_otherwise() else []),
            *(["withdrawal"] if self._withdrawn_otherwise() else []),
        ]
        figures = compared_cells(printed["cells"], made["cells"]) if made else []
        parts = list(_different_parts(printed, made)) if made else []
        beside = [name for name in stored if name != "renderings"]
        differences = [
            *(named for _, named in self.failures),
            *([] if signed else [difference("signature", briefing.id, "invalid")]),
            *([] if same else [difference("document", briefing.id, "other_bytes")]),
            *_each("stored", dict.fromkeys(beside, "other_value")),
            *forms,
            *_each("part", dict.fromkeys(parts, "other_figures")),
            *_each("evidence", checked.evidence),
            *_each("fact", checked.damaged),
        ]
        return {
            "equal": not (differences or figures),
            "signature": "valid" if signed else "invalid",
            "bytes": "equal" if same else "different",
            "rules": freeze["rules"],
            "renderer": renderer,
            "words_made_again": words_made_again,
            "quick": self.quick,
            "withdrawn": briefing.status == WITHDRAWN,
            "facts": [
                {"fact": identity, "problem": problem}
                for identity, problem in sorted(checked.damaged.items())
            ],
            "figures": figures,
            "parts": parts,
            "stored": stored,
            "strangers": sorted(checked.untrusted),
            "failure": self.failures[0][0] if self.failures else None,
            "differences": differences,
        }

    def _made(self, printed: Json, checked: Checked) -> Json | None:
        """The document as the facts make it now; None where that is impossible, which is noted. In
        a quick verification only the digests of the facts are made again."""
        if self.quick:
            return self._from_facts(lambda: self._with_digests(printed, checked))
        rules = printed["freeze"]["rules"]
        if str(rules) not in RULES:
            failure = f"this version of the system doesn't know the rules {rules}"
            self._fail(failure, difference("rules", rules, "unknown"))
            return None
        last_week, before = self._last_week(printed), self._before()
        if self.failures:
            return None
        return self._from_facts(lambda: self._recomputed(printed, checked, before, last_week))

    def _from_facts(self, make: Callable[[], Json]) -> Json | None:
        """What `make` makes of the facts; None where that is impossible, which is noted."""
        try:
            return make()
        except (*UNREADABLE, WarmError) as error:
            failure = f"the facts can't be folded: {type(error).__name__}"
            self._fail(failure, difference("document", self.briefing.id, "not_foldable"))
            return None

    def _recomputed(
        self, printed: Json, checked: Checked, before: Json | None, last_week: Json | None
    ) -> Json:
        """Made from the frozen facts and from the masthead."""
        known = self._with_digests(printed, checked)
        # Issues of earlier releases don't have all of them.
        masthead = {name: it for name, it in known["masthead"].items() if name in SIGNED_BESIDE}
        subjects = self.facts.frozen(known["freeze"]["sources"], checked.untrusted)
        edits = printed.get("edited_points", [])
        made = issue_document(
            self.period, subjects, known["freeze"], masthead, before, last_week, edits
        )
        return made | {"keyid": printed["keyid"]}

    def _with_digests(self, printed: Json, checked: Checked) -> Json:
        """The document with the digests of the facts as they are stored now."""
        digests = self.sealed.digests(printed["freeze"]["sources"], checked)
        self._facts_root = digests.root
        freeze = printed["freeze"] | {"facts": digests.chains}
        masthead = printed["masthead"]
        if "facts_root" in masthead:
            masthead = masthead | {"facts_root": stored_facts.printed(digests.root)}
        return rendering.without_signature(printed) | {"freeze": freeze, "masthead": masthead}

    def _fail(self, failure: str, named: Json) -> None:
        """Note why it can't be computed again."""
        self.failures.append((failure, named))

    def _last_week(self, printed: Json) -> Json | None:
        """The issue of the week before that the document is compared with, if it is the one that
        was named."""
        expected = printed["freeze"].get("last_week")
        if not expected:
            return None
        try:
            found = self.named(printed["freeze"], self.period)
            digest = found and canonical.sha256(rendering.without_signature(found))
            if found and digest == expected["digest"]:
                return found
        except (*UNREADABLE, WarmError):
            pass
        failure = "the issue of the period before isn't the one that is named"
        name = expected.get("urn") if isinstance(expected, dict) else expected
        self._fail(failure, difference("last_week", name, "not_named"))
        return None

    def _before(self) -> Json | None:
        """The document that this one replaces, if it is as it was signed."""
        try:
            found = self.replaced()
            if found is None or is_signed(found, self.keys):
                return found
        except (*UNREADABLE, WarmError):
            pass
        failure = "the issue that it replaces isn't as it was published"
        self._fail(failure, difference("replaced", self.briefing.replaces, "other_text"))
        return None

    def _published_otherwise(self) -> bool:
        """Does the event of its publication say another digest?"""
        return self.published is not None and self.published.get("digest") != self.briefing.digest

    def _withdrawn_otherwise(self) -> bool:
        """Isn't the stored withdrawal as it was signed, or as the event of it says?"""
        stored, known = self.briefing.withdrawal, self.withdrawn
        # Anything else that is empty was put there by hand.
        if stored is None or stored == {}:
            return known is not None or self.briefing.status == WITHDRAWN
        try:
            notice = stored["notice"]
            digest = hashlib.sha256(notice.encode()).hexdigest().encode()
            signed = self.keys.verifies(stored["signature"], digest)
            about = json.loads(notice)["digest"] == self.briefing.digest
        except UNREADABLE:
            return True
        said = known is None or known.get("notice") == notice
        return not (signed and about and said and self.briefing.status == WITHDRAWN)

    def _different_forms(self, made: list[Json] | None) -> Iterator[Json]:
        """What is wrong with manifest and forms. `made` are readable forms that were made again."""
        briefing = self.briefing
        if not (briefing.manifest or "manifest" in (self.published or {})):
            yield from self._different_texts(made)
            return
        stated = Stated(briefing.urn, INTERNAL, briefing.digest, self._facts_root)
        manifest, event = plain(briefing.manifest), self.published
        yield from manifest_differences(manifest, stated, event, self.keys, self.kept, made or ())

    def _different_texts(self, made: list[Json] | None) -> Iterator[Json]:
        """Of an issue of an earlier release: how the stored readable forms differ from those `made`
        again. Where none are, how they differ from what the event of publication says, and from
        their own digests."""
        stored = _by_form(self.briefing.renderings)
        event = self.published or {}
        expected = _by_form(made or event.get("renderings") or _forms(f"{URN}{self.briefing.id}"))
        for form in expected.keys() - stored.keys():
            yield difference("rendering", form, "gone")
        for form, entries in stored.items():
            if form not in expected or len(entries) > 1:
                yield difference("rendering", form, "more")
            elif not _is_form(entries[0], expected[form][0]):
                yield difference("rendering", form, "other_text")
        if stored.keys() == expected.keys() and list(stored) != list(expected):
            yield difference("rendering", ", ".join(stored), "out_of_order")


def _each(part: str, found: Mapping[str, str]) -> Iterator[Json]:
    """The differences of one kind: name → how it differs."""
    for name, how in sorted(found.items()):
        yield difference(part, name, how)


def _forms(urn: str) -> list[Json]:
    """The readable forms of every renderer so far, without their texts."""
    return [
        {"format": form, "lang": lang, "media_type": media_type, "urn": f"{urn}:{form}:{lang}"}
        for form, media_type in rendering.MEDIA_TYPES.items()
        for lang in LANGUAGES
    ]


def _by_form(renderings: Any) -> dict[str, list[Any]]:
    """Format and language → the entries."""
    found: dict[str, list[Any]] = {}
    for entry in renderings if isinstance(renderings, list) else []:
        known = isinstance(entry, dict)
        name = f"{entry.get('format')} {entry.get('lang')}" if known else repr(entry)[:100]
        found.setdefault(name, []).append(entry)
    return found


def _is_form(stored: Any, expected: Json) -> bool:
    try:
        known = {name: stored[name] for name in expected}
        return bool(known == dict(expected)) and rendering.is_intact(stored)
    except UNREADABLE:
        return False


def unusable(failure: str, named: Json, **more: object) -> Json:
    """The verdict on an issue that isn't there or can't be read."""
    nothing: Json = {"facts": [], "figures": [], "parts": [], "stored": [], "strangers": []}
    return {
        "equal": False,
        "signature": "invalid",
        "bytes": "different",
        "rules": None,
        "renderer": None,
        "words_made_again": False,
        "quick": False,
        "withdrawn": False,
        **nothing,
        "failure": failure,
        "differences": [named],
        **more,
    }


def _bytes(made: Json, printed: Json) -> bytes:
    """Compared as bytes: another spelling of the same content is another document."""
    digest = canonical.sha256(made)
    return canonical.dumps(made | {"digest": digest, "signature": printed["signature"]})


def is_signed(printed: Json, keys: Verifier) -> bool:
    digest, signature = canonical.sha256(rendering.without_signature(printed)), printed["signature"]
    return (
        digest == printed["digest"]
        and isinstance(signature, str)
        and keys.verifies(signature, digest.encode())
    )


def _different_parts(printed: Json, made: Json) -> Iterator[str]:
    again = json.loads(canonical.dumps(made))
    for name in FIGURES:
        # Issues of earlier releases have no trends.
        if name in printed and not _agree(printed[name], again[name]):
            yield name


def _agree(printed: Any, made: Any) -> bool:
    """Are the figures of a printed part in the part made again? Words, and members that a later
    renderer added, are left out."""
    if isinstance(printed, dict):
        return isinstance(made, dict) and all(
            _agree(value, made.get(name))
            for name, value in printed.items()
            if name not in LANGUAGES
        )
    if isinstance(printed, list):
        same_length = isinstance(made, list) and len(printed) == len(made)
        return same_length and all(map(_agree, printed, made))
    return bool(printed == made)


def _stored_differences(briefing: Briefing, printed: Json) -> list[str]:
    """The fields stored beside the document that don't agree with it."""
    expected = {
        "id": issue_id(parse_period(printed["period"]), printed["revision"]),
        # Whether it is withdrawn is compared with the notice.
        "status": briefing.status if briefing.status in ISSUED else "published",
        "orgunit": printed["masthead"]["district"],
        # Releases before 0.4 had briefings alone.
        "series": printed.get("series", "briefing"),
        "drafted": None,
        "changes": printed["late"],
        # A first issue has none.
        "reason": printed["masthead"]["reason"] or {},
        # The digests of the facts were added at publication.
        "freeze": printed["freeze"] | {"facts": None},
        **{name: printed[name] for name in BESIDE},
        **{name: printed["masthead"].get(name) for name in SIGNED_FOR},
    }
    return sorted(
        name
        for name, value in expected.items()
        if not _same(_or_none(getattr(briefing, name)), _or_none(value))
    )


def _same(stored: Any, printed: Any) -> bool:
    """Equal as JSON, where neither true nor 1.0 is 1."""
    if isinstance(stored, dict) and isinstance(printed, dict):
        return stored.keys() == printed.keys() and all(
            _same(stored[name], printed[name]) for name in stored
        )
    if isinstance(stored, (list, tuple)) and isinstance(printed, (list, tuple)):
        return len(stored) == len(printed) and all(map(_same, stored, printed))
    alike = all(isinstance(stored, kind) == isinstance(printed, kind) for kind in (bool, float))
    return alike and bool(stored == printed)


def _or_none(value: Any) -> Any:
    """What isn't there is stored as an empty object, where it would be one."""
    return None if value == {} else value


def compared_cells(printed: Iterable[Json], made: Iterable[Json]) -> list[Json]:
    """Every cell that is different, or that only one side has."""
    before, now = _by_key(printed), _by_key(made)
    return [
        {
            "indicator": key[0],
            "orgunit": key[1],
            "printed": _short(before.get(key)),
            "recomputed": _short(now.get(key)),
        }
        for key in sorted(before.keys() | now.keys())
        if before.get(key) != now.get(key)
    ]


def _by_key(cells: Iterable[Json]) -> dict[tuple[str, str], Json]:
    return {(cell["indicator"], cell["orgunit"]): cell for cell in cells}


def _short(cell: Json | None) -> Json | None:
    if cell is None:
        return None
    names = ("value", "qualifier", "numerator", "denominator", "previous", "cumulative")
    return {name: cell[name] for name in names}
