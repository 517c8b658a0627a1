"""The forms of an issue: what each is called, and the module that makes it.

The module is loaded when the first file is made: a program that needs only names begins quickly.
"""

from importlib import import_module
from typing import NamedTuple

from shared.domain.types import Json

CSV = "text/csv; charset=utf-8; header=present"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
OFFICE = "application/vnd.openxmlformats-officedocument"


class Form(NamedTuple):
    """A form of an issue. `module` has `make`, and stands beside this one."""

    name: str
    media_type: str
    suffix: str
    module: str

    def make(self, document: Json, lang: str) -> bytes:
        """The file; it depends on nothing but the document and the language."""
        made: bytes = import_module(f"{__package__}.{self.module}").make(document, lang)
        return made


# Those that people read on a screen; they are also the forms of the first releases.
READABLE_FORMS = (
    Form("text", "text/plain; charset=utf-8", "txt", "text"),
    Form("html", "text/html; charset=utf-8", "html", "html"),
)
TABLE_FORMS = (
    Form("xlsx", f"{OFFICE}.spreadsheetml.sheet", "xlsx", "xlsx"),
    Form("ods", ODS, "ods", "ods"),
    Form("csv", CSV, "csv", "csv_form"),
    Form("csv-dictionary", CSV, "dictionary.csv", "dictionary"),
    Form("sdmx", "application/vnd.sdmx.data+csv; version=2.0.0", "sdmx.csv", "sdmx"),
)
PRINTED_FORMS = (
    Form("docx", f"{OFFICE}.wordprocessingml.document", "docx", "docx"),
    Form("pdf", "application/pdf", "pdf", "pdf"),
)
FORMS = {form.name: form for form in (*READABLE_FORMS, *PRINTED_FORMS, *TABLE_FORMS)}
