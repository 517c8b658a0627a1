"""The examples in the README of the Python client, in its order."""

import os
import re
import subprocess
import sys

from deploy.local.places import ROOT

PACKAGE = ROOT / "clients" / "python"
README = (PACKAGE / "README.md").read_text("utf-8")
KEEP, COUNT, REPLAY, ASYNCIO, RPC, ASYNC_RPC = re.findall(r"```python\n(.+?)```", README, re.DOTALL)
SECONDS = 60


def printed(folder, text):
    """What an example prints that ends by itself."""
    environment = os.environ | {"PYTHONPATH": str(PACKAGE / "src")}
    command = [sys.executable, "-c", text]
    ended = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.splitlines()
