"""What a readable form is made of. A form prints these blocks, whatever they say."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.periods import Period

# Tones of a label.
GOOD, WARN, BAD = "good", "warn", "bad"


@dataclass(frozen=True)
class Paragraph:
    """`quiet`: a remark about what stands beside it."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Heading:
    """Of something within a part; `level` 1 or 2."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Item:
    """`label` is a word for its state, `about` the indicator that it gives the figure of."""

    text: str
    details: Sequence[str] = ()
    label: str | None = None
    tone: str = ""
    about: str | None = None


@dataclass(frozen=True)
class Items:
    """`short`: many of them fit into one line."""

    rows: Sequence[Item]
    numbered: bool = False
    short: bool = False


@dataclass(frozen=True)
class Explanation:
    """How a figure comes about: its definition, and the events in it."""

    indicator: str
    definition: str
    events: Sequence[Item]
    # What is said where there are none.
    without: str


@dataclass(frozen=True)
class Cell:
    """`text` may have several lines."""

    text: str
    tone: str = ""
    explained: Explanation | None = None
    # The figure isn't the one that was issued.
    marked: bool = False


@dataclass(frozen=True)
class Row:
    head: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Group:
    """Rows of a table that belong together, perhaps under a name."""

    rows: Sequence[Row]
    name: str | None = None


@dataclass(frozen=True)
class Table:
    """`head` names what its rows are of, `columns` what is in their cells. A `wide` one isn't
    taken apart where there is little room. One of `prose` has lines of text in its only column."""

    head: str
    columns: Sequence[str]
    groups: Sequence[Group]
    wide: bool = False
    prose: bool = False


@dataclass(frozen=True)
class Bar:
    label: str
    # In percent.
    share: str
    words: str


@dataclass(frozen=True)
class Bars:
    key: str
    title: str
    description: str
    rows: Sequence[Bar]


@dataclass(frozen=True)
class Terms:
    """Names and what they mean; long."""

    title: str
    rows: Sequence[tuple[str, str]]


Block = Paragraph | Heading | Items | Table | Bars | Terms


@dataclass(frozen=True)
class Part:
    key: str
    title: str
    blocks: Sequence[Block]
    # On the first page, and behind the text.
    front: bool = False
    annex: bool = False


@dataclass(frozen=True)
class Point:
    """A week of a trend: its figure in percent of the highest one, None where there is no number.
    `exact` is whether the figure is neither qualified nor partly stated."""

    height: str | None
    exact: bool


@dataclass(frozen=True)
class Trend:
    """`words` are this week's figure; `ends` the first week and the last one."""

    key: str
    title: str
    words: str
    description: str
    points: Sequence[Point]
    highest: str
    ends: tuple[str, str]


@dataclass(frozen=True)
class Marks:
    """Rows and columns of marks, which the tones of the cells name; a cell without one has text."""

    key: str
    title: str
    words: str
    description: str
    columns: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Span:
    """A share with its interval, in percent."""

    label: str
    words: str
    share: str
    interval: tuple[str, str] | None


@dataclass(frozen=True)
class Spans:
    key: str
    title: str
    words: str
    description: str
    rows: Sequence[Span]


Picture = Trend | Marks | Spans


@dataclass(frozen=True)
class Pictures:
    """A page that a person looks at before reading. Everything in it also stands in the parts."""

    title: str
    rows: Sequence[Picture]
    notes: Sequence[str]


@dataclass(frozen=True)
class Outline:
    """A briefing in one language, ready to be printed in any form."""

    lang: str
    kind: type[Period]
    title: str
    week: str
    # Name, value; the first is the status.
    masthead: Sequence[tuple[str, str]]
    note: str
    # For the forms that can draw.
    pictures: Pictures
    parts: Sequence[Part]
    # Name, value: the root of the facts and the digest. They stand at the end.
    proof: Sequence[tuple[str, str]]
