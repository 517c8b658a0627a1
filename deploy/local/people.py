"""For whom a person's command acts: the person who is logged in on the machine."""

import getpass
import os
from collections.abc import Mapping

from deploy.local.errors import CannotRun

# Who each login is: `zhang=zhang.san,li=li.si`. Where it is set, nobody acts for another person.
SETTING = "WARM_PEOPLE"
FORM = f"Set {SETTING} as in docs/operations.md, such as {SETTING}=zhang=zhang.san,li=li.si."


def acting(given: str, environment: Mapping[str, str] = os.environ) -> str:
    """The actor of a command, `person:<id>`, where `given` is what was typed for it, perhaps
    nothing. Raises CannotRun for a login that isn't listed, and for another person's id."""
    listed = _people(environment.get(SETTING, ""))
    if given and not listed:
        return given
    login = _login(environment)
    if not listed:
        return f"person:{login}"
    if login not in listed:
        raise CannotRun(f"The login {login} isn't in {SETTING}.", FORM)
    own = f"person:{listed[login]}"
    if given not in ("", own):
        raise CannotRun(
            f"You are logged in as {login} and act for {own}, not for {given}.",
            "That person has to log in, or leave out --actor.",
        )
    return own


def _login(environment: Mapping[str, str]) -> str:
    """Who is logged in. Raises CannotRun in a container that isn't told."""
    try:
        return environment.get("SUDO_USER") or getpass.getuser()
    except (OSError, KeyError):
        raise CannotRun(
            "It isn't known here who is logged in.",
            "Name the person: --actor person:<id>; or set USER, such as USER=zhang.",
        ) from None


def _people(text: str) -> dict[str, str]:
    """Login → id of the person."""
    people = {}
    for entry in filter(None, map(str.strip, text.split(","))):
        login, is_, person = entry.partition("=")
        if not (login and is_ and person):
            raise CannotRun(f"{SETTING} has an entry of another form: {entry}.", FORM)
        people[login.strip()] = person.strip().removeprefix("person:")
    return people
