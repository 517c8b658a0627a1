"""The message that brings a file of a public issue. Its body is the file; these are its headers."""

from marshmallow import Schema

from shared.contracts.fields import COUNT, FORM_NAME, Choice, Digest, ReportPeriod, Text
from shared.domain.form_names import PUBLIC
from shared.domain.wording import LANGUAGES

# The message's `type`.
FORM = "supervision.briefing.form"


class FormHeaders(Schema):
    """Texts alone, in one level: streams lose lists and objects. `urn`, `form`, `lang` and `sha256`
    are those of a rendering in the signed manifest of the issue, which alone says what the office
    signed. `issue` and `revision` are whole numbers."""

    urn = Text(required=True)
    form = Text(longest=40, pattern=FORM_NAME, required=True)
    lang = Choice(LANGUAGES, required=True)
    sha256 = Digest(required=True)
    edition = Choice([PUBLIC], required=True)
    issue = Text(pattern=COUNT, required=True)
    period = ReportPeriod(required=True)
    revision = Text(pattern=COUNT, required=True)
