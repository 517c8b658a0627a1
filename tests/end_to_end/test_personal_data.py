"""What tells who a resident is stays in relief, and is unreadable even there."""

import json

import pytest
from bson import json_util
from pymongo import MongoClient

from deploy.local.facts.reader import read_facts
from shared.domain.errors import ValidationFailed
from shared.platform.topology import SERVICES
from tests.end_to_end.conftest import FACTS

SECRETS = {"name": "赵钱孙李", "phone": "13900001234", "address": "东胡垌南街七十七号"}
# A made-up number with a right check digit.
VOLUNTEER = {"id_number": "410103199001010019", "name": "周吴郑王", "phone": "13800005678"}


def stored(stack):
    """Everything that the databases hold, as one text for each service."""
    with MongoClient(stack.mongodb_uri) as client:
        for name in SERVICES:
            database = client[f"warm_{name}"]
            yield "".join(
                json_util.dumps(document, ensure_ascii=False)
                for collection in database.list_collection_names()
                for document in database[collection].find()
            )


def test_no_event_briefing_log_or_database_shows_it(district):
    facts, [week] = read_facts(FACTS)
    district.start([week])
    district.clock.set(week.cutoff)
    order = next(fact for fact in facts if fact.key == "order-donghutong")
    for step in order.steps:
        arguments = dict(step.arguments)
        if "beneficiary" in arguments:
            arguments["beneficiary"] = {**arguments["beneficiary"], **SECRETS}
        district.rpc.call(step.service, step.method, **arguments)
    refused(district, order.steps[0])
    register_a_volunteer(district, order.steps[0].arguments["time"])
    issue = district.publish(week)
    logs = [(district.stack.home / "logs" / f"{name}.log").read_text() for name in SERVICES]
    for text in [*stored(district.stack), *logs, json.dumps(issue, ensure_ascii=False)]:
        secrets = [*SECRETS.values(), *VOLUNTEER.values()]
        assert not [secret for secret in secrets if secret in text]


def register_a_volunteer(district, time):
    """Twice: the number is known again, without being kept in a form that can be read."""
    given = {"orgunit": "410103", "time": time, "identity": VOLUNTEER}
    first = district.do("volunteering", "register_volunteer", **given)
    again = district.do("volunteering", "register_volunteer", **given)
    assert again["id"] == first["id"]
    wrong = {**given, "identity": VOLUNTEER | {"id_number": VOLUNTEER["id_number"][:-1] + "1"}}
    with pytest.raises(ValidationFailed) as caught:
        district.do("volunteering", "register_volunteer", **wrong)
    assert VOLUNTEER["id_number"][:-1] not in str(caught.value.data)


def refused(district, step):
    """An error about personal data doesn't repeat it."""
    beneficiary = {**SECRETS, "phone": SECRETS["phone"] * 10}
    try:
        district.rpc.call(
            step.service, step.method, **{**step.arguments, "beneficiary": beneficiary}
        )
    except ValidationFailed as error:
        assert list(error.data) == ["beneficiary"]
        assert SECRETS["phone"] not in str(error.data)
    else:
        raise AssertionError("too long a phone number was taken")
