#!/bin/sh
# google-re2 refuses (?:[a-z]{1,60},){0,19}, and names the repetition {0,19}; with {0,16} it takes the same pattern.
# Guessed: counts below the 1,000 that RE2's page on syntax names are fine. The product of nested counts has this limit.
# Ends with 1 if a newer version takes it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "google-re2==${RE2:-1.1.20251105}"
"$folder/venv/bin/python" - <<'PYTHON' 2>/dev/null
import importlib.metadata
import sys

import re2

print("google-re2", importlib.metadata.version("google-re2"))


def taken(pattern):
    try:
        found = bool(re2.fullmatch(pattern, "a,b,"))
    except re2.error as error:
        print(f"{pattern}: refused, {error}")
        return False
    print(f"{pattern}: taken, matches 'a,b,': {found}")
    return found


smaller, larger = taken("(?:[a-z]{1,60},){0,16}"), taken("(?:[a-z]{1,60},){0,19}")
apart = taken("(?:[a-z]{1,60},){0,10}(?:[a-z]{1,60},){0,9}")
sys.exit(0 if smaller and apart and not larger else 1)
PYTHON
