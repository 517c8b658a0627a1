"""JSON logs on standard output: one object a line, with event and correlation ids.

Nothing that could be personal is logged: no arguments, no data, no messages of exceptions that
may quote them. An exception is logged by its type and place.
"""

import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

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
            foreign_pre_chain=[*_SHARED, _no_quotation],
            # A library's message may quote what it worked on: its words, not its arguments.
            use_get_message=False,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                name_service,
                _place_of_exception,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    # It tells of every connection in ten lines.
    logging.getLogger("pika").setLevel(logging.ERROR)


def _no_quotation(_: Any, __: str, line: EventDict) -> EventDict:
    # A library may log an exception as its whole message.
    words = line["_record"].msg
    return line if isinstance(words, str) else {**line, "event": type(words).__name__}


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
