"""Writes each line of JSON again by two RFC 8785 libraries: python canonical_bytes.py < LINES"""

import json
import sys

import jcs
import rfc8785

for line in sys.stdin:
    value = json.loads(line)
    print(json.dumps([rfc8785.dumps(value).decode(), jcs.canonicalize(value).decode()]))
