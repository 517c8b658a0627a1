"""`./warm audit` and `./warm sbom`: the packages in the image, and their known vulnerabilities."""

import json
import subprocess
import sys
from pathlib import Path

from deploy.local.console import say
from deploy.local.errors import CannotRun
from deploy.local.places import ROOT

LOCK = ROOT / "requirements.lock"
VULNERABLE, UNKNOWN = 1, 3
# Beside the interpreter, not by PATH: these are the versions that the lock file pins.
PROGRAMS = Path(sys.executable).parent


def audit(lock: Path = LOCK) -> int:
    """Print the known vulnerabilities of each package; returns the exit status.

    0 when no package is vulnerable, 1 when one is, 3 when the package index gives no information
    about some of them. Raises CannotRun.
    """
    quiet = ("--format=json", "--progress-spinner=off")
    output = _run("pip-audit", *quiet, "--disable-pip", "--require-hashes", "--requirement", lock)
    packages = json.loads(output)["dependencies"]
    unknown = [it["name"] for it in packages if "skip_reason" in it]
    vulnerable = [it for it in packages if it.get("vulns")]
    for it in vulnerable:
        for vulnerability in it["vulns"]:
            fixed = " or ".join(vulnerability["fix_versions"]) or "no version so far"
            print(f"{it['name']} {it['version']}: {vulnerability['id']}, fixed in {fixed}")
    if unknown:
        say(
            f"No information about {len(unknown)} of {len(packages)} packages: the package index"
            " in use publishes no vulnerabilities. Run ./warm audit with an index that does."
        )
    say(f"{len(packages) - len(unknown)} packages audited, {len(vulnerable)} of them vulnerable")
    return VULNERABLE if vulnerable else UNKNOWN if unknown else 0


def sbom() -> str:
    """The bill of materials of the image, CycloneDX in JSON: the same lock gives the same bytes.

    Raises CannotRun.
    """
    form = ("--output-reproducible", "--spec-version=1.6", "--output-format=JSON")
    return _run("cyclonedx-py", "requirements", *form, "--pyproject", ROOT / "pyproject.toml", LOCK)


def _run(program: str, *arguments: str | Path) -> str:
    """The program's standard output. Raises CannotRun."""
    command = [PROGRAMS / program, *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise CannotRun(
            f"{program} isn't installed here.", "Use ./warm of a checkout of the project."
        ) from None
    # An audit that found something ends with status 1 and has output.
    if not done.stdout:
        raise CannotRun(
            f"{program} failed:\n{done.stderr}", "Correct the cause and run the command again."
        )
    return done.stdout
