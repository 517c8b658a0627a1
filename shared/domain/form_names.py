"""The names of the forms of a briefing."""

# Those that people read on a screen.
READABLE = ("text", "html")
FORMS = (*READABLE, "docx", "pdf", "xlsx", "ods", "csv", "csv-dictionary", "sdmx")
