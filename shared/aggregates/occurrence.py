"""When a planned occasion took place: the day, or the week if the day is unknown."""

from mongoengine import StringField

from shared.contracts.envelope import Moment
from shared.domain.errors import ValidationFailed
from shared.domain.periods import Period


class Occurrence:
    """Mixin of an aggregate: `held_on` is None if only the week is known."""

    held_on = StringField()
    held_week = StringField()

    def held(self, moment: Moment) -> None:
        """Record that it took place at `moment`."""
        self.held_on = moment.day.isoformat() if moment.day else None
        self.held_week = str(Period.of(moment.time))

    def require_same(self, moment: Moment) -> None:
        """Raise ValidationFailed if `moment` contradicts the recorded day or week."""
        other_week = str(Period.of(moment.time)) != self.held_week
        day = moment.day.isoformat() if moment.day else self.held_on
        if other_week or (self.held_on and day != self.held_on):
            kind = type(self).__name__.lower()
            when = self.held_on or f"in {self.held_week}"
            raise ValidationFailed(
                {"time": [f"The {kind} was held {when}. If that is wrong, correct it first."]}
            )
