"""What begins, stands for some time and may end, such as a station, a team or a merchant."""

from typing import Any, ClassVar

from mongoengine import BooleanField, StringField

from shared.contracts.envelope import Moment
from shared.domain.types import Json


class Standing:
    """Mixin of an aggregate whose beginning can be corrected, or withdrawn as a mistake.

    A correction states anew what was entered when it began, and replaces that and what followed;
    so an end that still holds is recorded again after it. What was withdrawn counts in no week: it
    was never there. A correction without `withdrawn` restores it.

    This is a mixin because MongoEngine would add the name of a base class to the stored `_cls`.
    """

    # The first two parts of its event types, such as "relief.merchant".
    entity: ClassVar[str]
    # The verb of its beginning.
    begins: ClassVar[str]
    # The verb of its end, and the status in which it stands; None where it has no end.
    ends: ClassVar[tuple[str, str] | None] = None

    withdrawn = BooleanField(default=False)
    reason = StringField()

    def correct(
        self: Any,
        parts: Json,
        withdrawn: bool,
        still_standing: bool,
        reason: str,
        moment: Moment,
    ) -> None:
        """`moment` is when it began. A part that is left out keeps its value. With
        `still_standing` it has not ended after all.

        Raises Conflict where it ended under a release that didn't store when.
        """
        for name, value in parts.items():
            setattr(self, name, value)
        end = self._take_back_end(forget=withdrawn or still_standing)
        self.withdrawn, self.reason = withdrawn, reason
        self._begin_anew(moment)
        if end:
            self._end_again(*end)

    def _begin_anew(self: Any, moment: Moment) -> None:
        self.record(f"{self.entity}.corrected", moment)

    def restore_moment(self: Any, verb: str, moment: Moment) -> None:
        """An end that still holds is recorded again after a correction."""
        if verb == "corrected" and self.ends:
            self.moments.pop(self.ends[0], None)
        super().restore_moment(verb, moment)  # type: ignore[misc]  # the aggregate has it

    def _take_back_end(self: Any, forget: bool) -> tuple[str, Moment] | None:
        """It stands again. The status after its end and when that was; None where it has no end, or
        that is forgotten."""
        if not self.ends:
            return None
        verb, standing = self.ends
        before, self.status = self.status, standing
        if before == standing or forget:
            self.moments.pop(verb, None)
            return None
        ended: Moment | None = self.moment_of(verb)
        if ended is None:
            unknown = f"when it was {verb} is not stored: correct it as still standing, and end it"
            raise self.refuse(action="correct", status=before, reason=unknown)
        return before, ended

    def _end_again(self: Any, status: str, ended: Moment) -> None:
        self.status = status
        self.record(f"{self.entity}.{self.ends[0]}", ended)
