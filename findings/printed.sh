#!/bin/sh
# 1. typst 0.15.2 (Python) keeps what it has laid out: four different documents compiled one after the other in
#    one process take twice the memory of the first one, though each result is freed.
# 2. LibreOffice Writer 7.4, justified text with condensed characters (w:spacing -5): with
#    w:lang w:val="zh-CN" (the Western language of the text) a line is broken within a number, "2|00多个"; with
#    "en-GB" it isn't. The East-Asian language is zh-CN in both. Skipped without Writer and pdftotext.
# Prints versions and behaviour; fails if it changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q "typst==0.15.2"
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import typst


def peak():
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) // 1024


print("typst", version("typst"))
peaks = []
for turn in range(4):
    rows = "".join(f"[row {turn} {row}], [{row * turn}], " for row in range(6000))
    typst.compile(f"#table(columns: 2, {rows})".encode(), ignore_system_fonts=True)
    peaks.append(peak())
print("peak memory after each of four documents, MB:", *peaks)
assert peaks[3] > 1.5 * peaks[0]

folder = Path(sys.argv[1])
office = Path("/usr/lib/libreoffice/program/libswlo.so")
if not (office.exists() and shutil.which("pdftotext")):
    sys.exit(print("no Writer or no pdftotext: the second isn't checked"))
print(subprocess.run(["soffice", "--version"], capture_output=True, text=True).stdout.strip())
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" ContentType="{OFFICE}"/>'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
FONTS = '<w:rFonts w:ascii="FangSong" w:hAnsi="FangSong" w:eastAsia="FangSong"/>'
RELATIONS = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="d" Type="{RELATION}" Target="d.xml"/></Relationships>'
)


def broken(language):
    """How many of the numbers 200 are broken by the end of a line."""
    text = "".join("提供岗位" * length + "：200多个；" for length in range(1, 30))
    document = (
        f"<w:document {W}><w:body><w:p><w:pPr><w:jc w:val=\"both\"/></w:pPr><w:r><w:rPr>{FONTS}<w:spacing w:val=\"-5\"/><w:sz w:val=\"32\"/>"
        f'<w:lang w:val="{language}" w:eastAsia="zh-CN"/></w:rPr><w:t>{text}</w:t></w:r></w:p>'
        "</w:body></w:document>"
    )
    with zipfile.ZipFile(folder / "d.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("d.xml", document)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*convert, folder, folder / "d.docx"], check=True, capture_output=True)
    lines = subprocess.run(
        ["pdftotext", "-layout", folder / "d.pdf", "-"], capture_output=True, text=True, check=True
    ).stdout
    return len(re.findall(r"\d\s*\n\s*\d", lines))


found = {language: broken(language) for language in ("zh-CN", "en-GB")}
print("numbers broken by the end of a line:", found)
assert found["zh-CN"] > 0 == found["en-GB"]
PYTHON
