"""What is signed beside the document of an issue: its digest, its forms, the root of its facts."""

from services.supervision.briefing.signing import Signer
from shared.domain import canonical
from shared.domain.types import Json


def message(manifest: Json) -> bytes:
    """What the signature of a manifest is over: the hexadecimal SHA-256 of the rest of it."""
    rest = {name: value for name, value in manifest.items() if name != "signature"}
    return canonical.sha256(rest).encode()


def signed(manifest: Json, signer: Signer) -> Json:
    """The manifest with `keyid` and `signature`."""
    named = {**manifest, "keyid": signer.keyid}
    return {**named, "signature": signer.sign(message(named))}
