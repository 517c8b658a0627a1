"""Registering a volunteer: once for each ID number, whatever command it comes by."""

from services.volunteering.documents.stations import Volunteer
from services.volunteering.rules import pseudonym
from shared.aggregates.personal import derived_key, personal_keys
from shared.domain.errors import Conflict
from shared.domain.id_numbers import normal_id_number


def keys(settings):
    """Those of personal data, and the one that pseudonyms are made with. Raises BadSettings."""
    pseudonyms = derived_key(settings, "volunteering pseudonyms")
    return personal_keys(settings) | {"pseudonyms": pseudonyms}


def register(repository, command, key, seal, orgunit, identity, team, moment):
    """The volunteer of that ID number: new, back again, or, without a second event, as it is."""
    number = normal_id_number(identity["id_number"])
    known_as = f"volunteer:{pseudonym(key, number)}"
    sealed = seal(identity | {"id_number": number})
    try:
        return repository.put(
            Volunteer,
            known_as,
            command,
            lambda volunteer: volunteer.register(orgunit, team, sealed, moment),
            orgunit=orgunit,
        )
    except Conflict as conflict:
        if conflict.data.get("status") != "registered":
            raise
    return repository.note(Volunteer, known_as, command)
