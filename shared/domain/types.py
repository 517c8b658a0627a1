"""Names of shapes that many modules pass on: for the reader, and for the type checker.

What is in them is checked at run time, by the schemas, where they come in.
"""

from collections.abc import Callable
from typing import Any, TypeVar

# A decoded JSON object.
Json = dict[str, Any]

# An event as published: the attributes of the envelope, with `data`.
Event = dict[str, Any]

# A document as the database holds it: not only JSON, but bytes and datetimes too.
Document = dict[str, Any]

# What a decorator gives back as it was.
Method = TypeVar("Method", bound=Callable[..., Any])
