#!/bin/sh
# A document whose DictField holds a number in the database (somebody wrote it by hand) loads in MongoEngine
# without a word, and fails later with a TypeError wherever the field is read. A DynamicField gives the number.
# Guessed: either loading refuses it, or reading gives what is stored. What checks stored documents for
# tampering has to read such fields as DynamicField. Ends with 1 if a newer version does otherwise.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "mongoengine==${MONGOENGINE:-0.29.3}" "pymongo==4.15.5"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import sys

import mongoengine


class Report(mongoengine.Document):
    closed = mongoengine.DictField()
    free = mongoengine.DynamicField()


# No server is asked: this is what the driver would hand over.
report = Report._from_son({"_id": "r1", "closed": 5, "free": 5})
print(f"mongoengine {mongoengine.__version__}: loaded; DynamicField reads {report.free!r}")
try:
    print(f"DictField reads {report.closed!r}")
except TypeError as error:
    print(f"DictField: TypeError: {error}")
    sys.exit(0)
sys.exit(1)
PYTHON
