"""The typed errors of RPC. Each carries its details in `data`, plain JSON."""

from typing import Any

from nameko.exceptions import deserialize_to_instance


class WarmError(Exception):
    """Base of every typed error; `data` is sent to the caller."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.data = data if data is not None else {}


@deserialize_to_instance
class ValidationFailed(WarmError):
    """The arguments are invalid: `data` maps each field to its messages. Nothing was stored."""


@deserialize_to_instance
class NeedsConfirmation(WarmError):
    """A value is possible and unlikely: `data` maps each field to the rules that it breaks, each
    with its code in `rule` and its words in `zh` and `en`. Nothing was stored and the command's id
    is not used up: correct the value, or repeat the command with `confirm_unlikely`."""


@deserialize_to_instance
class NotFound(WarmError):
    """The requested object doesn't exist: `data` has its kind and id."""


@deserialize_to_instance
class Conflict(WarmError):
    """The command doesn't fit the present state, or its id was used for another command."""


@deserialize_to_instance
class Forbidden(WarmError):
    """The actor may not do this: `data` names the rule that forbids it."""


@deserialize_to_instance
class DeadlineExceeded(WarmError):
    """No answer in time. The command may have been carried out: repeat it with the same id."""
