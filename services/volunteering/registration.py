"""Registering a volunteer: once for each ID number, whatever command it comes by."""

from dataclasses import replace

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from services.volunteering.documents import Volunteer
from services.volunteering.rules import keyed_hash, normal_id_number, pseudonym
from shared.errors import Conflict
from shared.personal import field_cipher
from shared.settings import read_key


def keys(settings):
    """The cipher of personal fields, and the key that pseudonyms are made with: derived from it,
    so that one secret is kept. Raises BadSettings."""
    cipher = field_cipher(settings)
    secret = read_key(settings.field_key_file, "WARM_FIELD_KEY_FILE").strip()
    derive = HKDF(hashes.SHA256(), length=32, salt=None, info=b"volunteering pseudonyms")
    return {"fields": cipher, "pseudonyms": derive.derive(secret)}


def register(books, command, key, seal, orgunit, identity, team, moment):
    """The volunteer of that ID number: new, back again, or, without a second event, as it is."""
    number = normal_id_number(identity["id_number"])
    known_as = f"volunteer:{pseudonym(key, number)}"
    sealed = seal(identity | {"id_number": number})
    # What the books keep of a command outlasts the person's data, so it needs a key as well.
    command = replace(command, arguments=keyed_hash(key, command.arguments))
    try:
        return books.put(
            Volunteer,
            known_as,
            command,
            lambda volunteer: volunteer.register(orgunit, team, sealed, moment),
            orgunit=orgunit,
        )
    except Conflict as conflict:
        if conflict.data.get("status") != "registered":
            raise
    known = books.get(Volunteer, known_as)
    return {"id": known.id, "version": known.version, "status": known.status}
