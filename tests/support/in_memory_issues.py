"""The issues of a week on a repository in memory: no facts, and a document that a test makes."""

import json
from types import SimpleNamespace

from services.supervision.briefing.assemble import CONTENT
from services.supervision.briefing.revisions import READ_PARTS
from services.supervision.documents import URN, Briefing
from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import PRESENT
from services.supervision.proof import manifest as manifests
from services.supervision.service import SupervisionService
from shared.contracts.envelope import Moment
from shared.domain import canonical
from shared.domain.periods import Week, format_instant
from tests.support.memory import MemoryService
from tests.unit.services.supervision.forms.test_rendering import signer

WEEK = Week(2017, 6)
DRAFTER, SUBMITTER, SIGNER = "service:supervision", "person:li.si", "person:zhang.san"
DIGEST = "2edb24d1" + "0" * 56
REASON = {"zh": "数据来源有误", "en": "a source was wrong"}
PUBLIC = {"edition": "public", "notes": {"public": {"earlier": 0}}}
POINT = {
    "indicator": None,
    "zh": "接诊人次：500多人次",
    "en": "consultations: over 500 person-times",
}
DRAFT = {
    "period": str(WEEK),
    "content_digest": DIGEST,
    "freeze": {"renderer": RENDERER, "rules": PRESENT.version, "sources": {}, "incomplete": {}},
    **{part: [] for part in CONTENT if part != "period"},
    **dict.fromkeys(READ_PARTS, []),
    "masthead": {"district": "410103"},
    "orgunits": {"410103006": "八家村街道"},
    "headlines": [POINT, POINT],
    "edited_points": [],
}


class Issues(MemoryService, SupervisionService):
    """Supervision's methods on issues. A draft is made by `drafted`, not from facts."""

    ACTOR, TIME, UNIT = SUBMITTER, "2017-02-13T12:00:00+08:00", "410103"

    def __init__(self, four_eyes=True):
        super().__init__(WEEK.cutoff, [self.UNIT])
        self.context.orgunits.district = lambda: self.UNIT
        self.context.settings = SimpleNamespace(
            beginning=None,
            needs_four_eyes=four_eyes,
            programme={"zh": "温暖二七", "en": "Warm"},
            public_threshold=5,
            forms=(),
        )
        # No test here makes forms.
        self.context.database = {"issue_forms": None}
        self.projection, self.signer = SimpleNamespace(), signer()

    def drafted(self, actor=DRAFTER, revision=0, **changes):
        """The id of a new draft of the week."""
        draft, now = DRAFT | changes, Moment(WEEK.cutoff)
        who = {"actor": actor, "name": None, "office": None}
        command = self.repository.command("draft_briefing", f"draft-{self.commands}", actor, {})
        self.commands += 1
        self.repository.put(
            Briefing,
            f"briefing:{WEEK}:r{revision}",
            command,
            lambda it: it.draft(draft, who, format_instant(WEEK.cutoff), now),
            orgunit=self.UNIT,
            period=str(WEEK),
            revision=revision,
        )

    def do(self, method, **given):
        return self.ask(method, **{"period": str(WEEK), **given})

    def state(self, **given):
        return self.do("issue_state", **given)

    def submit(self, actor=SUBMITTER):
        return self.do("submit_briefing", actor=actor, content_digest=self.digest)

    def approve(self, actor=SIGNER):
        return self.do("approve_briefing", actor=actor, content_digest=self.digest)

    def published(self, revision=0, **changes):
        """An issue of the week, approved and published."""
        self.drafted(SUBMITTER, revision, **changes)
        self.approve()
        masthead = self.masthead() | {"published_at": format_instant(WEEK.cutoff)}
        masthead |= {"reason": REASON} if revision else {}
        document = DRAFT | {"masthead": masthead, "late": [], "cells": []} | changes
        printed = self._edition("internal", revision, document) | {
            "issue": 1,
            "published_at": format_instant(WEEK.cutoff),
            "public": self._edition("public", revision, document | PUBLIC),
        }
        if revision:
            known = {"replaces": f"{URN}{WEEK}:r{revision - 1}", "reason": REASON, "changes": []}
            printed |= known
        command = self.repository.command("publish_briefing", f"publish-{revision}", SIGNER, {})
        now = Moment(WEEK.cutoff)
        identity = self.stored(revision)["_id"]
        self.repository.change(Briefing, identity, command, lambda it: it.publish(printed, now))

    def _edition(self, name, revision, document):
        digest = canonical.sha256(document)
        manifest = {
            "urn": f"{URN}{WEEK}:r{revision}",
            "edition": name,
            "digest": digest,
            "renderings": [],
            "facts_root": "0" * 64,
        }
        return {
            "document": canonical.dumps(document).decode(),
            "content_digest": DIGEST,
            "digest": digest,
            "keyid": self.signer.keyid,
            "signature": self.signer.sign(digest.encode()),
            "manifest": manifests.signed(manifest, self.signer),
        }

    def withdraw(self, actor=SIGNER, reason=REASON, **given):
        return self.do("withdraw_briefing", actor=actor, reason=reason, **given)

    @property
    def digest(self):
        return self.state()["content_digest"]

    def register(self, code, name, office):
        given = {"name": {"zh": name}, "office": {"zh": office}, "valid_from": "2017-01-01"}
        self.ask("register_staff", code=code, **given)

    def masthead(self, revision=None):
        """What would be printed now."""
        issue = self._issues.issue(WEEK, revision)
        return self._issues.masthead(issue, "draft")

    def stored(self, revision=0):
        return self.collection.documents[f"briefing:{WEEK}:r{revision}"]

    def draft_of(self, revision=0):
        return json.loads(self.stored(revision)["drafted"])
