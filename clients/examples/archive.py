"""An archive: every issue, every form, with proof.

For each issue a folder such as 2017-W06-r0 with `issue.json` (the document as it was signed),
`manifest.json` (signed: it names each form's SHA-256) and the forms. A form that the manifest
doesn't name isn't kept. A withdrawn issue stays, and gets `withdrawn.json`.
"""

import argparse
import json
import logging
import mimetypes
import sqlite3
import threading
from pathlib import Path

from warm_client import Address, KeyRing, Report, Subscriber
from warm_client.forms import Form, FormReader

log = logging.getLogger("archive")


class Archive:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, report: Report, _db: sqlite3.Connection) -> None:
        """The handler of reports. Written again, the files become the same."""
        place = self.folder / report.name
        place.mkdir(exist_ok=True)
        if report.kind == "withdrawn":
            _write(place / "withdrawn.json", report.text.encode())
            return
        _write(place / "issue.json", report.text.encode())
        manifest = json.dumps(report.data.get("manifest"), ensure_ascii=False, sort_keys=True)
        _write(place / "manifest.json", manifest.encode())

    def keep(self, form: Form) -> bool:
        """The handler of forms: False while the issue isn't there."""
        path = self.folder / form.name / "manifest.json"
        if not path.exists():
            return False
        if form.is_signed_in(json.loads(path.read_bytes())):
            _write(path.with_name(_file_name(form)), form.body)
        else:
            log.error("%s isn't what the office signed: not kept", form.urn)
        return True


def _file_name(form: Form) -> str:
    """Such as `zh.pdf`, or `zh.sdmx.csv` where several forms are of one type."""
    ending = mimetypes.guess_extension(form.media_type.split(";")[0]) or ".bin"
    return (
        f"{form.lang}{ending}" if ending == f".{form.form}" else f"{form.lang}.{form.form}{ending}"
    )


def _write(path: Path, body: bytes) -> None:
    """Whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(body)
    new.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Every issue, every form, with proof.")
    parser.add_argument("--address-file", required=True, help="file with the AMQP address")
    parser.add_argument("--keys", required=True, help="the office's public keys, PEM")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the archive")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    address, keys = Address.from_file(options.address_file), KeyRing.from_file(options.keys)
    archive = Archive(options.out)
    reader = FormReader(address, archive.keep, position=options.out / ".forms")
    forms = threading.Thread(target=reader.run)
    forms.start()
    try:
        Subscriber(address, archive.take, store=options.out / ".store.sqlite", keys=keys).run()
    finally:
        reader.stop()
        forms.join()


if __name__ == "__main__":
    main()
