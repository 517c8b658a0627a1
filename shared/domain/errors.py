"""The errors that RPC callers can tell apart. Each carries its facts in `data`, plain JSON."""

from typing import Any

from nameko.exceptions import deserialize_to_instance


class WarmError(Exception):
    """Base of every typed error; `data` travels to the caller."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.data = data if data is not None else {}


@deserialize_to_instance
class ValidationFailed(WarmError):
    """The arguments don't fit: `data` maps each field to its messages. Nothing was stored."""


@deserialize_to_instance
class NotFound(WarmError):
    """What was asked for isn't there: `data` names kind and id."""


@deserialize_to_instance
class Conflict(WarmError):
    """The command doesn't fit the present state, or its id was used for another command."""


@deserialize_to_instance
class Forbidden(WarmError):
    """The actor may not do this: `data` says which rule forbids it."""


@deserialize_to_instance
class DeadlineExceeded(WarmError):
    """No answer in time. The command may or may not have been done: repeat it with its id."""
