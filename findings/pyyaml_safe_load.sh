#!/bin/sh
# PyYAML 6.0.3, safe_load: a repeated key drops the first without a word, and plain scalars are read by
# YAML 1.1 (0200 is 128, 1:30 is 90, yes is True), though YAML 1.2 of 2009 reads 200 and two texts.
# Prints version and behaviour; fails if it changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "PyYAML==6.0.3"
"$folder/venv/bin/python" - <<'PYTHON'
import yaml

print("PyYAML", yaml.__version__)
repeated = yaml.safe_load("visits: [1, 2]\nvisits: [3]")
numbers = yaml.safe_load("[0200, 1:30, 1_000, yes]")
print("visits given twice:", repeated)
print("0200, 1:30, 1_000, yes:", numbers)
assert repeated == {"visits": [3]}
assert numbers == [128, 90, 1000, True]
PYTHON
