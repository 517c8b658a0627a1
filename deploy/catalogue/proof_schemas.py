"""The JSON Schema of a bundle's `manifest.json`: the manifest of the events of an issue."""

import json

from deploy.catalogue.markdown import summary
from deploy.local.places import ROOT
from shared.contracts.events.briefing import Manifest
from shared.contracts.json_schema import json_schema, opened, published

FILE = ROOT / "services" / "supervision" / "proof" / "schemas" / "manifest.json"
IDENTITY = "urn:warm:proof:manifest"


def text() -> str:
    about = {"title": Manifest.__name__, "description": summary(Manifest)}
    schema = about | published(opened(json_schema(Manifest)), IDENTITY)
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write() -> None:
    FILE.write_text(text(), encoding="utf-8")
