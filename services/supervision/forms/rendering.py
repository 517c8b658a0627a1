"""From content to the published bytes: digests, signature, and the readable forms."""

import hashlib
from collections.abc import Mapping
from typing import Any

from services.supervision.briefing.signing import Signer
from services.supervision.forms.catalogue import FORMS, READABLE_FORMS
from shared.contracts.series import issue_id
from shared.domain import canonical
from shared.domain.report_periods import parse_period
from shared.domain.types import Json
from shared.domain.wording import LANGUAGES

MEDIA_TYPES = {form.name: form.media_type for form in READABLE_FORMS}


def digested(document: Json) -> Json:
    """The document with `digest`, over everything but itself and the signature."""
    return {**document, "digest": canonical.sha256(without_signature(document))}


def signed(document: Json, signer: Signer) -> Json:
    """The document with key, digest and signature."""
    made = digested({**document, "keyid": signer.keyid})
    return {**made, "signature": signer.sign(made["digest"].encode())}


def without_signature(document: Json) -> Json:
    """The part of a document over which its digest is made."""
    return {name: value for name, value in document.items() if name not in ("digest", "signature")}


def render(document: Json, form: str, lang: str) -> str:
    """The briefing in one of the forms of MEDIA_TYPES and in one language.

    The same document always gives the same text.
    """
    return FORMS[form].make(document, lang).decode()


def renderings(document: Json) -> list[Json]:
    """Every readable form in every language, with its media type, digest and address."""
    return [_rendering(document, form, lang) for form in MEDIA_TYPES for lang in LANGUAGES]


def _rendering(document: Json, form: str, lang: str) -> Json:
    made = render(document, form, lang)
    issue = issue_id(parse_period(document["period"]), document["revision"])
    body = made.encode()
    return {
        "format": form,
        "lang": lang,
        "media_type": MEDIA_TYPES[form],
        "sha256": hashlib.sha256(body).hexdigest(),
        "size": len(body),
        "urn": f"urn:warm:{issue}:{form}:{lang}",
        "text": made,
    }


def is_intact(rendering: Mapping[str, Any]) -> bool:
    """Does the text of a stored form have its digest and size?"""
    body = rendering["text"].encode()
    digest = hashlib.sha256(body).hexdigest()
    return (digest, len(body)) == (rendering["sha256"], rendering["size"])
