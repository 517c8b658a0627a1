"""The names of the editions and of the forms of a briefing."""

EDITIONS = INTERNAL, PUBLIC = ("internal", "public")

# Those that people read on a screen.
READABLE = ("text", "html")
FORMS = (*READABLE, "docx", "pdf", "xlsx", "ods", "csv", "csv-dictionary", "sdmx")
