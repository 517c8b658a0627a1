"""Reading one entry of a file of facts: every mistake says where it stands, nothing is dropped."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from marshmallow import ValidationError

from deploy.local.facts.languages import completed, in_languages
from shared.contracts.fields import TEXT, OrgUnit, Text, Words
from shared.domain.quantities import Quantity, not_stated

# Ids in the file and codes of groups: command ids are made of them.
CODE = r"[A-Za-z0-9][A-Za-z0-9._-]*"
LONGEST_CODE = 40


class Fields:
    """The named fields of an entry; `path` is where they stand in it.

    All methods raise ValueError that names the field. What nobody has asked for is refused by
    `refuse_unread`: it would be lost.
    """

    def __init__(self, given, path=""):
        if not isinstance(given, dict):
            where = f"{path.rstrip('.')}: " if path else ""
            raise ValueError(f"{where}must have named fields")
        self.given, self.path = given, path
        self._asked, self._parts = set(), {}

    def get(self, name):
        """The value as it stands; None where there is none."""
        self._asked.add(name)
        return self.given.get(name)

    def wrong(self, name, message):
        return ValueError(f"{self.path}{name}: {message}")

    def needed(self, name):
        value = self.get(name)
        if value in (None, "", [], {}):
            raise ValueError(f"{self.path}{name} is missing")
        return value

    def checked(self, name, field):
        """The value where `field` takes it."""
        return self._check(name, self.get(name), field)

    def text(self, name, longest=100):
        return self.checked(name, Text(longest=longest))

    def code(self, name):
        """A short code of letters, digits and . _ - such as ids are made of."""
        value = self.get(name)
        text = str(value) if isinstance(value, int) else value
        return self._check(name, text, Text(longest=LONGEST_CODE, pattern=CODE))

    def codes(self, name):
        return self.many(name, Text(longest=LONGEST_CODE, pattern=CODE))

    def flag(self, name):
        value = self.get(name)
        if not isinstance(value, bool | None):
            raise self.wrong(name, f"must be true or false, not {value!r}")
        return bool(value)

    def orgunit(self, name="orgunit"):
        return self._check(name, str(self.needed(name)), OrgUnit())

    def day(self, name):
        """A calendar day; None where there is none."""
        value = self.get(name)
        if isinstance(value, datetime):
            return value.date()
        try:
            return value if value is None or isinstance(value, date) else date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.wrong(name, f"not a day like 2017-02-07: {value!r}") from None

    def iso_day(self, name):
        day = self.day(name)
        return day and day.isoformat()

    def choice(self, name, known, default=None):
        """One of the codes in `known`."""
        value = self.get(name)
        return default if value is None else self._one_of(name, value, known)

    def choices(self, name, known):
        return [self._one_of(name, value, known) for value in self.many(name)]

    def many(self, name, field=None):
        """A list, of what `field` takes; empty where there is none."""
        values = self.get(name)
        if values is None:
            return []
        if not isinstance(values, list):
            raise self.wrong(name, "must be a list")
        if None in values:
            raise self.wrong(name, "one of its entries is empty")
        return values if field is None else [self._check(name, value, field) for value in values]

    def words(self, name):
        """Text for people: {zh, en}, or plain text in either language; None where there is none."""
        return self._words(name, self.get(name))

    def many_words(self, name):
        return [self._words(name, value) for value in self.many(name)]

    def name(self):
        """The {zh, en} among the fields themselves; None where there is neither."""
        told = {lang: self.get(lang) for lang in ("zh", "en")}
        return self._words("zh, en", {lang: text for lang, text in told.items() if text} or None)

    def part(self, name):
        """The fields of a field; none where it isn't there."""
        value = self.get(name)
        return self._part(name, {} if value is None else value, f"{self.path}{name}.")

    def parts(self, name):
        """The entries of a list, each with its fields."""
        return [
            self._part((name, number), value, f"{self.path}{name} {number}.")
            for number, value in enumerate(self.many(name), 1)
        ]

    def counted(self, name):
        """The fields beside a figure: a bare number is its `count`."""
        value = self.get(name)
        bare = {} if value is None else {"count": value}
        given = value if isinstance(value, dict) else bare
        return self._part(name, given, f"{self.path}{name}.")

    def amount(self, name, unit):
        """{count, qualifier, stated} or a bare number; not stated where the file gives none."""
        told = self.counted(name)
        return told.figure(name, unit, self)

    def figure(self, name, unit, holder):
        """The quantity that these fields of a figure say."""
        count, qualifier = self.get("count"), self.get("qualifier") or "exact"
        stated = self.text("stated")
        if count is None:
            return not_stated(unit).to_json()
        try:
            return Quantity(_number(count), qualifier, unit, stated).to_json()
        except ValueError as error:
            raise holder.wrong(name, error) from error

    def refuse_unread(self):
        """Raises ValueError for a field that nobody asked for, here or further down."""
        unread = [str(name) for name in self.given if name not in self._asked]
        if unread:
            raise self.wrong(unread[0], "no such field is known here")
        for part in self._parts.values():
            part.refuse_unread()

    def _part(self, key, given, path):
        if key not in self._parts:
            self._parts[key] = Fields(given, path)
        return self._parts[key]

    def _one_of(self, name, value, known):
        if not isinstance(value, str) or value not in known:
            raise self.wrong(name, f"{value!r} isn't one of {', '.join(known)}")
        return value

    def _words(self, name, value):
        if isinstance(value, str):
            value = in_languages(value)
        words = self._check(name, value, Words(longest=TEXT))
        return words and completed(words)

    def _check(self, name, value, field):
        if value is None:
            return None
        try:
            return field.deserialize(value)
        except ValidationError as error:
            raise self.wrong(name, _said(error.messages)) from None


def _number(count):
    try:
        # By its text: a float's own digits are not those that were written.
        return Decimal(str(count))
    except InvalidOperation:
        raise ValueError(f"not a number: {count!r}") from None


def _said(messages):
    """marshmallow's messages in one line; they never repeat the value."""
    if isinstance(messages, dict):
        return "; ".join(f"{name}: {_said(told)}" for name, told in messages.items())
    return " ".join(map(str, messages))
