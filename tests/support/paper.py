"""Printed forms as readers other than their writers see them."""

import io
import re
import subprocess
import unicodedata
from dataclasses import fields, is_dataclass

import docx
import pypdfium2

from deploy.local import install
from services.supervision.outline.blocks import Bars, Explanation, Pictures


def docx_text(body):
    """Every paragraph and cell of a Word document, in their order."""
    return "\n".join(docx_lines(body))


def docx_lines(body):
    for block in docx.Document(io.BytesIO(body)).iter_inner_content():
        if isinstance(block, docx.table.Table):
            yield from (_cells(row) for row in block.rows)
        else:
            yield block.text


def _cells(row):
    """Each once, also where it goes across several columns."""
    return "\n".join(cell.text for cell in dict.fromkeys(row.cells))


def sheets(body):
    """The text of each page of a PDF."""
    return [unspecial(page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(body)]


def pdf_text(body):
    """The text of a PDF without what stands at the top and the foot of every page."""
    first, *others = sheets(body)
    heads = [set(page.splitlines()[:1]) for page in others]
    repeated = set.intersection(*heads) if heads else set()
    lines = [line for page in [first, *others] for line in page.splitlines()]
    return "\n".join(
        line for line in lines if line not in repeated and not re.fullmatch(r"— \d+ —", line)
    )


def unspecial(text):
    """pypdfium2 ends lines by CR LF, and gives a hyphen at a line's end as U+FFFE."""
    return text.replace("\r\n", "\n").replace("\ufffe", "-")


def squeezed(text):
    """Without blanks, and without what nobody sees."""
    return "".join(
        char
        for char in text
        if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf")
    )


def said(outlined):
    """Every text of an outline or a part of it, without the events behind its figures, and without
    pictures, whose figures stand in the text too."""
    if isinstance(outlined, str):
        yield outlined
    elif is_dataclass(outlined) and not isinstance(outlined, Bars | Explanation | Pictures):
        for field in fields(outlined):
            if field.name not in ("key", "tone", "about", "lang"):
                yield from said(getattr(outlined, field.name))
    elif isinstance(outlined, list | tuple):
        for part in outlined:
            yield from said(part)


def by_libreoffice(body, folder):
    """A Word document as LibreOffice prints it: PDF."""
    (folder / "issue.docx").write_bytes(body)
    subprocess.run(
        [
            install.ensure_writer(print),
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", "pdf", "--outdir", folder, folder / "issue.docx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (folder / "issue.pdf").read_bytes()
