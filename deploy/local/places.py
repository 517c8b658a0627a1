"""Folders of the project that the commands read and write."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
DATA = ROOT / "deploy" / "data"
BROKER_CONFIG = ROOT / "deploy" / "broker"
