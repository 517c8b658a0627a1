"""TLS for the servers of a stack."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tls:
    """Two PEM files: `authority` is the certificate that clients trust, `server` holds key and
    certificate of the server, for the address at which the stack listens."""

    authority: Path
    server: Path
