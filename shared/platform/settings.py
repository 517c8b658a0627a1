"""Every setting of a service, declared once and checked at start."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from shared.domain.clock import Clock
from shared.domain.form_names import FORMS
from shared.domain.periods import Week
from shared.platform import broker, mongodb_uri
from shared.platform.callers import NAMED, UNNAMED, CallerCheck
from shared.platform.version import project_version

ENVIRONMENTS = ("production", "demo", "test")
PERSON_ID = r"person:[A-Za-z0-9][A-Za-z0-9._-]*"


class BadSettings(Exception):
    """Some settings are invalid: one line for each of them."""


def read_key(path: str, name: str) -> bytes:
    """The bytes of the key file at `path`, the setting `name`. Raises BadSettings."""
    if not path:
        raise BadSettings(f"{name} is missing: it must name a file with the key")
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadSettings(f"{name}: {error.strerror}: {path}") from error


def _setting(
    name: str, default: Any, help: str, read: Callable[[str], object] = str, secret: bool = False
) -> Any:
    """A setting; a `secret` may also be in a file that the variable NAME_FILE names."""
    about = {"name": name, "help": help, "read": read, "secret": secret}
    return field(default=default, metadata=about)


def in_file(name: str) -> str:
    """The name of the variable for a file with the setting `name`."""
    return f"{name}_FILE"


def given(environment: Mapping[str, str], name: str) -> str:
    """The value of a setting that may be in a file, or "" if it isn't set. Raises ValueError."""
    text, path = (environment.get(it, "").strip() for it in (name, in_file(name)))
    if text and path:
        raise ValueError(f"is set twice: here and by {in_file(name)}")
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else text
    except UnicodeDecodeError:
        raise ValueError(f"can't be read: {path} isn't UTF-8 text") from None
    except OSError as error:
        raise ValueError(f"can't be read: {error.strerror}: {path}") from None


def _whole(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise ValueError("must be a whole number of at least 1, such as 10")
    return int(text)


def _whole_or_0(text: str) -> int:
    return 0 if text == "0" else _whole(text)


def _threshold(text: str) -> int:
    # With 2 only the value 1 would be small, and a suppressed cell would be known.
    if not text.isdigit() or int(text) < 3:
        raise ValueError("must be a whole number of at least 3, such as 5")
    return int(text)


def _forms(text: str) -> str:
    if set(_names(text)) - set(FORMS):
        raise ValueError(f"must be some of: {','.join(FORMS)}")
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.split(","))))


def _people(text: str) -> str:
    if not all(re.fullmatch(PERSON_ID, name) for name in _names(text)):
        raise ValueError("must be ids of people, such as person:zhang.san,person:li.si")
    return text


def _uri(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.split("://", 1)[0] not in schemes:
            raise ValueError(f"must begin with {schemes[0]}://")
        return text

    return read


def _broker(text: str) -> str:
    return broker.checked(_uri("amqp", "amqps")(text))


def _database(text: str) -> str:
    _uri("mongodb", "mongodb+srv")(text)
    # The form mongodb+srv is resolved by DNS, which may be unreachable now.
    return mongodb_uri.checked(text) if text.startswith("mongodb://") else text


def _week(text: str) -> str:
    return str(Week.parse(text))


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of: {', '.join(choices)}")
        return text

    return read


@dataclass(frozen=True)
class Settings:
    """The settings of a service. A setting without a default must be set."""

    amqp_uri: str = _setting(
        "AMQP_URI",
        None,
        "the broker, amqp://user:password@host:port/%2F, or with TLS"
        " amqps://user:password@host:port/%2F?cacertfile=FILE",
        _broker,
        secret=True,
    )
    mongodb_uri: str = _setting(
        "MONGODB_URI",
        None,
        "the database, mongodb://user:password@host:port/?replicaSet=name, with TLS"
        " &tls=true&tlsCAFile=FILE",
        _database,
        secret=True,
    )
    environment: str = _setting(
        "WARM_ENV", "production", "production, demo or test", _one_of(*ENVIRONMENTS)
    )
    now: str = _setting(
        "WARM_NOW", "", "an instant, or @FILE that holds one; only in demo and test"
    )
    log_level: str = _setting(
        "WARM_LOG_LEVEL",
        "INFO",
        "DEBUG, INFO, WARNING or ERROR",
        _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    )
    field_key_file: str = _setting(
        "WARM_FIELD_KEY_FILE",
        "",
        "relief, volunteering: file with the key that encrypts personal data",
    )
    signing_key_file: str = _setting(
        "WARM_SIGNING_KEY_FILE", "", "supervision: file with the Ed25519 key that signs issues"
    )
    health_socket: str = _setting(
        "WARM_HEALTH_SOCKET",
        "",
        "unix socket on which the process reports its health; no socket if empty",
    )
    version_override: str = _setting(
        "WARM_VERSION", "", "the version that health reports; without it that in pyproject.toml"
    )
    programme_zh: str = _setting("WARM_PROGRAMME_ZH", "温暖二七", "the programme's Chinese name")
    programme_en: str = _setting("WARM_PROGRAMME_EN", "Warm Erqi", "the programme's English name")
    first_week: str = _setting(
        "WARM_PROGRAMME_FIRST_WEEK",
        "",
        "the programme's first week, such as 2017-W06, the same for all services: it has the first"
        " briefing, and what happened before it is in no sum; no limit if empty",
        _week,
    )
    max_workers: int = _setting("WARM_MAX_WORKERS", 20, "RPC requests handled at once", _whole)
    batch: int = _setting("WARM_BATCH", 1000, "events taken from the inbox at once", _whole)
    invalid_in_a_row: int = _setting(
        "WARM_INVALID_IN_A_ROW",
        1000,
        "more invalid messages in a row stop the inbox, until it is resumed or restarted",
        _whole,
    )
    sweep_seconds: int = _setting(
        "WARM_SWEEP_SECONDS",
        2,
        "how often the sweeper looks for events that the relay has not published",
        _whole,
    )
    drain_seconds: int = _setting(
        "WARM_DRAIN_SECONDS", 10, "how long a service that is stopping may go on working", _whole
    )
    draft_timer: str = _setting(
        "WARM_DRAFT_TIMER",
        "on",
        "supervision: on drafts each report at its cut-off; off leaves it to the office",
        _one_of("on", "off"),
    )
    not_taken_hours: int = _setting(
        "WARM_NOT_TAKEN_HOURS",
        24,
        "supervision: how long an issue may wait for a known subscriber before status says so",
        _whole,
    )
    four_eyes: str = _setting(
        "WARM_FOUR_EYES",
        "on",
        "supervision: on lets only another person approve an issue than who submitted it; off lets"
        " one person do both, and the issue says so",
        _one_of("on", "off"),
    )
    stall_seconds: int = _setting(
        "WARM_STALL_SECONDS",
        60,
        "how long work may wait without any progress before health reports it as stalled",
        _whole,
    )
    commands_days: int = _setting(
        "WARM_COMMANDS_DAYS",
        400,
        "how long a command's result is kept at least: repeated within so many days, it gives its"
        " first result; later it may be refused, and never has a second effect",
        _whole,
    )
    resolved_bodies_days: int = _setting(
        "WARM_RESOLVED_BODIES_DAYS", 30, "how long a resolved dead letter keeps its body", _whole
    )
    resolved_days: int = _setting(
        "WARM_RESOLVED_DAYS", 400, "how long a resolved dead letter can be shown", _whole
    )
    discarded_days: int = _setting(
        "WARM_DISCARDED_DAYS",
        1100,
        "how long a discarded dead letter is kept with its body, and the list of who replayed or"
        " discarded what",
        _whole,
    )
    compare_seconds: int = _setting(
        "WARM_COMPARE_SECONDS",
        30,
        "how often a service compares what it keeps of others' events with their source; what is"
        " missing is fetched",
        _whole,
    )
    trusted_users: str = _setting(
        "WARM_TRUSTED_USERS",
        "",
        "broker users that may act for anybody, with commas between: that of the demo and of tests;"
        " none in a deployment",
    )
    callers: str = _setting(
        "WARM_CALLERS",
        NAMED,
        "named takes commands only from callers that name their broker user; any also takes others,"
        " while services of a release before 0.3 run beside this one",
        _one_of(*UNNAMED),
    )
    name_readers_listed: str = _setting(
        "WARM_NAME_READERS",
        "",
        "volunteering: the people who may read the names of commended volunteers, with commas"
        " between; nobody if empty",
        _people,
    )
    rpc_seconds: int = _setting(
        "WARM_RPC_SECONDS", 10, "deadline of a call to another service", _whole
    )
    log_check_seconds: int = _setting(
        "WARM_LOG_CHECK_SECONDS",
        30,
        "how often the service's log is compared with what supervision has of it; with 0 only after"
        " a restore",
        _whole_or_0,
    )

    public_threshold: int = _setting(
        "WARM_PUBLIC_THRESHOLD",
        5,
        "supervision: the public edition of a briefing prints no smaller number of people, but 0",
        _threshold,
    )

    forms_listed: str = _setting(
        "WARM_FORMS",
        ",".join(FORMS),
        "supervision: the forms that are made of an issue at its publication, with commas between",
        _forms,
    )

    @property
    def forms(self) -> tuple[str, ...]:
        return _names(self.forms_listed)

    @property
    def name_readers(self) -> tuple[str, ...]:
        return _names(self.name_readers_listed)

    @property
    def caller_check(self) -> CallerCheck:
        return CallerCheck(_names(self.trusted_users), self.callers)

    @property
    def version(self) -> str:
        return self.version_override or project_version()

    @property
    def programme(self) -> dict[str, str]:
        return {"zh": self.programme_zh, "en": self.programme_en}

    @property
    def beginning(self) -> Week | None:
        """The programme's first week; None where none is set."""
        return Week.parse(self.first_week) if self.first_week else None

    @property
    def needs_four_eyes(self) -> bool:
        """Has another person to approve an issue than who submitted it?"""
        return self.four_eyes == "on"

    @property
    def clock(self) -> Clock:
        return Clock.from_setting(self.now or None, self.environment)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read and check every setting. Raises BadSettings that names all invalid settings."""
        values: dict[str, Any] = {}
        errors: list[str] = []
        for item in fields(cls):
            name = item.metadata["name"]
            try:
                text = _text(environment, item)
                if text:
                    values[item.name] = item.metadata["read"](text)
                elif item.default is None:
                    errors.append(f"{name} is missing: {item.metadata['help']}")
            except ValueError as error:
                errors.append(f"{name} {error}")
        errors += _clock_errors(values)
        if errors:
            raise BadSettings("\n".join(errors))
        return cls(**values)


def _text(environment: Mapping[str, str], item: Field[Any]) -> str:
    name = item.metadata["name"]
    if item.metadata["secret"]:
        return given(environment, name)
    return environment.get(name, "").strip()


def _clock_errors(values: dict[str, Any]) -> list[str]:
    try:
        Clock.from_setting(values.get("now"), values.get("environment", ENVIRONMENTS[0])).now()
    except OSError as error:
        return [f"WARM_NOW: {error.strerror}: {error.filename}"]
    except ValueError as error:
        return [str(error)]
    return []
