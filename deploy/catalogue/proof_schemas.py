"""The JSON Schema of a bundle's `manifest.json`: the manifest of the events of an issue."""

import json

from deploy.catalogue.markdown import summary
from deploy.local.places import ROOT
from shared.contracts.envelope import json_schema, opened
from shared.contracts.events.briefing import Manifest

FILE = ROOT / "services" / "supervision" / "proof" / "schemas" / "manifest.json"


def text() -> str:
    about = {"title": Manifest.__name__, "description": summary(Manifest)}
    schema = about | opened(json_schema(Manifest))
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def write() -> None:
    FILE.write_text(text(), encoding="utf-8")
