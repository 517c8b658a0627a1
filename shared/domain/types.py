"""Type aliases that many modules use.

Their content is checked at run time, by schemas, where it enters a service.
"""

from collections.abc import Callable
from typing import Any, TypeVar

# A decoded JSON object.
Json = dict[str, Any]

# An event as published: the attributes of the envelope, with `data`.
Event = dict[str, Any]

# A document of the database: JSON, and also bytes and datetimes.
Document = dict[str, Any]

# A function that a decorator returns unchanged.
Method = TypeVar("Method", bound=Callable[..., Any])
