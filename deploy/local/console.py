"""What commands say to people while they work: on standard error, so that output stays clean."""

from rich.console import Console

messages = Console(stderr=True, highlight=False, soft_wrap=True)


def say(message):
    messages.print(message, markup=False)
