"""A calendar notice in a file: read and checked before it is entered."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from deploy.local.console import say
from deploy.local.errors import CannotRun
from shared.contracts.rpc.calendar import AnnounceCalendar
from shared.domain.canonical import sha256
from shared.domain.types import Json
from shared.domain.workdays import PUBLISHED, Notice
from shared.platform.yaml_reader import parse
from shared.service.rpc_client import RpcClient

ACTOR = "service:import"
COLUMNS = ("year", "kind", "name", "first", "last")
FIELDS = ("year", "document", "holidays", "working")


class BadNotice(Exception):
    """The file can't be used: the message says where and why."""


def read_notice(path: Path) -> Json:
    """The notice as `announce_calendar` takes it: year, holidays, working, document. Raises
    BadNotice."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        given = _from_csv(text) if path.suffix.lower() == ".csv" else _from_yaml(text)
        return _checked(given)
    except ValueError as error:
        raise BadNotice(f"{path}: {error}") from error
    except (OSError, csv.Error) as error:
        raise BadNotice(f"{path}: {type(error).__name__}: {error}") from error


def command(notice: Json, version: int, reason: str | None) -> Json:
    """The arguments that enter it. The id follows from the content and from the version that it
    replaces: entering the same file again is the same command."""
    given = {**notice, "correct": reason is not None, "reason": reason}
    return {
        "command_id": f"calendar:{notice['year']}:{version}:{sha256(given)[:16]}",
        "actor": ACTOR,
        **given,
    }


def differences(notice: Json, known: Json | None) -> list[str]:
    """The days on which the notice says otherwise than the `known` one of its year, or else than
    the release."""
    before = Notice.from_state(known) if known else PUBLISHED.get(notice["year"])
    days = before.differences(Notice.from_state(notice)) if before else []
    return [day.isoformat() for day in days]


def is_same(notice: Json, known: Json | None) -> bool:
    """Does the known notice say exactly this?"""
    return known is not None and all(notice[name] == known[name] for name in FIELDS)


def report(notice: Json) -> Iterator[str]:
    """What the notice says, one line for each of its parts."""
    for holiday in notice["holidays"]:
        yield f"{holiday['first']} to {holiday['last']}: {holiday['name']}"
    found = Notice.from_state(notice)
    weekdays = sum(day.weekday() < 5 for day in found.off)
    worked = ", ".join(notice["working"]) or "none"
    yield f"weekends worked: {worked}"
    yield f"{len(found.off)} days off, {weekdays} of them from Monday to Friday"


def _from_csv(text: str) -> Json:
    lines = csv.DictReader(text.splitlines())
    if tuple(lines.fieldnames or ()) != COLUMNS:
        raise ValueError(f"line 1: must be the headings {','.join(COLUMNS)}")
    years, holidays, working = set(), [], []
    for number, row in enumerate(lines, 2):
        if None in row or None in row.values():
            raise ValueError(f"line {number}: must have {len(COLUMNS)} columns")
        years.add(row["year"])
        if row["kind"] == "holiday":
            holidays.append({name: row[name] for name in ("name", "first", "last")})
        elif row["kind"] == "working":
            if row["name"] or row["last"] not in ("", row["first"]):
                raise ValueError(f"line {number}: a working day must have only its day, in first")
            working.append(row["first"])
        else:
            raise ValueError(f"line {number}: kind must be holiday or working")
    if len(years) != 1:
        raise ValueError("year must be the same in all lines, such as 2027")
    return {"year": _whole(years.pop()), "holidays": holidays, "working": working}


def _from_yaml(text: str) -> Json:
    given: Json = parse(text)
    if not isinstance(given, dict) or not isinstance(given.get("holidays"), list):
        raise ValueError("must have the fields year, holidays (a list) and working")
    unknown = sorted(map(str, given.keys() - set(FIELDS)))
    if unknown:
        raise ValueError(f"{', '.join(unknown)}: must be one of {', '.join(FIELDS)}")
    return {"working": [], **given}


def _whole(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


def _checked(given: Json) -> Json:
    """By the schema of the method, so that a dry run finds what the service would refuse."""
    notice = {"document": None, **given}
    arguments = {"command_id": "check", "actor": ACTOR, **notice}
    problems = AnnounceCalendar().validate(arguments)
    if problems:
        raise ValueError("; ".join(_said(problems)))
    return notice | {
        "holidays": sorted(notice["holidays"], key=lambda holiday: str(holiday["first"])),
        "working": sorted(notice["working"]),
    }


def _said(problems: Any, place: str = "") -> Iterator[str]:
    if isinstance(problems, dict):
        for name, inner in problems.items():
            where = name + 1 if isinstance(name, int) else name
            yield from _said(inner, f"{place} {where}".strip())
    else:
        yield f"{place}: {' '.join(map(str, problems))}"


def enter(rpc: RpcClient, notice: Json, reason: str | None, dry_run: bool) -> None:
    """Raises CannotRun where it contradicts what is known of the year and nobody corrects it."""
    year = notice["year"]
    every = rpc.call("supervision", "calendar")
    found = [known for known in every if known["state"]["year"] == year]
    known, version = (found[0]["state"], found[0]["version"]) if found else (None, 0)
    if is_same(notice, known):
        say(f"the notice of {year} is known already: nothing changes")
        return
    differs = differences(notice, known)
    if differs and reason is None:
        raise CannotRun(
            f"It contradicts what is known of {year}: {', '.join(differs)}.",
            "Nothing was entered. If the file is right: --correct --reason TEXT.",
        )
    if dry_run:
        say(f"the notice of {year} can be entered")
        return
    rpc.call("supervision", "announce_calendar", **command(notice, version, reason))
    say(f"the notice of {year} is known: due days that waited for it become final within a minute")
