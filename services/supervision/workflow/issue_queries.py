"""Issues as they are stored: found, shown, explained and verified."""

import json
from collections.abc import Mapping

from services.supervision.briefing import rendering
from services.supervision.briefing.assemble import document
from services.supervision.briefing.explain import explain
from services.supervision.briefing.signing import Signer
from services.supervision.briefing.verify import verify
from services.supervision.documents import (
    DISCARDED,
    Briefing,
    OrgUnit,
    issue_id,
    of_period,
    replaced_by,
    revision_of,
)
from services.supervision.figures.as_of import precedence
from services.supervision.figures.territory import Territory
from services.supervision.indicators import EVER, rules_of
from services.supervision.indicators.rules import LEVELS_BY_AREA, Rules
from services.supervision.workflow.projection import Projection
from services.supervision.workflow.publication_checks import (
    require_known_rules,
    require_present_form,
)
from shared.aggregates.repository import Repository
from shared.domain import canonical
from shared.domain.errors import NotFound, ValidationFailed
from shared.domain.periods import Period
from shared.domain.types import Json

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
        """The last issue of the week before, as a freeze names it; None where none is published."""
        before = period.previous()
        found = self.repository.find(Briefing, _id=of_period(before), status="published")
        if not found:
            return None
        last = max(found, key=lambda briefing: briefing.revision)
        return {"urn": last.urn, "revision": last.revision, "digest": last.digest}

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

    def show(self, period: Period, form: str, lang: str, revision: int | None = None) -> str:
        """The briefing as canonical JSON (`form` "json"), text or HTML: an issue as it was
        published, a draft as it would be."""
        briefing = self.issue(period, revision)
        if briefing.document:
            return _published(briefing, form, lang)
        require_present_form(briefing, "show")
        drafted = document(json.loads(briefing.drafted), self.masthead(briefing, "draft"))
        if form == "json":
            return canonical.dumps(drafted).decode()
        return rendering.render(json.loads(canonical.dumps(drafted)), form, lang)

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
        feeding = self.projection.facts.feeding_query(rules.indicators[indicator], period)
        sources = issue.freeze["sources"]
        subjects = self.projection.frozen(sources, feeding)
        territory = Territory(self._registry(sources, rules), period.last_day)
        return explain(period, indicator, unit, rules, subjects, territory)

    def _registry(self, sources: Mapping[str, int], rules: Rules) -> dict[str, Json]:
        """The registry of an issue, for the levels of its figures: code → state."""
        if not rules.has(LEVELS_BY_AREA):
            return {}
        codes = [unit.id for unit in self.repository.find(OrgUnit)]
        units = self.projection.frozen(sources, {"subject": {"$in": codes}})
        states = (max(events, key=precedence)["data"] for events in units)
        return {state["code"]: state for state in states}

    def verify(self, period: Period, revision: int | None = None) -> Json:
        """Recompute a published issue from the facts; see verify.py."""
        briefing = self.issue(period, revision)
        if not briefing.document:
            reason = "only a published issue can be verified"
            briefing.refuse(action="verify", status=briefing.status, reason=reason)
        facts, evidence = self.projection.facts, self.projection.evidence
        before = self.replaced_document(briefing.id)
        return verify(briefing, period, facts, evidence, self.signer, before, self.named_document)

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
            "prepared_by": briefing.prepared_by,
            "prepared_at": briefing.prepared_at,
            "approved_by": briefing.approved_by,
            "published_at": briefing.published_at,
        }


def _require_indicator(indicator: str, known: Mapping[str, object]) -> None:
    if indicator not in known:
        names = ", ".join(known)
        raise ValidationFailed({"indicator": [f"Must be one of: {names}."]})


def _published(briefing: Briefing, form: str, lang: str) -> str:
    """A form of a published issue, as it is stored."""
    if form == "json":
        printed: str = briefing.document
        return printed
    found: str = next(
        entry["text"]
        for entry in briefing.renderings
        if (entry["format"], entry["lang"]) == (form, lang)
    )
    return found
