"""The words of one language, and how they are put together."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.supervision.briefing.period_words import kind_of, name_of
from services.supervision.briefing.words import words_of
from services.supervision.outline.blocks import Heading, Item, Items, Paragraph
from shared.domain.periods import Period, Week, format_instant, parse_instant
from shared.domain.report_periods import parse_period
from shared.domain.types import Event, Json
from shared.domain.wording import both

# A list in the text has no more rows: the others are in the annex.
MOST_IN_TEXT = 8


class Language:
    """The words of one language, in a report on one kind of period."""

    def __init__(self, lang: str, kind: type[Period]) -> None:
        self.lang, self.kind = lang, kind
        self._words = words_of(kind, lang)

    @classmethod
    def of_document(cls, document: Json, lang: str) -> "Language":
        return cls(lang, kind_of(document["period"]))

    def __call__(self, name: str, *values: Any, **named: Any) -> str:
        """The fixed words with this name, and what is inserted into them: one by one, or by name
        where the languages have another order."""
        words: str = self._words[name]
        inserted = named or values
        return words % inserted if inserted else words

    def number(self, index: int) -> str:
        """Before the heading of a section: the first has index 0."""
        numbers: tuple[str, ...] = self._words["numbers"]
        return numbers[index]

    def part_number(self, index: int) -> str:
        """Before the title of a part: the first has index 0."""
        numbers: tuple[str, ...] = self._words["part_numbers"]
        return numbers[index]

    def status(self, status: str) -> str:
        statuses: dict[str, str] = self._words["statuses"]
        return statuses.get(status, status)

    def of(self, both: Json) -> str:
        """A text of the document in this language."""
        text: str = both[self.lang]
        return text

    def labelled(self, label: str, text: object) -> str:
        return f"{label}{self('colon')}{text}"

    def listed(self, names: Iterable[str]) -> str:
        return self("comma").join(names)

    def clauses(self, *texts: str | None) -> str:
        """Joined; those that are missing are left out."""
        return self("clause").join(text for text in texts if text)

    def spaced(self, *texts: str) -> str:
        return self("space").join(texts)

    def bracketed(self, text: str) -> str:
        return f"{self('open')}{text}{self('close')}"

    def period(self, period: str) -> str:
        """2017-W06 or 2017-02 in words."""
        return name_of(parse_period(period), self.lang)

    def weeks(self, weeks: Sequence[str]) -> str:
        """Weeks by their codes, each row of weeks as its first and last one."""
        spans: list[list[str]] = []
        for week in weeks:
            if spans and str(Week.parse(spans[-1][-1]).next()) == week:
                spans[-1] = [spans[-1][0], week]
            else:
                spans.append([week])
        return self.listed(self("up_to").join(span) for span in spans)

    def day(self, event: Event) -> str:
        """The day of an event in the programme's time zone; its week where only that is known."""
        moment = parse_instant(event["time"])
        if event["timeprecision"] == "week":
            return name_of(Week.of(moment), self.lang)
        return format_instant(moment)[:10]

    def actor(self, actor: str) -> str:
        """Who did it, as the document names it: `person:` with a name, or a service."""
        kind, _, name = actor.partition(":")
        return name if kind == "person" else self("the_system")

    def preparer(self, masthead: Json) -> str:
        """Who prepared the issue. Issues of earlier releases have only the actor."""
        if "preparer" not in masthead:
            return self.actor(masthead["prepared_by"])
        return self.person(masthead["preparer"], "not_submitted")

    def signer(self, masthead: Json) -> str:
        """Who signed the issue. Issues of earlier releases have only the actor."""
        if "signer" not in masthead:
            approver = masthead["approved_by"]
            return self.actor(approver) if approver else self("nobody_yet")
        return self.person(masthead["signer"], "nobody_yet")

    def person(self, printed: Json | None, nobody: str) -> str:
        """Name and office as the staff register had them; `nobody` are the words where it was
        nobody."""
        if printed is None:
            return self(nobody)
        if printed["name"] is None:
            return self("not_registered")
        name, office = (self.of(both(printed[part])) for part in ("name", "office"))
        return f"{name}{self.bracketed(office)}"

    def more(self, number: int) -> list[Paragraph]:
        """How many rows of a list are left out."""
        return [Paragraph(self("and_more", number), quiet=True)] if number else []

    def brief(self, title: str, rows: list[Item], of: int) -> list[Any]:
        """A heading with the first of its items, and how many `of` all are in the annex alone."""
        shown = rows[:MOST_IN_TEXT]
        return [Heading(title), Items(shown), *self.in_annex(of - len(shown))] if shown else []

    def in_annex(self, number: int) -> list[Paragraph]:
        """How many rows of a list are in the annex alone."""
        return [Paragraph(self("more_in_annex", number), quiet=True)] if number else []

    def section(self, title: str, rows: list[Item], left_out: int = 0) -> list[Any]:
        """A heading with its items; nothing where there are none."""
        return [Heading(title), Items(rows), *self.more(left_out)] if rows else []


def clock(instant: str) -> str:
    """An instant in the programme's time zone, to the minute."""
    return format_instant(parse_instant(instant))[:16].replace("T", " ")
