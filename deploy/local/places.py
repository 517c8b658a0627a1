"""Where the local stack finds the project's files and keeps its own."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
DATA = ROOT / "deploy" / "data"
BROKER_CONFIG = ROOT / "deploy" / "broker"
