"""The last run of each part of the long run, kept in docs/testing.md."""

import subprocess
from datetime import datetime

from deploy.local.places import ROOT
from shared.domain.periods import SHANGHAI

PAGE = ROOT / "docs" / "testing.md"
BEGIN, END = "<!-- long runs -->", "<!-- end of long runs -->"
HEADS = "| part | day | commit | seed | wall time | outcome |\n|---|---|---|---|---|---|\n"
# Tests that draw something at random leave their seed here.
SEED = ROOT / "var" / "seed"
OUTCOMES = {0: "passed", 1: "failed", 5: "no tests"}


def record(part: str, seconds: float, status: int) -> None:
    """Replace the part's row. `status` is pytest's exit status."""
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    table, _, after = rest.partition(END)
    rows = {line.split(" | ")[0]: line for line in table.splitlines() if line.startswith("| `")}
    rows[f"| `{part}`"] = _row(part, seconds, status)
    body = "\n".join(row for _, row in sorted(rows.items()))
    PAGE.write_text(f"{before}{BEGIN}\n{HEADS}{body}\n{END}{after}", "utf-8")


def _row(part: str, seconds: float, status: int) -> str:
    day = datetime.now(SHANGHAI).date()
    outcome = OUTCOMES.get(status, f"exit status {status}")
    minutes = f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"
    return f"| `{part}` | {day} | {_commit()} | {_seed()} | {minutes} | {outcome} |"


def _commit() -> str:
    described = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(described, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def _seed() -> str:
    return SEED.read_text().strip() if SEED.exists() else "—"
