"""Issues as they are stored: found, their state, explained."""

import json
from collections.abc import Mapping

from services.supervision.briefing.explain import explain
from services.supervision.briefing.signing import Signer
from services.supervision.documents import (
    DISCARDED,
    ISSUED,
    URN,
    Briefing,
    OrgUnit,
    of_period,
    replaced_by,
    revision_of,
)
from services.supervision.figures.as_of import precedence
from services.supervision.figures.territory import Territory
from services.supervision.indicators import EVER, PRESENT, rules_of
from services.supervision.indicators.rules import LEVELS_BY_AREA, Rules
from services.supervision.oversight.staff import PRINTED, printed_as
from services.supervision.proof import stored_facts
from services.supervision.proof.verify import UNREADABLE
from services.supervision.workflow.projection import Projection
from services.supervision.workflow.publication_checks import require_known_rules
from shared.aggregates.aggregate import Command, plain
from shared.aggregates.repository import Repository
from shared.contracts.fields import one_of
from shared.contracts.limits import page
from shared.contracts.series import issue_id
from shared.domain.errors import NotFound, ValidationFailed
from shared.domain.periods import SHANGHAI, Period, Week
from shared.domain.report_periods import parse_period
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES

RECIPIENTS = {"zh": "“温暖二七”领导小组", "en": "the leading group of the programme"}


class IssueQueries:
    """`programme` is the programme's name by language."""

    def __init__(
        self,
        repository: Repository,
        projection: Projection,
        signer: Signer,
        programme: Mapping[str, str],
    ) -> None:
        self.repository = repository
        self.projection = projection
        self.signer = signer
        self.programme = programme

    def latest(self, period: Period) -> Briefing:
        """The week's last revision, whatever its status; a discarded draft is none. Raises
        NotFound."""
        found = self.repository.find(Briefing, _id=of_period(period), status={"$ne": DISCARDED})
        if not found:
            raise NotFound({"kind": "briefing", "id": issue_id(period)})
        return max(found, key=lambda briefing: revision_of(briefing.id))

    def issue(self, period: Period, revision: int | None = None) -> Briefing:
        """One revision of the week; the last one where none is named. Raises NotFound."""
        if revision is None:
            return self.latest(period)
        briefing = self.repository.get(Briefing, issue_id(period, revision))
        if briefing.status == DISCARDED:
            raise NotFound({"kind": "briefing", "id": briefing.id})
        return briefing

    def last_week(self, period: Period) -> Json | None:
        """The issue of the week before that is in force, as a freeze names it; None where there is
        none."""
        last = self.in_force(period.previous())
        return last and {"urn": last.urn, "revision": last.revision, "digest": last.digest}

    def in_force(self, period: Period) -> Briefing | None:
        """The week's last issue; where that is withdrawn, the successor that it names, if that is
        of the same week. None where nothing is in force."""
        query = {"_id": of_period(period), "status": {"$in": list(ISSUED)}}
        issues = {issue.urn: issue for issue in self.repository.find(Briefing, **query)}
        last = max(issues.values(), key=lambda issue: issue.revision, default=None)
        # A successor is published when it is named, so that this ends.
        while last and (notice := last.notice):
            last = issues.get(notice["successor"])
        return last

    def by_urn(self, urn: str) -> Briefing:
        """The issue with this urn. Raises NotFound."""
        period, revision = urn.removeprefix(URN).split(":", 1)[1].rsplit(":r", 1)
        return self.issue(parse_period(period), int(revision))

    def named_document(self, freeze: Json, period: Period) -> Json | None:
        """The document of the issue of the week before that the freeze names. Raises NotFound."""
        named = freeze.get("last_week")
        if not named:
            return None
        identity = issue_id(period.previous(), named["revision"])
        found: Json = json.loads(self.repository.get(Briefing, identity).document)
        return found

    def replaced_document(self, identity: str) -> Json | None:
        """The document that the revision with this id replaces; None for a first issue."""
        replaced = replaced_by(identity)
        if not replaced:
            return None
        found: Json = json.loads(self.repository.get(Briefing, replaced).document)
        return found

    def who(self, command: Command) -> Json:
        """Who gives the command, and how the staff register has that person printed today."""
        day = command.recorded.astimezone(SHANGHAI).date()
        return {"actor": command.actor, **printed_as(self.repository, command.actor, day)}

    def state(self, period: Period, revision: int | None = None) -> Json:
        """How far an issue is, and who did what about it. Raises NotFound."""
        briefing = self.issue(period, revision)
        names = ("period", "revision", "issue", "urn", "status", "content_digest")
        return {name: getattr(briefing, name) for name in names} | {
            "drafted_by": briefing.prepared_by,
            "drafted_at": briefing.prepared_at,
            "submitted_by": _person(briefing.submitted_by, briefing.preparer),
            "submitted_at": briefing.submitted_at,
            "approved_by": _person(briefing.approved_by, briefing.signer),
            "published_at": briefing.published_at,
            "four_eyes": briefing.four_eyes,
            "comments": [plain(comment) for comment in briefing.comments],
            "sign_offs": [plain(it) for it in briefing.sign_offs],
            "edited_points": _edited(briefing),
            "withdrawal": _withdrawal(briefing),
        }

    def changes(self, period: Period, revision: int | None = None) -> Json:
        """What a revision, or the draft of one, changes. Raises NotFound."""
        briefing = self.issue(period, revision)
        document = json.loads(briefing.document or briefing.drafted)
        names = ("period", "revision", "urn", "replaces")
        return {name: getattr(briefing, name) for name in names} | {
            "reason": plain(briefing.reason) or None,
            "rules": document["freeze"]["rules"],
            "rules_before": document.get("rules_before"),
            "changes": document["late"],
            # Releases before 0.3 didn't list them.
            "changed_parts": document.get("changed_parts"),
        }

    def edited_points(self, identity: str) -> list[Json]:
        """The main points of the draft with this id that a person has put in other words; none
        where there is no draft."""
        drafted = self.repository.fields(Briefing, ["drafted"], _id=identity)
        text = drafted[0].get("drafted") if drafted else None
        found: list[Json] = json.loads(text).get("edited_points", []) if text else []
        return found

    def explain(
        self, period: Period, indicator: str, orgunit: str | None, revision: int | None = None
    ) -> Json:
        """The events in a figure of an issue; of the district where no unit is named."""
        _require_indicator(indicator, EVER)
        issue = self.issue(period, revision)
        require_known_rules(issue, "explain")
        rules = rules_of(issue.freeze)
        _require_indicator(indicator, rules.indicators)
        unit = self.repository.get(OrgUnit, orgunit or issue.orgunit).id
        sources = issue.freeze["sources"]
        standing = self._standing(rules, indicator, period, sources)
        feeding = self.projection.facts.feeding_query(rules.indicators[indicator], period, standing)
        subjects = self.projection.frozen_among(sources, feeding)
        try:
            territory = Territory(self._registry(sources, rules), period.last_day)
            return explain(period, indicator, unit, rules, subjects, territory)
        except UNREADABLE:
            reason = "facts of it can't be read: somebody changed them; verify names them"
            issue.refuse(action="explain", reason=reason)

    def facts(
        self, period: Period, revision: int | None, source: str, after: int, limit: int
    ) -> Json:
        """The facts of a published issue with the next `limit` numbers of a source, or as many of
        them as an answer may have, and the number of its last one. Raises NotFound, and Conflict
        before it is published."""
        issue = self.issue(period, revision)
        if not issue.document:
            reason = "only a published issue has its facts"
            issue.refuse(action="issue_facts", status=issue.status, reason=reason)
        last = issue.freeze["sources"].get(source, 0)
        until = min(after + limit, last)
        untrusted = self.projection.evidence.untrusted_among(source, after, until)
        facts = self.projection.facts.collection
        found = stored_facts.page(facts, source, after, until, untrusted)
        listed = ({"number": number, "text": text} for number, text in found)
        return {
            # An issue is a fact too, and a long one.
            "facts": list(page(listed, lambda fact: len(json.dumps(fact)))),
            "last": last,
        }

    def _standing(
        self, rules: Rules, indicator: str, period: Period, sources: Mapping[str, int]
    ) -> set[str] | None:
        """The subjects of which a level may stand at the week's end, where they are known."""
        if rules.version != PRESENT.version or rules.indicators[indicator].since is None:
            return None
        if not isinstance(period, Week):
            return None
        return self.projection.sealed_figures.standing(indicator, period, sources)

    def _registry(self, sources: Mapping[str, int], rules: Rules) -> dict[str, Json]:
        """The registry of an issue, for the levels of its figures: code → state."""
        if not rules.has(LEVELS_BY_AREA):
            return {}
        codes = [unit.id for unit in self.repository.find(OrgUnit)]
        units = self.projection.frozen_among(sources, {"subject": {"$in": codes}})
        states = (max(events, key=precedence)["data"] for events in units)
        return {state["code"]: state for state in states}

    def masthead(self, briefing: Briefing, status: str) -> Json:
        """Who prepared, approved and published the briefing, and when."""
        return {
            "programme": self.programme,
            "to": RECIPIENTS,
            "issue": briefing.issue,
            "revision": briefing.revision,
            "replaces": briefing.replaces,
            "reason": dict(briefing.reason) if briefing.reason else None,
            "status": status,
            # The actors are for the proof; people are printed by name and office.
            "prepared_by": briefing.prepared_by,
            "prepared_at": briefing.prepared_at,
            "submitted_by": briefing.submitted_by,
            "submitted_at": briefing.submitted_at,
            "preparer": plain(briefing.preparer or _printed(briefing.maker)) or None,
            "approved_by": briefing.approved_by,
            "signer": plain(briefing.signer) or None,
            "four_eyes": briefing.four_eyes,
            "published_at": briefing.published_at,
        }


def _edited(briefing: Briefing) -> list[Json]:
    """The edited main points of an issue or draft, with who edited them."""
    document = json.loads(briefing.document or briefing.drafted)
    return [
        {name: edit[name] for name in ("point", "by_rules", "edited_at")}
        | {"words": {lang: edit[lang] for lang in LANGUAGES}}
        | {"edited_by": {"actor": edit["edited_by"], **edit["editor"]}}
        for edit in document.get("edited_points", [])
    ]


def _withdrawal(briefing: Briefing) -> Json | None:
    notice = briefing.notice
    if notice is None:
        return None
    given = {name: notice[name] for name in ("reason", "successor")}
    return given | {name: plain(briefing.withdrawal[name]) for name in ("by", "at")}


def _printed(who: Json) -> Json:
    return {name: who[name] for name in PRINTED} if who else {}


def _person(actor: str | None, printed: Json) -> Json | None:
    """A person as `who` gives one; name and office are null in issues of earlier releases."""
    if actor is None:
        return None
    return {"actor": actor, **(plain(printed) or dict.fromkeys(PRINTED))}


def _require_indicator(indicator: str, known: Mapping[str, object]) -> None:
    if indicator not in known:
        raise ValidationFailed({"indicator": [f"Must be {one_of(known)}."]})
