"""`./warm command`: whether a service carried out a command."""

from typing import Annotated

import typer

from deploy.local.console import say
from deploy.local.options import StackName
from deploy.local.service_calls import service_client
from shared.platform.topology import SERVICES

UNKNOWN_COMMAND = 3


def command(
    service: Annotated[str, typer.Argument(help=f"One of: {', '.join(SERVICES)}.")],
    command_id: Annotated[str, typer.Argument(help="The id that the message without answer gave.")],
    stack: StackName = "",
) -> None:
    """Say whether a service carried out a command whose caller got no answer.

    Example: ./warm command relief 2f6d0b1e-6f0e-4b0a-9f2e-1c1f5a0e3d57

    Exit status: 0 it was carried out; 3 it was not; 1 no answer.
    """
    if service not in SERVICES:
        raise typer.BadParameter(f"choose from: {', '.join(SERVICES)}", param_hint=service)
    with service_client(stack) as rpc:
        found = rpc.call(service, "command", command_id=command_id)
    if not found["known"]:
        say(
            f"{service} has not carried it out: no command with this id is known there. The id of"
            " an order or of an event is no command's id."
        )
        raise typer.Exit(UNKNOWN_COMMAND)
    say(f"{service} carried out {found['method']} of {found['actor']} at {found['recorded']}")
    say(f"result: {found['result']}")
