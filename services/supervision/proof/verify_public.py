"""Is the public edition of an issue that of its internal one, as it was signed and published?"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from services.supervision.briefing.differences import difference
from services.supervision.briefing.signing import Verifier
from services.supervision.documents import WITHDRAWN, Briefing
from services.supervision.facts.fact_store import UNREADABLE
from services.supervision.forms import rendering
from services.supervision.forms.renderer import RENDERER, renderer_of
from services.supervision.proof.verify import (
    compared_cells,
    is_signed,
    unusable,
)
from services.supervision.proof.verify_manifest import Kept, Stated, manifest_differences
from shared.domain import canonical
from shared.domain.form_names import PUBLIC
from shared.domain.types import Json

# An issue and its public document → that document made again from the internal one, without
# signature; None where that is impossible.
MadeAgain = Callable[[Briefing, Json], Json | None]

NOT_MADE = "the public edition can't be made again"
BESIDE = ("content_digest", "digest", "keyid", "signature")


class PublicVerification:
    """`published` is the data of the event that carried it; None where that is no fact yet."""

    def __init__(
        self,
        briefing: Briefing,
        keys: Verifier,
        kept: Kept,
        made_again: MadeAgain,
        published: Json | None,
    ) -> None:
        self.briefing = briefing
        self.keys = keys
        self.kept = kept
        self.made_again = made_again
        self.published = published
        self.stored = briefing.edition(PUBLIC)

    def verdict(self) -> Json:
        """As `Verification.verdict`. Facts aren't read: they are the internal edition's."""
        try:
            compared = self._compared()
        except UNREADABLE as error:
            named = difference("document", self.briefing.id, "unreadable")
            compared = unusable(f"the issue can't be read: {type(error).__name__}", named)
        names = ("period", "issue", "revision")
        known: dict[str, Any] = {name: getattr(self.briefing, name) for name in names}
        return known | {"digest": self.stored.get("digest"), "edition": PUBLIC} | compared

    def _compared(self) -> Json:
        printed = json.loads(self.stored["document"])
        renderer = renderer_of(printed["freeze"])
        again = renderer == RENDERER
        made = self.made_again(self.briefing, printed) if again else printed
        same = made is not None and self._is_same(made, printed)
        signed = is_signed(printed, self.keys)
        stored = [name for name in BESIDE if self.stored[name] != printed[name]]
        if self.published is not None and self.published.get("digest") != self.stored["digest"]:
            stored.append("publication")
        figures = compared_cells(printed["cells"], made["cells"]) if made else []
        forms = rendering.renderings(printed) if again and same else []
        differences = [
            *([] if made else [difference("document", self.briefing.id, "not_foldable")]),
            *([] if signed else [difference("signature", self.briefing.id, "invalid")]),
            *([] if same else [difference("document", self.briefing.id, "other_bytes")]),
            *(difference("stored", name, "other_value") for name in sorted(stored)),
            *self._different_forms(forms),
        ]
        nothing: Json = {"facts": [], "parts": [], "strangers": []}
        return nothing | {
            "equal": not (differences or figures),
            "signature": "valid" if signed else "invalid",
            "bytes": "equal" if same else "different",
            "rules": printed["freeze"]["rules"],
            "renderer": renderer,
            "words_made_again": again,
            "quick": False,
            "withdrawn": self.briefing.status == WITHDRAWN,
            "figures": figures,
            "stored": stored,
            "failure": None if made else NOT_MADE,
            "differences": differences,
        }

    def _is_same(self, made: Json, printed: Json) -> bool:
        """Compared as bytes. The signature is checked by itself: another key may have made it."""
        signatures = {name: printed[name] for name in ("keyid", "signature")}
        unsigned = rendering.without_signature(made) | {"keyid": printed["keyid"]}
        whole = unsigned | {"digest": canonical.sha256(unsigned)} | signatures
        return canonical.dumps(whole).decode() == str(self.stored["document"])

    def _different_forms(self, made: list[Json]) -> Iterator[Json]:
        root = (self.briefing.manifest or {}).get("facts_root")
        stated = Stated(self.briefing.urn, PUBLIC, self.stored["digest"], root)
        manifest = self.stored["manifest"]
        yield from manifest_differences(
            manifest, stated, self.published, self.keys, self.kept, made
        )
