"""The typed errors of RPC. Each carries its details in `data`, plain JSON."""

from typing import Any, ClassVar

# Whether repeating a call that raised an error helps.
NO = "no"
SAME_ID = "same_id"
LATER = "later"
TRY_AGAIN = {
    NO: "not as it is: the answer will be the same",
    SAME_ID: "yes, a command with the same `command_id`: it has no second effect",
    LATER: "yes, when what `data` names is over; nothing was done",
}


class WarmError(Exception):
    """Base of every typed error; `data` is sent to the caller, and so is `try_again`, a key of
    TRY_AGAIN."""

    try_again: ClassVar[str] = NO

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.data = data if data is not None else {}


class ValidationFailed(WarmError):
    """The arguments are invalid: `data` maps each field to its messages. Nothing was stored."""


class NeedsConfirmation(WarmError):
    """A value is possible and unlikely: `data` maps each field to the rules that it breaks, each
    with its code in `rule` and its words in `zh` and `en`. Nothing was stored and the command's id
    is not used up: correct the value, or repeat the command with `confirm_unlikely`."""


class NotFound(WarmError):
    """The requested object doesn't exist: `data` has its kind and id."""


class Conflict(WarmError):
    """The command doesn't fit the present state, or its id was used for another command."""


class Forbidden(WarmError):
    """The actor may not do this: `data` names the rule that forbids it."""


class DeadlineExceeded(WarmError):
    """No answer in time. For a command, `carried_out` in `data` is "no" (this request wasn't and
    won't be carried out) or "unknown"; `ask` then names the method that says whether it was. To
    have it carried out once, repeat it with the same id."""

    try_again = SAME_ID


class Unavailable(WarmError):
    """The service takes no commands now: `data` has the code of the problem (docs/operations.md),
    and what ends it. Nothing was done."""

    try_again = LATER
