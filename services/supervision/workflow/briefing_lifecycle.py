"""The programme office's work on an issue: draft, approve, publish, revise, show, verify."""

import json
from dataclasses import replace

from services.supervision.briefing import rendering
from services.supervision.briefing.assemble import document
from services.supervision.briefing.explain import explain
from services.supervision.briefing.revisions import (
    drafted,
    fold_with_news,
    issue_document,
    worded_differently,
)
from services.supervision.briefing.verify import verify
from services.supervision.documents import (
    Briefing,
    OrgUnit,
    issue_id,
    of_period,
    replaced_by,
    revision_of,
)
from services.supervision.figures.figure_cache import steady
from services.supervision.indicators import INDICATORS, RULES_VERSION
from shared.contracts.envelope import LONGEST_EVENT, Moment
from shared.domain import canonical
from shared.domain.errors import Forbidden, NotFound, ValidationFailed
from shared.domain.periods import Period, format_instant

# In bytes; the rest of the event has to fit in beside it.
LONGEST_DOCUMENT = LONGEST_EVENT - 500_000
RECIPIENTS = {"zh": "“温暖二七”领导小组", "en": "the leading group of the programme"}
UNCHANGED = "no figure and nothing that the issue tells has changed"


class BriefingLifecycle:
    """One command of the office each; `books`, `projection` and `signer` do the rest."""

    def __init__(self, repository, projection, signer, programme):
        self.repository = repository
        self.projection = projection
        self.signer = signer
        self.programme = programme

    def latest(self, period):
        """The week's last revision, whatever its status. Raises NotFound."""
        found = self.repository.find(Briefing, _id=of_period(period))
        if not found:
            raise NotFound({"kind": "briefing", "id": issue_id(period)})
        return max(found, key=lambda briefing: revision_of(briefing.id))

    def issue(self, period, revision=None):
        """One revision of the week; the last one if none is named. Raises NotFound."""
        if revision is None:
            return self.latest(period)
        return self.repository.get(Briefing, issue_id(period, revision))

    def draft(self, command, period):
        """Seal the week and draft it from all that is known now; again until it is published."""
        return self.repository.done(command) or self._draft(command, period)

    def _draft(self, command, period):
        self._require_begun(command, period)
        revision = self._open_revision(period)
        identity = issue_id(period, revision)
        standings = self.projection.close(command, period)
        act, state = self._drafting(command, self._look(standings, period, self._before(identity)))
        return self.repository.put(Briefing, identity, command, act, revision=revision, **state)

    def draft_first(self, command, period):
        """Draft a week that has no briefing yet. Raises Conflict where somebody was faster."""
        standings = self.projection.close(command, period)
        act, state = self._drafting(command, self._look(standings, period))
        return self.repository.create(Briefing, command, act, identity=issue_id(period), **state)

    def revise(self, command, period, reason):
        """Draft a revision of the published issue. Raises Conflict when nothing has changed, and
        when somebody else has begun one."""
        return self.repository.done(command) or self._revise(command, period, reason)

    def _revise(self, command, period, reason):
        before = self.latest(period)
        if before.status != "published":
            before.refuse(action="revise", status=before.status, possible_from=["published"])
        standings, printed = self.projection.close(command, period), json.loads(before.document)
        draft = self._look(standings, period, printed)
        if not (draft["late"] or worded_differently(printed, draft)):
            before.refuse(action="revise", reason=UNCHANGED)
        act, state = self._drafting(command, draft)
        return self.repository.create(
            Briefing,
            command,
            act,
            identity=issue_id(period, before.revision + 1),
            revision=before.revision + 1,
            issue=before.issue,
            replaces=_urn(before),
            reason=reason,
            **state,
        )

    def proposal(self, period):
        """What a revision of the published issue would change, as known now."""
        before = self.latest(period)
        if before.document is None:
            before.refuse(action="propose", status=before.status, possible_from=["published"])
        printed = json.loads(before.document)
        draft = self._look(self.projection.standings(), period, printed)
        return {
            "period": str(period),
            "revision": before.revision,
            "changes": draft["late"],
            "told_differently": worded_differently(printed, draft),
        }

    def approve(self, command, period, content_digest):
        """Only a person can answer for an issue; `content_digest` says what was read, if given."""
        if not command.actor.startswith("person:"):
            raise Forbidden({"actor": command.actor, "reason": "a person approves, by name"})
        moment = Moment(command.recorded)
        return self._change(
            command,
            period,
            lambda briefing: briefing.approve(command.actor, content_digest, moment),
        )

    def publish(self, command, period):
        """Publish what was approved. Raises Conflict naming what is missing for that."""
        return self._change(command, period, lambda briefing: self._publish(command, briefing))

    def show(self, period, form, lang, revision=None):
        """The briefing in one form: canonical JSON, or one for people."""
        printed = self._printed(self.issue(period, revision))
        return printed if form == "json" else rendering.written(json.loads(printed), form, lang)

    def explain(self, period, indicator, orgunit, revision=None):
        """The events in a figure of an issue; of the whole district where no unit is named."""
        if indicator not in INDICATORS:
            known = ", ".join(INDICATORS)
            raise ValidationFailed({"indicator": [f"Must be one of: {known}."]})
        issue = self.issue(period, revision)
        unit = self.repository.get(OrgUnit, orgunit or issue.orgunit).id
        feeding = self.projection.facts.feeding(INDICATORS[indicator], period)
        subjects = self.projection.frozen(issue.freeze["sources"], feeding)
        return explain(period, indicator, unit, subjects)

    def verify(self, period, revision=None):
        briefing = self.issue(period, revision)
        if not briefing.document:
            reason = "only a published issue can be verified"
            briefing.refuse(action="verify", status=briefing.status, reason=reason)
        facts, evidence = self.projection.facts, self.projection.evidence
        before = self._before(briefing.id)
        return verify(briefing, period, facts, evidence, self.signer, before)

    def _open_revision(self, period):
        try:
            briefing = self.latest(period)
        except NotFound:
            return 0
        if briefing.status == "published":
            reason = "a published issue never changes; revise it"
            briefing.refuse(action="draft", status=briefing.status, reason=reason)
        return briefing.revision

    @staticmethod
    def _require_begun(command, period):
        if command.recorded < period.start:
            begins = format_instant(period.start)
            raise ValidationFailed({"period": [f"Has not begun: it does on {begins}."]})

    @staticmethod
    def _drafting(command, draft):
        """What makes the draft, and the state of a new one."""
        at, moment = format_instant(command.recorded), Moment(command.recorded)

        def act(briefing):
            briefing.draft(draft, command.actor, at, moment)

        return act, {"orgunit": draft["masthead"]["district"], "period": draft["period"]}

    def _change(self, command, period, act):
        """The week's last revision, changed; a repeated command has its answer already."""
        done = self.repository.done(command)
        return done or self.repository.change(Briefing, self.latest(period).id, command, act)

    def _publish(self, command, briefing):
        self._require_time_and_answers(command, briefing)
        sources, evidence = briefing.freeze["sources"], self.projection.evidence
        # Sealed first: from here on the issue's facts can't become others.
        evidence.seal(sources)
        freeze = briefing.freeze | {"facts": evidence.chain(sources, evidence.strangers())}
        published = self._masthead(briefing, "final") | {
            "issue": briefing.issue or self._next_issue(),
            "published_at": format_instant(command.recorded),
        }
        whole = self._document(briefing, freeze, published)
        self._require_reconciled(briefing, whole)
        self._require_approved(briefing, whole)
        made = rendering.sealed(whole | {"keyid": self.signer.keyid}, self.signer)
        self._require_size(briefing, made)
        names = ("content_digest", "digest", "signature", "keyid", "issue")
        printed = {name: made[name] for name in names} | {
            "document": canonical.dumps(made).decode(),
            "published_at": published["published_at"],
            "renderings": rendering.renderings(made),
            "changes": made["late"],
        }
        briefing.publish(printed, Moment(command.recorded))

    def _require_time_and_answers(self, command, briefing):
        briefing.require("publish")
        cutoff = Period.parse(briefing.period).cutoff
        if command.recorded < cutoff:
            briefing.refuse(action="publish", not_before=format_instant(cutoff))
        if briefing.freeze["incomplete"]:
            reason = "drafted without these services; draft again when they answer"
            missing = sorted(briefing.freeze["incomplete"])
            briefing.refuse(action="publish", missing=missing, reason=reason)

    def _require_reconciled(self, briefing, whole):
        rows = whole["completeness"]["services"]
        problems = {row["service"]: row["problem"] for row in rows if row["problem"]}
        if problems:
            reason = "the week isn't reconciled with these services; draft it again"
            briefing.refuse(
                action="publish", missing=sorted(problems), problems=problems, reason=reason
            )

    def _require_size(self, briefing, made):
        # As it stands in the event: text within JSON.
        size = len(json.dumps(canonical.dumps(made).decode(), ensure_ascii=False).encode())
        if size > LONGEST_DOCUMENT:
            reason = "too long to be sent"
            briefing.refuse(action="publish", size=size, limit=LONGEST_DOCUMENT, reason=reason)

    def _require_approved(self, briefing, whole):
        if whole["content_digest"] != briefing.content_digest:
            briefing.refuse(action="publish", reason="not what was approved; draft it again")
        before = self._before(briefing.id)
        if before and not (whole["late"] or worded_differently(before, whole)):
            briefing.refuse(action="publish", reason=UNCHANGED)

    def _look(self, standings, period, before=None):
        """The draft of the week as it is known now; `before` is the document that it revises."""
        marks = {standing.source: standing.mark for standing in standings}
        since = before and before["freeze"]["sources"]
        week, news, sources = steady(lambda: self._recalled(period, marks, since))
        return drafted(week, self._freeze(standings, sources), news, before)

    def _recalled(self, period, marks, since):
        """The week, its news, and what each source is complete up to: folded from all facts where
        the figures hold what isn't complete."""
        with self.projection.recalled(marks) as recalled:
            if recalled:
                week_query, sources = recalled
                return *week_query.week(period, since or sources), sources
            facts = self.projection.frozen(marks)
            return *fold_with_news(period, facts, since or marks), marks

    def _freeze(self, standings, sources):
        reached = [replace(standing, mark=sources[standing.source]) for standing in standings]
        return {
            "sources": sources,
            "incomplete": {item.source: item.problem for item in reached if item.problem},
            "parked": self.projection.parked(),
            "rules": RULES_VERSION,
            "facts": None,
        }

    def _before(self, identity):
        """The document that a revision replaces; None for a first issue."""
        replaced = replaced_by(identity)
        return json.loads(self.repository.get(Briefing, replaced).document) if replaced else None

    def _document(self, briefing, freeze, masthead):
        period, facts = Period.parse(briefing.period), self.projection.frozen(freeze["sources"])
        return issue_document(period, facts, freeze, masthead, self._before(briefing.id))

    def _printed(self, briefing):
        """The text of the published document, or of the draft as it would be printed."""
        if briefing.document:
            return briefing.document
        draft, masthead = json.loads(briefing.drafted), self._masthead(briefing, "draft")
        return canonical.dumps(document(draft, masthead)).decode()

    def _masthead(self, briefing, status):
        return {
            "programme": self.programme,
            "to": RECIPIENTS,
            "issue": briefing.issue,
            "revision": briefing.revision,
            "replaces": briefing.replaces,
            "reason": dict(briefing.reason) if briefing.reason else None,
            "status": status,
            "prepared_by": briefing.prepared_by,
            "prepared_at": briefing.prepared_at,
            "approved_by": briefing.approved_by,
            "published_at": briefing.published_at,
        }

    def _next_issue(self):
        return 1 + max(self.repository.values(Briefing, "issue"), default=0)


def _urn(briefing):
    return f"urn:warm:briefing:{briefing.period}:r{briefing.revision}"
