"""The programme office's work on an issue: draft, approve, publish, show, verify."""

import json

from services.supervision import printing
from services.supervision.compose import content, document, fold_week
from services.supervision.documents import Briefing, issue_id
from services.supervision.indicators import RULES_VERSION
from services.supervision.verify import verify
from shared import canonical
from shared.envelope import Moment
from shared.errors import Conflict, Forbidden, NotFound
from shared.periods import Period, format_instant

RECIPIENTS = {"zh": "“温暖二七”领导小组", "en": "the leading group of the programme"}


class Office:
    """One command of the office each; `books`, `projection` and `signer` do the rest."""

    def __init__(self, books, projection, signer, programme):
        self.books = books
        self.projection = projection
        self.signer = signer
        self.programme = programme

    def draft(self, command, period):
        """Draft the week from all that is known now; again until it is published."""
        freeze = self._freeze()
        week = self._week(period, freeze)
        digest = canonical.sha256(content(week))
        at = format_instant(command.recorded)
        moment = Moment(command.recorded)
        try:
            self.books.get(Briefing, issue_id(period))
        except NotFound:
            return self.books.create(
                Briefing,
                command,
                lambda briefing: briefing.draft(moment),
                identity=issue_id(period),
                orgunit=week.district,
                period=str(period),
                freeze=freeze,
                content_digest=digest,
                prepared_by=command.actor,
                prepared_at=at,
            )
        return self.books.change(
            Briefing,
            issue_id(period),
            command,
            lambda briefing: briefing.redraft(freeze, digest, command.actor, at, moment),
        )

    def approve(self, command, period, content_digest):
        """Only a person can answer for an issue; `content_digest` says what was read, if given."""
        if not command.actor.startswith("person:"):
            raise Forbidden({"actor": command.actor, "reason": "a person approves, by name"})
        return self.books.change(
            Briefing,
            issue_id(period),
            command,
            lambda briefing: briefing.approve(
                command.actor, content_digest, Moment(command.recorded)
            ),
        )

    def publish(self, command, period):
        """Publish what was approved. Raises Conflict naming what is missing for that."""
        return self.books.change(
            Briefing, issue_id(period), command, lambda briefing: self._publish(command, briefing)
        )

    def printed(self, period):
        """The briefing's document: the published one, or the draft as it would be printed."""
        briefing = self.books.get(Briefing, issue_id(period))
        if briefing.document:
            return json.loads(briefing.document)
        week = self._week(period, briefing.freeze)
        return document(week, briefing.freeze, self._masthead(briefing, "draft"))

    def show(self, period, form, lang):
        """The briefing in one form: canonical JSON, or text."""
        briefing = self.books.get(Briefing, issue_id(period))
        if form == "json":
            return briefing.document or canonical.dumps(self.printed(period)).decode()
        return printing.text(self.printed(period), lang)

    def verify(self, period):
        briefing = self.books.get(Briefing, issue_id(period))
        if not briefing.document:
            raise Conflict(
                {
                    "kind": "briefing",
                    "id": briefing.id,
                    "status": briefing.status,
                    "reason": "only a published issue can be verified",
                }
            )
        projection = self.projection
        return verify(briefing, period, projection.facts, projection.evidence, self.signer)

    def _publish(self, command, briefing):
        briefing.require("publish")
        period = Period.parse(briefing.period)
        self._require_final(command, briefing, period)
        sources, evidence = briefing.freeze["sources"], self.projection.evidence
        # Sealed first: from here on the issue's facts can't become others.
        evidence.seal(sources)
        week = self._week(period, briefing.freeze)
        if canonical.sha256(content(week)) != briefing.content_digest:
            briefing.refuse(action="publish", reason="not what was approved; draft it again")
        freeze = briefing.freeze | {"facts": evidence.chain(sources, evidence.strangers())}
        issue = self._next_issue()
        published = self._masthead(briefing, "final") | {
            "issue": issue,
            "published_at": format_instant(command.recorded),
        }
        made = printing.sealed(
            document(week, freeze, published) | {"keyid": self.signer.keyid}, self.signer
        )
        names = ("content_digest", "digest", "signature", "keyid")
        printed = {name: made[name] for name in names} | {
            "document": canonical.dumps(made).decode(),
            "published_at": published["published_at"],
            "renderings": printing.renderings(made),
        }
        briefing.publish(issue, printed, Moment(command.recorded))

    def _require_final(self, command, briefing, period):
        if command.recorded < period.cutoff:
            briefing.refuse(action="publish", not_before=format_instant(period.cutoff))
        if briefing.freeze["incomplete"]:
            briefing.refuse(
                action="publish",
                missing=briefing.freeze["incomplete"],
                reason="drafted without these services; draft again when they answer",
            )

    def _freeze(self):
        standings = self.projection.catch_up()
        return {
            "sources": {standing.source: standing.mark for standing in standings},
            "incomplete": [item.source for item in standings if not item.complete],
            "rules": RULES_VERSION,
            "facts": None,
        }

    def _week(self, period, freeze):
        week = fold_week(period, self.projection.frozen(freeze["sources"]))
        if week.district is None:
            raise Conflict({"kind": "briefing", "reason": "the registry of org units is empty"})
        return week

    def _masthead(self, briefing, status):
        return {
            "programme": self.programme,
            "to": RECIPIENTS,
            "issue": briefing.issue,
            "revision": briefing.revision,
            "replaces": None,
            "status": status,
            "prepared_by": briefing.prepared_by,
            "prepared_at": briefing.prepared_at,
            "approved_by": briefing.approved_by,
            "published_at": briefing.published_at,
        }

    def _next_issue(self):
        published = self.books.find(Briefing, status="published", revision=0)
        return 1 + max((briefing.issue for briefing in published), default=0)
