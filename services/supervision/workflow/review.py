"""The review of a draft: it is submitted, commented on and signed off by people. The withdrawal of
an issue."""

import hashlib
import json
from collections.abc import Callable, Iterable

from services.supervision.briefing.edited_points import (
    problem,
    sentences_of_rules,
    with_edits,
    without_edits,
)
from services.supervision.briefing.revisions import parts_read_differently
from services.supervision.briefing.signing import Signer
from services.supervision.documents import (
    ISSUED,
    PERSON,
    URN,
    WITHDRAWN,
    Briefing,
    of_period,
    revision_of,
)
from services.supervision.indicators import PRESENT
from services.supervision.oversight.staff import PRINTED
from services.supervision.workflow.issue_queries import IssueQueries
from services.supervision.workflow.publication_checks import (
    require_beginning,
    require_present_form,
)
from services.supervision.workflow.signing_keys import SigningKeys
from shared.aggregates.aggregate import Command
from shared.contracts.envelope import Moment
from shared.contracts.series import issue_id
from shared.domain import canonical
from shared.domain.errors import Forbidden, NotFound, ValidationFailed
from shared.domain.form_names import PUBLIC
from shared.domain.periods import Period, Week, format_instant
from shared.domain.report_periods import parse_period
from shared.domain.types import Json


def require_person(command: Command, action: str) -> None:
    """Raises Forbidden for an actor that isn't a person."""
    if not command.actor.startswith(PERSON):
        raise Forbidden({"actor": command.actor, "reason": f"a person {action}, by name"})


class Review:
    """What people do about an issue before its publication, and its withdrawal after it.

    `first_week` is the programme's first week; None where there is no limit. With `four_eyes` an
    issue needs two people."""

    def __init__(
        self, issues: IssueQueries, first_week: Week | None = None, four_eyes: bool = True
    ) -> None:
        self.issues = issues
        self.present = PRESENT.beginning_in(first_week)
        self.four_eyes = four_eyes

    def submit(self, command: Command, period: Period, content_digest: str) -> Json:
        """Hand the draft in that was read. Raises Forbidden for an actor that isn't a person."""
        require_person(command, "submits")

        def act(briefing: Briefing, who: Json, moment: Moment) -> None:
            briefing.require("submit")
            require_present_form(briefing, "submit")
            require_beginning(briefing, self.present, "submit")
            briefing.submit(who, content_digest, moment)

        return self._act(command, period, act)

    def edit_points(
        self, command: Command, period: Period, content_digest: str, points: list[Json]
    ) -> Json:
        """Put main points of the draft that was read in other words. Raises Forbidden for an actor
        that isn't a person, ValidationFailed for a number that isn't in the sentence of the
        rules."""
        require_person(command, "edits")

        def act(briefing: Briefing, who: Json, moment: Moment) -> None:
            briefing.require("edit")
            require_present_form(briefing, "edit")
            briefing.require_read("edit", content_digest)
            drafted = _edited(json.loads(briefing.drafted), points, who, moment)
            before = self.issues.replaced_document(briefing.id)
            if before:
                drafted["changed_parts"] = parts_read_differently(before, drafted)
            briefing.edit(who, drafted, moment)

        return self._act(command, period, act)

    def comment(self, command: Command, period: Period, part: str | None, text: str) -> Json:
        require_person(command, "comments")
        return self._act(command, period, lambda it, who, now: it.comment(who, part, text, now))

    def resolve(self, command: Command, period: Period, number: int) -> Json:
        require_person(command, "resolves a comment")
        return self._act(command, period, lambda it, who, now: it.resolve(who, number, now))

    def sign_off(
        self, command: Command, period: Period, part: str | None, content_digest: str
    ) -> Json:
        """Raises Forbidden for an actor that isn't a person; with four eyes also for who submitted
        the draft."""
        require_person(command, "signs off")

        def act(briefing: Briefing, who: Json, moment: Moment) -> None:
            briefing.require("review")
            require_other_eyes(briefing, command, self.four_eyes)
            briefing.sign_off(who, part, content_digest, moment)

        return self._act(command, period, act)

    def withdraw(
        self,
        command: Command,
        period: Period,
        revision: int | None,
        reason: Json,
        successor: str | None,
    ) -> Json:
        """Take a published issue back: the last one of the week where no revision is named.

        Raises Forbidden for an actor that isn't a person, ValidationFailed where the successor
        isn't another issue that is in force.
        """
        require_person(command, "withdraws an issue")

        def act(briefing: Briefing, who: Json, moment: Moment) -> None:
            briefing.require("withdraw")
            if successor:
                self._require_successor(briefing, successor)
            keys = SigningKeys(self.issues.repository, self.issues.signer, briefing.orgunit)
            keys.announce_present()
            notice = _notice(briefing, who, reason, successor, moment)
            briefing.withdraw(who, _signed(notice, self.issues.signer), moment)

        return self._act(command, period, act, lambda: self._issued(period, revision))

    def _issued(self, period: Period, revision: int | None) -> str:
        """The id of an issue, or of the last one of the week that was published."""
        if revision is not None:
            issue: str = self.issues.issue(period, revision).id
            return issue
        query = {"_id": of_period(period), "status": {"$in": list(ISSUED)}}
        ids = self.issues.repository.ids(Briefing, **query)
        last: str = max(ids, key=revision_of, default=issue_id(period))
        return last

    def _require_successor(self, briefing: Briefing, successor: str) -> None:
        try:
            found = self.issues.by_urn(successor)
        except (NotFound, ValueError):
            found = None
        if found is None or found.status != "published" or found.id == briefing.id:
            problem = "Must be the urn of another issue that is published and not withdrawn"
            raise ValidationFailed({"successor": [f"{problem}, such as {_next_urn(briefing)}."]})

    def _act(
        self,
        command: Command,
        period: Period,
        act: Callable[[Briefing, Json, Moment], None],
        find: Callable[[], str] | None = None,
    ) -> Json:
        """Change the issue that `find` finds, or else the week's last revision. A repeated command
        gets its first result."""
        repository = self.issues.repository
        done = repository.done(command)
        if done:
            return done
        who, moment = self.issues.who(command), Moment(command.recorded)
        return repository.change(
            Briefing,
            find() if find else self.issues.latest(period).id,
            command,
            lambda briefing: act(briefing, who, moment),
        )


def _edited(drafted: Json, points: Iterable[Json], who: Json, moment: Moment) -> Json:
    """The draft with these main points edited, beside those that were edited before. Raises
    ValidationFailed."""
    sentences, edits = sentences_of_rules(drafted), {}
    for edit in drafted["edited_points"]:
        edits[edit["point"]] = edit
    names = drafted["orgunits"].values()
    for given in points:
        number, words = given["point"], given["words"]
        if number > len(sentences):
            wanted = f"Must be the number of a main point, such as {len(sentences)}."
            raise ValidationFailed({"points": [wanted]})
        by_rules = sentences[number - 1]
        problems = [problem(by_rules[lang], words[lang], names) for lang in words]
        if found := list(filter(None, problems)):
            raise ValidationFailed({"points": found})
        edits.pop(number, None)
        if (by_rules | words) != by_rules:
            edits[number] = {
                "point": number,
                **by_rules,
                **words,
                "by_rules": by_rules,
                "edited_by": who["actor"],
                "editor": {name: who[name] for name in PRINTED},
                "edited_at": format_instant(moment.time),
            }
    return with_edits(without_edits(drafted), [edits[number] for number in sorted(edits)])


def _notice(
    briefing: Briefing, who: Json, reason: Json, successor: str | None, moment: Moment
) -> Json:
    names = ("urn", "issue", "period", "revision", "digest")
    return {name: getattr(briefing, name) for name in names} | {
        "series": briefing.series,
        "public_digest": briefing.edition(PUBLIC).get("digest"),
        "status": WITHDRAWN,
        "reason": reason,
        "successor": successor,
        "withdrawn_at": format_instant(moment.time),
        "withdrawn_by": {name: who[name] for name in PRINTED},
    }


def _signed(notice: Json, signer: Signer) -> Json:
    """The notice as text, with the signature over its digest."""
    text = canonical.dumps(notice | {"keyid": signer.keyid})
    signature = signer.sign(hashlib.sha256(text).hexdigest().encode())
    return {"notice": text.decode(), "keyid": signer.keyid, "signature": signature}


def _next_urn(briefing: Briefing) -> str:
    return f"{URN}{issue_id(parse_period(briefing.period), briefing.revision + 1)}"


def require_other_eyes(briefing: Briefing, command: Command, four_eyes: bool) -> None:
    """With four eyes, raises Forbidden for who prepared the draft."""
    if four_eyes and command.actor == briefing.prepared_for:
        reason = "prepared it: another person has to read it (WARM_FOUR_EYES)"
        raise Forbidden({"actor": command.actor, "reason": reason})
