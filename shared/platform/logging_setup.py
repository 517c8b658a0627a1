"""JSON logs on standard output: one object a line.

Nothing that could be personal is logged: no arguments, no data, and no messages of exceptions,
which may quote them. Of an exception its type and place are logged.
"""

import logging
import re
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

# A conversion of the % operator, as logging uses it.
_PLACEHOLDER = re.compile(
    r"%(?:\(\w+\))?[-#0+]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[hlL]?[diouxXeEfFgGcrsa]"
)
# What joins an argument to a message, and means nothing without it.
_ENDS = ".:,;=-"
_JOINING = ("as", "at", "because", "by", "due", "for", "from", "in", "of", "on", "to", "with")

_SHARED: list[Processor] = [
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def get(name: str) -> Any:
    return structlog.get_logger(name)


def configure(service: str, level: str = "INFO") -> None:
    """Send structlog's and the libraries' logs to standard output as JSON."""

    def name_service(_: Any, __: str, line: EventDict) -> EventDict:
        return {"service": service, **line}

    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_message_of_library, *_SHARED],
            # A library's arguments may quote the data that it works on: they aren't filled in.
            use_get_message=False,
            pass_foreign_args=True,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                name_service,
                _place_of_exception,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # It logs ten lines for every connection.
    logging.getLogger("pika").setLevel(logging.ERROR)


def _message_of_library(_: Any, __: str, line: EventDict) -> EventDict:
    has_arguments = bool(line.pop("positional_args"))
    message = line["_record"].msg
    if not isinstance(message, str):
        # A library may log an exception as its whole message.
        message = type(message).__name__
    elif has_arguments:
        message = without_arguments(message)
    return {**line, "event": message}


def without_arguments(template: str) -> str:
    """A template of the % operator without its placeholders and the words that join them.

    "starting services: %s" → "starting services", "killing %s due to %s" → "killing".
    """
    words: list[str] = []
    for word in template.split():
        if not _PLACEHOLDER.search(word):
            words.append(word)
            continue
        while words and words[-1].lower() in _JOINING:
            words.pop()
        if words:
            words[-1] = words[-1].rstrip(_ENDS) + (word[-1] if word[-1] in ".,;" else "")
    return " ".join(words).replace("%%", "%").rstrip(_ENDS) or "message of arguments only"


def _place_of_exception(_: Any, __: str, line: EventDict) -> EventDict:
    info = line.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[1] is not None:
        frames = traceback.extract_tb(info[2])[-4:]
        line["exception"] = info[0].__name__
        line["where"] = [f"{frame.filename.split('/')[-1]}:{frame.lineno}" for frame in frames]
    return line
