"""What a call may raise. The typed errors of the services are in `typed_errors.py`."""

from typing import Any, ClassVar


class CallError(Exception):
    """Base of everything that a call raises."""


class AccessRefused(CallError):
    """The broker refuses the login, or this login may not call the method."""


class ServiceError(CallError):
    """An error that a service answered. `data` is plain JSON. `try_again` says whether it helps to
    repeat the call: `no`, `same_id` (a command with the same `command_id`) or `later`."""

    kind: ClassVar[str] = ""
    try_again: str = "no"

    def __init__(self, data: Any = None, try_again: str | None = None) -> None:
        super().__init__(data)
        self.data = data if data is not None else {}
        if try_again:
            self.try_again = try_again


class OtherError(ServiceError):
    """An error of a service that isn't one of the typed ones. `name` is what the service calls it;
    `data` are its arguments."""

    def __init__(self, name: str, data: Any, try_again: str | None = None) -> None:
        super().__init__(data, try_again)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name}: {self.data}"
