"""Progress messages of commands, on standard error: standard output holds results only."""

from collections.abc import Callable

from rich.console import Console

# A function that shows one progress message.
Say = Callable[[str], None]

messages = Console(stderr=True, highlight=False, soft_wrap=True)


def say(message: str) -> None:
    messages.print(message, markup=False)


def silent(message: str) -> None:
    """For callers that want no progress messages."""
