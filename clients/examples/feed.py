"""A web site's feed: Atom, JSON Feed, and a page for each issue, written into a folder.

The page has its styles in its tags and no script, so that it can also be pasted into the editor of
a WeChat account. Issues that are revised or withdrawn say so; nothing disappears.
"""

import argparse
import html
import json
import sqlite3
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from warm_client import Address, KeyRing, Report, Subscriber

TABLE = """CREATE TABLE IF NOT EXISTS entries (name TEXT PRIMARY KEY, title TEXT NOT NULL,
    summary TEXT NOT NULL, published TEXT NOT NULL, updated TEXT NOT NULL)"""
NEWEST = """SELECT name, title, summary, published, updated FROM entries
    ORDER BY published DESC, name DESC LIMIT 52"""
ATOM, XML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}"
HEADING, OFFICE = "温暖二七 周通报", "二七区“温暖二七”行动办公室"
PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="max-width:40em;margin:1em auto;padding:0 1em;line-height:1.6">
<h1 style="font-size:1.3em">{title}</h1>
{lines}
</body></html>
"""


class Site:
    """The files in `folder`, which a web server shows at `address`."""

    def __init__(self, folder: Path, address: str) -> None:
        self.folder, self.address = folder, address.rstrip("/")
        folder.mkdir(parents=True, exist_ok=True)

    def take(self, report: Report, db: sqlite3.Connection) -> None:
        """The handler: the entry is stored together with the report, then the files are written."""
        db.execute(TABLE)
        if report.kind == "withdrawn":
            self._withdraw(report, db)
        else:
            self._enter(report, db)
        entries = db.execute(NEWEST).fetchall()
        text = json.dumps(self._json_feed(entries), ensure_ascii=False, indent=1)
        _write(self.folder / "feed.json", text)
        _write(self.folder / "feed.atom", self._atom_feed(entries))

    def _enter(self, report: Report, db: sqlite3.Connection) -> None:
        masthead, lines = report.document["masthead"], report.document["headlines"]
        revised = f"（第{report.revision}次修订）" if report.revision else ""
        title = f"“{masthead['programme']['zh']}”周通报 第{report.issue}期{revised}"
        said = [line["zh"] for line in lines]
        entry = (report.name, title, "\n".join(said), *[masthead["published_at"]] * 2)
        db.execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)", entry)
        days = f"{masthead['first_day']} 至 {masthead['last_day']}"
        self._write_page(report.name, title, [days, *said, f"文件摘要 {report.digest[:16]}"])

    def _withdraw(self, report: Report, db: sqlite3.Connection) -> None:
        notice, name = report.document, report.name
        row = db.execute("SELECT title FROM entries WHERE name = ?", (name,)).fetchone()
        if row is None:
            return
        title, reason = f"{row[0]}（已撤回）", notice["reason"].get("zh") or notice["reason"]["en"]
        entry = (title, reason, notice["withdrawn_at"], name)
        db.execute("UPDATE entries SET title = ?, summary = ?, updated = ? WHERE name = ?", entry)
        self._write_page(name, title, [reason])

    def _write_page(self, name: str, title: str, lines: list[str]) -> None:
        paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in lines)
        page = PAGE.format(title=html.escape(title), lines=paragraphs)
        _write(self.folder / f"{name}.html", page)

    def _url(self, name: str) -> str:
        return f"{self.address}/{name}.html"

    def _json_feed(self, entries: list[Any]) -> dict[str, Any]:
        names = ("id", "url", "title", "content_text", "date_published", "date_modified")
        items = [
            dict(zip(names, (self._url(name), self._url(name), *rest), strict=True))
            for name, *rest in entries
        ]
        about = {"version": "https://jsonfeed.org/version/1.1", "title": HEADING}
        return {**about, "language": "zh-CN", "authors": [{"name": OFFICE}], "items": items}

    def _atom_feed(self, entries: list[Any]) -> str:
        ElementTree.register_namespace("", ATOM.strip("{}"))
        feed = ElementTree.Element(f"{ATOM}feed", {f"{XML}lang": "zh-CN"})
        newest = max((updated for *_, updated in entries), default="1970-01-01T00:00:00Z")
        _add(feed, id=f"{self.address}/feed.atom", title=HEADING, updated=newest)
        _add(ElementTree.SubElement(feed, f"{ATOM}author"), name=OFFICE)
        for name, title, summary, published, updated in entries:
            entry = ElementTree.SubElement(feed, f"{ATOM}entry")
            _add(entry, id=self._url(name), title=title, published=published, updated=updated)
            _add(entry, summary=summary)
            ElementTree.SubElement(entry, f"{ATOM}link", {"href": self._url(name)})
        return ElementTree.tostring(feed, encoding="unicode", xml_declaration=True)


def _add(parent: ElementTree.Element, **parts: str) -> None:
    for name, text in parts.items():
        ElementTree.SubElement(parent, f"{ATOM}{name}").text = text


def _write(path: Path, text: str) -> None:
    """Whole or not at all: a web server reads beside us."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def main() -> None:
    parser = argparse.ArgumentParser(description="Atom, JSON Feed and a page for each issue.")
    parser.add_argument("--address-file", required=True, help="file with the AMQP address")
    parser.add_argument("--keys", required=True, help="the office's public keys, PEM")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the site")
    parser.add_argument("--site", required=True, help="its address on the web")
    options = parser.parse_args()
    site = Site(options.out, options.site)
    address, keys = Address.from_file(options.address_file), KeyRing.from_file(options.keys)
    Subscriber(address, site.take, store=site.folder / ".store.sqlite", keys=keys).run()


if __name__ == "__main__":
    main()
