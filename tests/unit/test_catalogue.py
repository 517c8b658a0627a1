"""The JSON Schemas that consumers read are those that the code checks by."""

from shared import catalogue


def test_the_schemas_in_docs_are_current():
    written = {
        file.name: file.read_text(encoding="utf-8") for file in catalogue.FOLDER.glob("*.json")
    }
    assert written == catalogue.files(), "write them again: python -m shared.catalogue"
