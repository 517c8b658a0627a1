"""`./warm audit` and `./warm sbom`: what the image holds, and whether something in it is known to
be vulnerable."""

import json
import subprocess
import sys
from pathlib import Path

from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT

LOCK = ROOT / "requirements.lock"
VULNERABLE, UNKNOWN = 1, 3
# Beside the interpreter, not by PATH: the versions that the lock file pins.
PROGRAMS = Path(sys.executable).parent


def audit(lock=LOCK):
    """Print what is known of each vulnerable package; returns the exit status.

    0 when none is vulnerable, 1 when one is, 3 when nothing could be learned of some of them.
    """
    quiet = ("--format=json", "--progress-spinner=off")
    found = _run("pip-audit", *quiet, "--disable-pip", "--require-hashes", "--requirement", lock)
    packages = json.loads(found)["dependencies"]
    unknown = [it["name"] for it in packages if "skip_reason" in it]
    vulnerable = [it for it in packages if it.get("vulns")]
    for it in vulnerable:
        for problem in it["vulns"]:
            mended = " or ".join(problem["fix_versions"]) or "no version so far"
            print(f"{it['name']} {it['version']}: {problem['id']}, mended in {mended}")
    if unknown:
        say(
            f"Nothing could be learned of {len(unknown)} of {len(packages)} packages: the package"
            " index here doesn't tell of vulnerabilities. Run ./warm audit where it does."
        )
    say(f"{len(packages) - len(unknown)} packages audited, {len(vulnerable)} of them vulnerable")
    return VULNERABLE if vulnerable else UNKNOWN if unknown else 0


def sbom():
    """The bill of materials of the image, CycloneDX in JSON: the same lock gives the same bytes."""
    form = ("--output-reproducible", "--spec-version=1.6", "--output-format=JSON")
    return _run("cyclonedx-py", "requirements", *form, "--pyproject", ROOT / "pyproject.toml", LOCK)


def _run(program, *arguments):
    """What it prints. Raises CannotRun."""
    command = [PROGRAMS / program, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CannotRun(f"{program} isn't installed here.", "Use a checkout's ./warm.") from None
    # An audit that found something ends with 1, and says what.
    if not done.stdout:
        raise CannotRun(f"{program} failed:\n{done.stderr}", "Repair that and try again.")
    return done.stdout
