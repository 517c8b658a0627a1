"""Forms of an issue made by another process: another folder, user, language, zone and time."""

import json
import os
import subprocess
import sys

from deploy.local.places import ROOT

PROGRAM = """
import hashlib, json, sys, time
time.time = lambda: 2e9
time.localtime = lambda *_: time.gmtime(2e9)
from services.supervision.forms import catalogue
document = json.load(sys.stdin)
made = {f"{form.name}:{lang}": hashlib.sha256(form.make(document, lang)).hexdigest()
        for form in getattr(catalogue, sys.argv[1]) for lang in ("zh", "en")}
print(json.dumps(made))
"""
ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "PYTHONHASHSEED": "7",
    "PYTHONIOENCODING": "utf-8",
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "tr_TR.UTF-8",
    "SOURCE_DATE_EPOCH": "1",
    "RAYON_NUM_THREADS": "1",
    "USER": "somebody",
    "HOME": "/nowhere",
}


def made_elsewhere(forms, document):
    """Form and language → SHA-256 of the file; `forms` is the name of a list of the catalogue."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM, forms],
        input=json.dumps(document, ensure_ascii=False).encode(),
        env={"PATH": os.environ["PATH"], **ENVIRONMENT},
        cwd="/",
        capture_output=True,
        check=True,
    )
    return json.loads(ended.stdout)
