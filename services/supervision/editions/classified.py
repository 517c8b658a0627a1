"""How the parts of a document are classified: a part that isn't can't get into a public edition."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# What says how to treat a part: a mapping by key, KEEP, or one of the classes below.
Treatment = Any

WORDS = {"zh", "en", "code"}


class Unclassified(ValueError):
    """The document has a part of which nobody has said what the public edition does with it."""


class _Keep:
    """The part is the same: a number, a text, words, or a list of these."""


KEEP = _Keep()


@dataclass(frozen=True)
class LeaveOut:
    """The part isn't in the public edition; `instead` stands there."""

    instead: Any = None


@dataclass(frozen=True)
class Each:
    """A mapping whose keys are codes or names: each value is treated alike."""

    value: Treatment


@dataclass(frozen=True)
class Make(Generic[T]):
    """The part is made by `make`, from the original part and the context. The keys of the original
    have to be those of `of`."""

    make: Callable[[Any, T], Any]
    of: Treatment


def treated(part: Any, treatment: Treatment, context: Any, name: str = "document") -> Any:
    """The part as the treatment says. Raises Unclassified for a key that the treatment lacks."""
    if isinstance(treatment, LeaveOut):
        return treatment.instead
    if isinstance(treatment, Make):
        treated(part, treatment.of, context, name)
        return treatment.make(part, context)
    if isinstance(part, list):
        return [treated(row, treatment, context, f"{name}[]") for row in part]
    if isinstance(treatment, _Keep):
        return _kept(part, name)
    if part is None:
        return None
    if isinstance(treatment, Each):
        return {
            key: treated(value, treatment.value, context, f"{name}.*")
            for key, value in part.items()
        }
    return _by_key(part, treatment, context, name)


def _kept(part: Any, name: str) -> Any:
    if isinstance(part, dict) and not part.keys() <= WORDS:
        raise Unclassified(f"{name}: its keys are not classified: {', '.join(sorted(part))}")
    return part


def _by_key(part: Any, treatment: Mapping[str, Treatment], context: Any, name: str) -> Any:
    if not isinstance(part, dict):
        raise Unclassified(f"{name}: it is no object any more")
    unknown = sorted(part.keys() - treatment.keys())
    if unknown:
        raise Unclassified(f"{name}: not classified: {', '.join(unknown)}")
    return {
        key: treated(value, treatment[key], context, f"{name}.{key}") for key, value in part.items()
    }
