"""After an erasure no database holds anything readable about the person, and no figure differs."""

import pytest
from bson import json_util
from cryptography.fernet import Fernet, InvalidToken

from shared.domain.errors import Conflict
from shared.platform.topology import SERVICES
from tests.support.running import COMMUNITY, PERSON, TIME, WEEK, order

RESIDENT = {"name": "冯陈褚卫", "phone": "13911112222", "address": "蒋沈韩杨街八十八号"}
WHY = "冯陈褚卫已迁走"
# A made-up number with a right check digit.
VOLUNTEER = {"id_number": "410103199001010019", "name": "朱秦尤许", "phone": "13833334444"}
TEXTS = [*RESIDENT.values(), WHY, *VOLUNTEER.values()]
HOURS = {"value": "2", "qualifier": "exact", "unit": "hour"}
WHERE = {"orgunit": COMMUNITY, "time": TIME}


def documents(running):
    for service in SERVICES:
        with running.service_db(service) as database:
            for name in database.list_collection_names():
                yield from database[name].find()


def readable(running):
    """Those of TEXTS that anybody with a database and its keys can read in any collection."""
    keys = [Fernet(file.read_bytes().strip()) for file in running.stack.home.rglob("field.key")]
    assert keys
    text = "".join(_opened(document, keys) for document in documents(running))
    return [secret for secret in TEXTS if secret in text]


def _opened(value, keys):
    """A document as text, with all encrypted parts decrypted."""
    if isinstance(value, dict):
        return "".join(f"{name}{_opened(part, keys)}" for name, part in value.items())
    if isinstance(value, list):
        return "".join(_opened(part, keys) for part in value)
    if not isinstance(value, bytes):
        return json_util.dumps(value, ensure_ascii=False)
    for key in keys:
        try:
            return key.decrypt(bytes(value)).decode()
        except InvalidToken:
            continue
    return ""


def confirmed_order(running):
    id = running.raise_order(beneficiary=RESIDENT | {"age": 71})["id"]
    running.do("relief", "claim_items", id=id, department="民政局", time=TIME)
    running.do("relief", "deliver_order", id=id, time=TIME)
    running.do("relief", "confirm_order", id=id, time=TIME)
    return id


def rejected_order(running):
    id = running.raise_order(beneficiary=RESIDENT)["id"]
    running.do("relief", "reject_order", id=id, reason=WHY, time=TIME)
    return id


def former_volunteer(running):
    given = {"identity": VOLUNTEER, **WHERE}
    id = running.do("volunteering", "register_volunteer", **given)["id"]
    activity = {"name": {"zh": "活动"}, "category": "other", "planned_for": TIME[:10]}
    held = running.do("volunteering", "publish_activity", **activity, **WHERE)["id"]
    row = {"volunteer": id, "activity": held, "hours": HOURS}
    hours = running.do("volunteering", "record_hours", **row, **WHERE)["id"]
    running.do("volunteering", "verify_hours", id=hours, time=TIME)
    running.do("volunteering", "deregister_volunteer", id=id, time=TIME)
    return id


def cells(running):
    running.settled()
    return running.ask("supervision", "live", period=str(WEEK))["cells"]


def test_a_resident_and_a_volunteer_are_erased_everywhere_and_still_counted(running):
    orders = [confirmed_order(running), rejected_order(running)]
    person = former_volunteer(running)
    before = cells(running)
    assert set(RESIDENT.values()) <= set(readable(running))
    same = running.ask("relief", "orders_of_same_resident", id=orders[0])
    assert [it["id"] for it in same if it["id"] in orders] == [orders[1]]
    for id in orders:
        running.do("relief", "erase_beneficiary", id=id, ground="requested")
    given = {"id": person, "ground": "requested", "command_id": f"erase-{person[10:]}"}
    first = running.do("volunteering", "erase_volunteer", **given)
    assert running.do("volunteering", "erase_volunteer", **given) == first
    assert cells(running) == before
    assert readable(running) == []
    audit = {it["id"]: it for it in running.ask("relief", "erasures")}
    assert {audit[id]["actor"] for id in orders} == {PERSON}
    assert person in [it["id"] for it in running.ask("volunteering", "erasures")]
    again = running.do("volunteering", "register_volunteer", identity=VOLUNTEER, **WHERE)
    assert again["id"] != person
    with running.service_db("volunteering") as database:
        stored = database["aggregates"].find_one({"_id": person})
    assert not {"personal", "identity", "reason"} & stored.keys()


def test_an_open_order_keeps_its_resident(running):
    id = running.do("relief", "raise_order", **order(), beneficiary=RESIDENT)["id"]
    with pytest.raises(Conflict) as caught:
        running.do("relief", "erase_beneficiary", id=id, ground="requested")
    assert caught.value.data["status"] == "raised"
    with running.service_db("relief") as database:
        assert database["aggregates"].find_one({"_id": id})["personal"]
    running.do("relief", "reject_order", id=id, reason="测试", time=TIME)
    running.do("relief", "erase_beneficiary", id=id, ground="requested")
