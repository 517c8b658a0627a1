"""Queries over several orders: which are of the same resident. A resident has no id."""

import unicodedata
from collections.abc import Mapping

from services.relief.documents import Order
from shared.aggregates.personal import PersonalData
from shared.aggregates.repository import Repository
from shared.domain.types import Json


def same_resident(repository: Repository, personal: PersonalData, id: str) -> list[Json]:
    """Other orders that seem to be of the resident of that order, with what is the same. A person
    decides whether they are. Raises NotFound."""
    own = _marks(personal.open(repository.get(Order, id).personal))
    found = []
    for order in repository.find(Order, personal={"$exists": True}):
        same = own.items() & _marks(personal.open(order.personal)).items()
        if same and order.id != id:
            state = {"id": order.id, "orgunit": order.orgunit, "status": order.status}
            found.append(state | {"same": sorted(name for name, _ in same)})
    return found


def _marks(beneficiary: Mapping[str, str]) -> dict[str, str]:
    """What identifies a resident, without differences of writing."""
    plain = {name: _plain(text) for name, text in beneficiary.items()}
    marks = {"phone": plain.get("phone", "")[-11:]}
    if plain.get("name") and plain.get("address"):
        marks["name_and_address"] = f"{plain['name']}|{plain['address']}"
    return {name: text for name, text in marks.items() if text}


def _plain(text: str) -> str:
    """Letters and digits alone, of one width and case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
