"""Databases as an earlier version stored them: tests/data/stored_by_<version>.bson.xz.

The programme's week 2017-W06 with its issue, a late fact and revision 1, and an order under way,
entered by that version through its RPC. The keys that it used follow from a text: test data has no
secrets.
"""

import base64
import hashlib
import lzma
from pathlib import Path

import bson
from bson.raw_bson import RawBSONDocument
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pymongo import MongoClient

DATA = Path(__file__).parents[1] / "data"
SEED = hashlib.sha256(b"warm district: keys of test data").digest()


def parts(version, options):
    """Each collection: its database, its name, its documents."""
    packed = (DATA / f"stored_by_{version}.bson.xz").read_bytes()
    return bson.decode_iter(lzma.decompress(packed), options)


def documents(version, database, collection):
    """What was stored in one collection."""
    return next(
        part["documents"]
        for part in parts(version, bson.DEFAULT_CODEC_OPTIONS)
        if (part["database"], part["collection"]) == (database, collection)
    )


def restore(mongodb_uri, version):
    """Put the data into empty databases. Returns what was put: (database, collection) → number."""
    found = {}
    with MongoClient(mongodb_uri) as client:
        for part in parts(version, RAW):
            documents = [RawBSONDocument(it.raw) for it in part["documents"]]
            client[part["database"]][part["collection"]].insert_many(documents)
            found[part["database"], part["collection"]] = len(documents)
    return found


RAW = bson.CodecOptions(document_class=RawBSONDocument)


def keys(folder):
    """The settings that name the keys, written below `folder`."""
    contents = {"WARM_SIGNING_KEY_FILE": signing_key(), "WARM_FIELD_KEY_FILE": field_key()}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o600)
    return {name: str(folder / name) for name in contents}


def signing_key():
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def field_key():
    return base64.urlsafe_b64encode(SEED)
