"""Servers of a stack that speak TLS and nothing else."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tls:
    """Two PEM files: the `authority` that clients trust, and key and certificate of the `server`,
    for the address at which the stack listens."""

    authority: Path
    server: Path
