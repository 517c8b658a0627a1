"""The rules by which the stored figures were folded.

After an upgrade that changes rules, the figures follow the former ones until they are rebuilt: no
draft reads them meanwhile.
"""

from pymongo.database import Database

from services.supervision.indicators import PRESENT
from services.supervision.indicators.declare import VERSIONS
from shared.domain.types import Document

KEY = "rules"


class FigureRules:
    def __init__(self, database: Database[Document]) -> None:
        self.collection = database["figure_rules"]
        self.facts = database["facts"]

    def version(self) -> str:
        """Figures of a release that didn't note it follow the first rules."""
        noted = self.collection.find_one({"_id": KEY})
        if noted:
            return str(noted["version"])
        return VERSIONS[0] if self.facts.find_one({}, {"_id": 1}) else self.note()

    def are_present(self) -> bool:
        return self.version() == PRESENT.version

    def note(self) -> str:
        """Note that the figures follow the present rules."""
        self.collection.replace_one({"_id": KEY}, {"version": PRESENT.version}, upsert=True)
        return PRESENT.version
