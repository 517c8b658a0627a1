"""A statistics exporter: each issue's figures as SDMX-CSV, in a folder that others read from.

The file of an issue is replaced by that of its revision; a withdrawn issue's file is removed.
"""

import argparse
import json
import logging
import sqlite3
import threading
from pathlib import Path

from warm_client import Address, KeyRing, Report, Subscriber
from warm_client.forms import Form, FormReader

FORM = "sdmx"

log = logging.getLogger("sdmx_export")


class Exporter:
    """Manifests are kept in the subscriber's store. Forms come in another thread, so this one reads
    them by a connection of its own."""

    def __init__(self, folder: Path, lang: str) -> None:
        self.folder, self.lang = folder, lang
        folder.mkdir(parents=True, exist_ok=True)
        self.store = folder / ".store.sqlite"

    def take(self, report: Report, db: sqlite3.Connection) -> None:
        """The handler of reports."""
        db.execute("CREATE TABLE IF NOT EXISTS manifests (name TEXT PRIMARY KEY, manifest TEXT)")
        manifest = None if report.kind == "withdrawn" else report.data.get("manifest")
        row = (report.name, json.dumps(manifest))
        db.execute("INSERT OR REPLACE INTO manifests VALUES (?, ?)", row)
        if report.kind == "withdrawn":
            self._path(report.name).unlink(missing_ok=True)

    def keep(self, form: Form) -> bool:
        """The handler of forms: False while the issue isn't there."""
        if (form.form, form.lang) != (FORM, self.lang):
            return True
        known, manifest = self._manifest(form.name)
        if known and manifest is not None:
            if form.is_signed_in(manifest):
                self._write(form)
            else:
                log.error("%s isn't what the office signed: not exported", form.urn)
        return known

    def _manifest(self, name: str) -> tuple[bool, dict | None]:
        """Whether the report is known, and its manifest; None for a withdrawn one."""
        db = sqlite3.connect(self.store, timeout=30)
        try:
            row = db.execute("SELECT manifest FROM manifests WHERE name = ?", (name,)).fetchone()
        except sqlite3.OperationalError:
            # The first report makes the table.
            row = None
        finally:
            db.close()
        return row is not None, json.loads(row[0]) if row else None

    def _path(self, name: str) -> Path:
        """One file for each week: its latest revision."""
        return self.folder / f"{name.rpartition('-r')[0]}.csv"

    def _write(self, form: Form) -> None:
        path = self._path(form.name)
        new = path.with_name(f".{path.name}.new")
        new.write_bytes(form.body)
        new.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Each issue's figures as SDMX-CSV.")
    parser.add_argument("--address-file", required=True, help="file with the AMQP address")
    parser.add_argument("--keys", required=True, help="the office's public keys, PEM")
    parser.add_argument("--out", type=Path, required=True, help="the folder for the files")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="of the words in them")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    address, keys = Address.from_file(options.address_file), KeyRing.from_file(options.keys)
    exporter = Exporter(options.out, options.lang)
    reader = FormReader(address, exporter.keep, position=options.out / ".forms")
    forms = threading.Thread(target=reader.run)
    forms.start()
    try:
        Subscriber(address, exporter.take, store=exporter.store, keys=keys).run()
    finally:
        reader.stop()
        forms.join()


if __name__ == "__main__":
    main()
