"""Real clients of other protocols, in an environment of their own, and what they see."""

import hashlib
import json
import subprocess
import venv
from pathlib import Path

from deploy.local.lock import Lock
from deploy.local.places import VAR

HERE = Path(__file__).parent
LOCK = HERE / "requirements.lock"
HOME = VAR / "protocol-clients"
SECONDS = 60


class Clients:
    """They are installed once, by their lock."""

    def __init__(self):
        self.python = HOME / "bin" / "python"
        lock = Lock(HOME.with_suffix(".lock"))
        lock.acquire()
        try:
            self._install()
        finally:
            lock.release()

    def _install(self):
        stamp = HOME / hashlib.sha256(LOCK.read_bytes()).hexdigest()
        if stamp.exists():
            return
        venv.create(HOME, with_pip=True, clear=True)
        command = [self.python, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*command, "--requirement", LOCK], check=True)
        stamp.touch()

    def start(self, program, *arguments):
        """A program of this folder, or of a path, whose lines can be read as they come."""
        command = [self.python, "-u", HERE / program, *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def see(self, program, *arguments):
        """All that a program of this folder says."""
        with self.start(program, *arguments) as process:
            said, _ = process.communicate(timeout=SECONDS)
        return [json.loads(line) for line in said.splitlines()]
