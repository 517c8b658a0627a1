"""The RPC methods by which forms and manifests of issues are fetched; supervision answers them."""

from marshmallow import Schema

from shared.contracts.fields import Choice, Digest, RawText, Text, Whole
from shared.contracts.rpc.declare import query
from shared.contracts.rpc.supervision import ByEdition
from shared.domain.errors import Conflict, NotFound
from shared.domain.form_names import FORMS
from shared.domain.wording import LANGUAGES


class IssueFormQuery(ByEdition):
    format = Choice(FORMS, required=True)
    lang = Choice(LANGUAGES, load_default="zh")


class IssueForm(Schema):
    """A form as it was made at publication; `content` is the file in base64."""

    format = Choice(FORMS, required=True)
    lang = Choice(LANGUAGES, required=True)
    media_type = Text(required=True)
    sha256 = Digest(required=True)
    size = Whole(required=True)
    urn = Text(required=True)
    content = RawText(required=True)


class IssueManifest(Schema):
    """`manifest` is the signed manifest in canonical JSON (the schema Manifest of the event)."""

    manifest = RawText(required=True)


METHODS = {
    "issue_form": query(IssueFormQuery, IssueForm, Conflict, NotFound),
    "issue_manifest": query(ByEdition, IssueManifest, Conflict, NotFound),
}
