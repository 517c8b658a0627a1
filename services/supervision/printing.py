"""From content to the published bytes: digests, signature, and the readable forms."""

import hashlib
from functools import cache

import jinja2

from shared import canonical
from shared.wording import LANGUAGES

MEDIA_TYPES = {"text": "text/plain; charset=utf-8"}


def sealed(document, signer):
    """The document with `digest` (over everything but itself and the signature) and signature."""
    document = {**document, "keyid": signer.keyid}
    digest = canonical.sha256(document)
    return {**document, "digest": digest, "signature": signer.sign(digest.encode())}


def unsealed(document):
    """What the digest was made over."""
    return {name: value for name, value in document.items() if name not in ("digest", "signature")}


def text(document, lang):
    """The briefing as plain text in one language."""
    return _template(f"briefing.{lang}.txt").render(**document)


def renderings(document):
    """Every readable form with its media type, digest and address."""
    return [_rendering(document, "text", lang) for lang in LANGUAGES]


def _rendering(document, form, lang):
    written = text(document, lang)
    body = written.encode()
    return {
        "format": form,
        "lang": lang,
        "media_type": MEDIA_TYPES[form],
        "sha256": hashlib.sha256(body).hexdigest(),
        "size": len(body),
        "urn": f"urn:warm:briefing:{document['period']}:r{document['revision']}:{form}:{lang}",
        "text": written,
    }


@cache
def _template(name):
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("services.supervision"),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)
