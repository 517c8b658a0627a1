"""Puts what an earlier version stored into the empty databases; prints the number of documents."""

import json
import os
import sys

from shared.platform.settings import given
from tests.support import older_data

[version] = sys.argv[1:]
print(json.dumps(sum(older_data.restore(given(os.environ, "MONGODB_URI"), version).values())))
