"""RPC methods for what people say for an assessment: observations, figures, exclusions, appeals."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from services.supervision.assessment.number import PLACES
from services.supervision.assessment.rubric import Rubric
from services.supervision.assessment.rubrics import rubric_for
from services.supervision.oversight.appeals import UPHELD, Appeal, Scores, appeal_id, scores_id
from services.supervision.oversight.declared_figures import DeclaredFigure, declared_figure_id
from services.supervision.oversight.exclusions import Exclusion, exclusion_id
from services.supervision.oversight.half_years import day_of
from services.supervision.oversight.observations import Observation
from services.supervision.oversight.staff import PERSON
from shared.aggregates.aggregate import Aggregate, Command, derived_id
from shared.contracts.envelope import Moment
from shared.contracts.fields import one_of
from shared.contracts.rpc import assessment
from shared.domain.errors import Conflict, Forbidden, ValidationFailed
from shared.domain.orgunits import reporting_problem
from shared.domain.periods import Period
from shared.domain.quantities import Quantity
from shared.domain.report_periods import HalfYear, parse_period
from shared.domain.types import Json
from shared.service.aggregate_commands import AggregateCommands
from shared.service.rpc_server import rpc_methods

rpc = rpc_methods(assessment.METHODS)


class AssessmentCommands(AggregateCommands):
    @rpc
    def record_observation(
        self, command: Command, orgunit: str, time: datetime, timeprecision: str, **given: Any
    ) -> Json:
        """Observers have scored a unit on site. The score counts in the half-year of that day."""
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}

        def make(observation: Observation, moment: Moment) -> None:
            observation.make(moment)
            _check_observation(observation)

        return self._open(Observation, command, where, make, **given)

    @rpc
    def correct_observation(
        self,
        command: Command,
        id: str,
        time: datetime,
        timeprecision: str,
        orgunit: str | None,
        withdrawn: bool,
        reason: str,
        **parts: Any,
    ) -> Json:
        """Correct or withdraw what was recorded of an observation. `time` is when it took place."""
        when = {"time": time, "timeprecision": timeprecision}

        def correct(observation: Observation, moment: Moment) -> None:
            observation.correct(parts, withdrawn, reason, moment)
            _check_observation(observation)

        return self._move(Observation, command, id, when, correct, orgunit)

    @rpc
    def declare_figure(
        self,
        command: Command,
        orgunit: str,
        period: Period,
        figure: str,
        quantity: Quantity,
        source: Json,
    ) -> Json:
        """State a figure of a unit that the rubric declares itself, and where it comes from. Stated
        again, it replaces the one before."""
        rubric = rubric_for(period)
        self._require_assessable(rubric, orgunit, period)
        _require_declared(rubric, figure, quantity)
        now = Moment(command.recorded)
        return self.repository.put(
            DeclaredFigure,
            declared_figure_id(orgunit, period, figure),
            command,
            lambda it: it.declare(quantity, source, command.actor, now),
            orgunit=orgunit,
            period=str(period),
            figure=figure,
        )

    @rpc
    def exclude_from_assessment(
        self, command: Command, orgunit: str, period: Period, reason: Json
    ) -> Json:
        """A person proposes that a unit isn't assessed. It counts once another person has approved
        it."""
        _require_person(command, "proposes an exclusion")
        days = (period.first_day, period.last_day)
        problem = reporting_problem(orgunit) or self.context.orgunits.problem(orgunit, *days)
        if problem:
            _refuse("orgunit", problem)
        now = Moment(command.recorded)
        return self.repository.put(
            Exclusion,
            exclusion_id(orgunit, period),
            command,
            lambda it: it.propose(reason, command.actor, now),
            orgunit=orgunit,
            period=str(period),
        )

    @rpc
    def approve_exclusion(self, command: Command, orgunit: str, period: Period) -> Json:
        """Another person approves that the unit isn't assessed."""
        _require_person(command, "approves an exclusion")
        now = Moment(command.recorded)
        return self._on_exclusion(
            command, orgunit, period, lambda it: it.approve(command.actor, now)
        )

    @rpc
    def withdraw_exclusion(
        self, command: Command, orgunit: str, period: Period, reason: Json
    ) -> Json:
        """The unit is assessed after all."""
        _require_person(command, "withdraws an exclusion")
        now = Moment(command.recorded)
        return self._on_exclusion(command, orgunit, period, lambda it: it.withdraw(reason, now))

    @rpc
    def announce_scores(
        self,
        command: Command,
        time: datetime,
        timeprecision: str,
        period: Period,
        reason: str | None,
    ) -> Json:
        """The units got their scores on the day of `time`: the appeal window begins with it."""
        district = self.context.orgunits.district()
        if district is None:
            raise Conflict({"reason": "the registry has no district yet: import org units first"})
        moment = self.moment(time, timeprecision)
        if day_of(moment) <= period.last_day:
            example = period.last_day + timedelta(days=1)
            _refuse("time", f"Must be a day after the half-year, such as {example}.")

        def announce(scores: Scores) -> None:
            scores.announce(reason, moment)
            earlier = [it.id for it in self._of(Appeal, period) if it.day < scores.day]
            scores.refuse_while("announce", "they were lodged before that day", appeals=earlier)

        return self.repository.put(
            Scores, scores_id(period), command, announce, orgunit=district, period=str(period)
        )

    @rpc
    def appeal(
        self,
        command: Command,
        orgunit: str,
        time: datetime,
        timeprecision: str,
        period: Period,
        criterion: str,
        grounds: Json,
    ) -> Json:
        """A unit appeals against its points by a criterion. An appeal after the window is recorded
        too, and can't change the points."""
        _require_person(command, "appeals")
        # A day that can't be is named before the unit.
        self.moment(time, timeprecision)
        rubric = rubric_for(period)
        self._require_assessable(rubric, orgunit, period)
        _require_criterion(criterion, [it.code for it in rubric.criteria])
        where = {"orgunit": orgunit, "time": time, "timeprecision": timeprecision}

        def lodge(appeal: Appeal, moment: Moment) -> None:
            self._require_scored(appeal, period, day_of(moment))
            appeal.lodge(moment)

        return self.repository.once(
            command,
            lambda: self._open(
                Appeal,
                command,
                where,
                lodge,
                identity=appeal_id(period, derived_id(command.id)),
                period=str(period),
                criterion=criterion,
                lodged_by=command.actor,
                grounds=grounds,
            ),
        )

    @rpc
    def answer_appeal(
        self,
        command: Command,
        id: str,
        time: datetime,
        timeprecision: str,
        outcome: str,
        answer: Json,
        points: str | None,
    ) -> Json:
        """Another person than who lodged it answers an appeal. One that was lodged after the window
        can't be upheld."""
        _require_person(command, "answers an appeal")
        when = {"time": time, "timeprecision": timeprecision}

        def reply(appeal: Appeal, moment: Moment) -> None:
            self._check_answer(appeal, outcome, points)
            appeal.reply(outcome, answer, points, command.actor, moment)

        return self._move(Appeal, command, id, when, reply)

    @rpc
    def assessment_inputs(self, period: Period) -> Json:
        """What people have said for the assessment of a half-year, and which rubric is in force."""
        rubric, announced = rubric_for(period), self._announced(period)
        kinds: dict[str, type[Aggregate]] = {
            "observations": Observation,
            "figures": DeclaredFigure,
            "exclusions": Exclusion,
            "appeals": Appeal,
        }
        return {
            "period": str(period),
            "rubric": rubric.version,
            "announced_on": announced.isoformat() if announced else None,
            "last_day_of_appeals": rubric.last_day_of_appeals(announced).isoformat()
            if announced
            else None,
            **{name: self._listed(kind, period) for name, kind in kinds.items()},
        }

    def _of(self, kind: type[Any], period: Period, **query: str) -> list[Any]:
        return self.repository.find(kind, period=str(period), **query)

    def _listed(self, kind: type[Aggregate], period: Period) -> list[Json]:
        return [
            {"id": one.id, "orgunit": one.orgunit, "version": one.version, **one.state()}
            for one in self._of(kind, period)
        ]

    def _on_exclusion(self, command: Command, orgunit: str, period: Period, act: Any) -> Json:
        return self.repository.change(Exclusion, exclusion_id(orgunit, period), command, act)

    def _announced(self, period: Period) -> date | None:
        found = self._of(Scores, period)
        return found[0].day if found else None

    def _require_assessable(self, rubric: Rubric, orgunit: str, period: Period) -> None:
        """Raises ValidationFailed for a unit that the rubric doesn't assess."""
        days = (period.first_day, period.last_day)
        if problem := self.context.orgunits.problem(orgunit, *days):
            _refuse("orgunit", problem)
        _require_in_group(rubric, orgunit)

    def _require_scored(self, appeal: Appeal, period: Period, day: date) -> None:
        """Raises Conflict before the units got their scores, and for a unit that has none."""
        announced = self._announced(period)
        if announced is None:
            appeal.refuse(period=str(period), reason="the scores aren't announced yet")
        if day < announced:
            _refuse(
                "time", f"Must be on the day of the announcement or later, such as {announced}."
            )
        if self._of(Exclusion, period, orgunit=appeal.orgunit, status="approved"):
            appeal.refuse(orgunit=appeal.orgunit, reason="the unit isn't assessed")

    def _check_answer(self, appeal: Appeal, outcome: str, points: str | None) -> None:
        period = parse_period(appeal.period)
        rubric, announced = rubric_for(period), self._announced(period)
        late = announced is not None and appeal.day > rubric.last_day_of_appeals(announced)
        if late and outcome == UPHELD:
            possible = one_of(["rejected", "corrected"])
            _refuse("outcome", f"Must be {possible}: it was lodged after the window.")
        if (outcome == UPHELD) != (points is not None):
            _refuse("points", "Must be given if and only if the appeal is upheld.")
        if points is not None:
            _check_points(rubric, points)
            same = {"orgunit": appeal.orgunit, "criterion": appeal.criterion, "status": UPHELD}
            others = [it.id for it in self._of(Appeal, period, **same) if it.id != appeal.id]
            appeal.refuse_while("uphold", "they are upheld for the same line", appeals=others)


def _check_observation(observation: Observation) -> None:
    """Raises ValidationFailed for what the rubric of its half-year doesn't have."""
    rubric = rubric_for(HalfYear.of_day(date.fromisoformat(observation.observed_on)))
    _require_in_group(rubric, observation.orgunit)
    full = {it.code: it.out_of for it in rubric.criteria if it.out_of}
    _require_criterion(observation.criterion, full)
    most = full[observation.criterion]
    if Decimal(observation.score) > most:
        _refuse("score", f"Must be from 0 to {most}, such as {most}.")
    if not all(it.startswith(PERSON) for it in observation.observers):
        _refuse("observers", "Must name people, such as person:li.na.")


def _require_in_group(rubric: Rubric, orgunit: str) -> None:
    if orgunit not in rubric.groups:
        wanted = f"Must be in a group of the rubric {rubric.version}"
        _refuse("orgunit", f"{wanted}, such as {min(rubric.groups)}.")


def _require_criterion(criterion: str, possible: Iterable[str]) -> None:
    codes = list(possible)
    if criterion not in codes:
        _refuse("criterion", f"Must be {one_of(codes)}." if codes else "None is observed.")


def _require_declared(rubric: Rubric, figure: str, quantity: Quantity) -> None:
    declared = {it["code"]: it["unit"] for it in rubric.content["declared"]}
    if figure not in declared:
        _refuse("figure", f"Must be {one_of(declared)}." if declared else "None is declared.")
    if quantity.unit != declared[figure]:
        _refuse("quantity", f"Must be counted in {one_of([declared[figure]])}.")


def _check_points(rubric: Rubric, points: str) -> None:
    """How many points the line can have at most is seen when the scores are computed."""
    given = Decimal(points)
    if int(given.as_tuple().exponent) < -PLACES or given > rubric.total:
        most = f"from 0 to {rubric.total} with at most {PLACES} decimal places"
        _refuse("points", f"Must be {most}, such as 2.5.")


def _require_person(command: Command, action: str) -> None:
    if not command.actor.startswith(PERSON):
        raise Forbidden({"actor": command.actor, "reason": f"a person {action}, by name"})


def _refuse(field: str, message: str) -> NoReturn:
    raise ValidationFailed({field: [message]})
