"""Reading and writing events: two verdicts that agree, and a reason for every refusal."""

import json
from datetime import timedelta
from functools import cache
from itertools import product

import fastjsonschema
import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.contracts import compiled_decoders
from shared.contracts.envelope import (
    REASONS,
    EnvelopeSchema,
    Moment,
    Unreadable,
    _read_slowly,
    _validator,
    encode,
    event_id,
    new_event,
    read,
)
from shared.contracts.events import EVENT_TYPES
from shared.contracts.fields import OrgUnit
from shared.contracts.limits import LONGEST_EVENT
from shared.domain.periods import Week, parse_instant
from shared.domain.wording import LANGUAGES
from tests.support import event_versions
from tests.support.district.history import weeks_of_events
from tests.unit import strategies as make

TYPES = [*make.event_types, *event_versions.VERSIONS]
every_type = pytest.mark.parametrize("event_type", TYPES, ids=lambda item: item.name)
ONE_OF_EACH_SCHEMA = list({event_type.data: event_type for event_type in TYPES}.values())
every_version = pytest.mark.parametrize(
    "event_type", event_versions.VERSIONS, ids=lambda item: str(item.version)
)
NOW = parse_instant("2017-02-10T16:00:00+08:00")

GOOD = {
    "specversion": "1.0",
    "id": "0c6e2b9c-5f3b-5d0e-9a62-3f3a3f6f2c11",
    "source": "/warm/relief",
    "type": "relief.visit.recorded",
    "subject": "visits-1",
    "time": "2017-02-06T00:00:00+08:00",
    "timeprecision": "week",
    "recordedtime": "2017-02-06T12:00:00+08:00",
    "orgunit": "410103016",
    "subjectsequence": 1,
    "sourcesequence": 7,
    "correlationid": "c",
    "causationid": "c",
    "dataschema": "urn:warm:relief.visit.recorded:1",
    "datacontenttype": "application/json",
    "data": {
        "kind": "household",
        "visits": {"value": "500", "qualifier": "over", "unit": "visit", "stated": None},
        "withdrawn": False,
        "reason": None,
    },
}


@pytest.fixture(scope="module", autouse=True)
def with_several_versions():
    with event_versions.declared(event_versions.THIRD):
        yield


@cache
def envelope_schema():
    return EnvelopeSchema()


@cache
def data_schema(event_type):
    return event_type.data()


def compiled_takes(event_type, event):
    try:
        _validator(event_type)(event)
    except fastjsonschema.JsonSchemaValueException:
        return False
    return True


def takes_slowly(event):
    try:
        _read_slowly(make.wire(event), "relief")
    except Unreadable:
        return False
    return True


def marshmallow_takes(event_type, event):
    try:
        envelope_schema().load(event)
        data_schema(event_type).load(event["data"])
    except ValidationError:
        return False
    return event["dataschema"] == event_type.dataschema


def refusal(body, service="relief"):
    """(reason, detail) of an unreadable body."""
    with pytest.raises(Unreadable) as caught:
        read(body, service)
    return caught.value.reason, caught.value.detail


def is_optional(event_type, path):
    if path[0] == "data" and len(path) == 2:
        return not data_schema(event_type).fields[path[1]].required
    return path in {("traceparent",), ("data", "visits", "stated"), ("data", "level", "stated")}


def fast_path_takes(event_type, event):
    try:
        compiled_decoders.reader(EnvelopeSchema, event_type)(make.wire(event))
    except msgspec.DecodeError:
        return False
    return True


class TestVerdicts:
    @every_type
    @settings(max_examples=4)
    @given(data=st.data())
    def test_what_is_declared_is_read(self, event_type, data):
        event = data.draw(make.events(event_type))
        assert compiled_takes(event_type, event)
        assert marshmallow_takes(event_type, event)
        assert read(make.wire(event), event_type.service).event == event

    @pytest.mark.parametrize("codes", ["many_visits", "many_visits,moved_far"])
    def test_what_was_confirmed_takes_the_fast_path(self, codes):
        event = GOOD | {"confirmed": codes}
        assert fast_path_takes(EVENT_TYPES[event["type"]], event)
        assert read(make.wire(event), "relief").event["confirmed"] == codes

    def test_what_services_usually_publish_takes_the_fast_path(self):
        told = list(weeks_of_events(Week(2017, 6), 1, 500, ["410103006001"]))
        assert len({event["type"] for event in told}) > 10
        for event in told:
            assert fast_path_takes(EVENT_TYPES[event["type"]], event)

    @every_type
    @settings(max_examples=2)
    @given(data=st.data())
    def test_both_validators_agree_on_every_disturbed_field(self, event_type, data):
        event = data.draw(make.events(event_type))
        for path in make.paths(event):
            wrong = data.draw(make.disturbed(make.at(event, path)))
            for changed in (make.without(event, path), make.replaced(event, path, wrong)):
                expected = marshmallow_takes(event_type, changed)
                assert compiled_takes(event_type, changed) == expected, (path, wrong)
                assert expected or not fast_path_takes(event_type, changed), (path, wrong)

    @pytest.mark.parametrize("event_type", ONE_OF_EACH_SCHEMA, ids=lambda item: item.data.__name__)
    @settings(max_examples=2, phases=[Phase.generate])
    @given(data=st.data())
    def test_both_validators_agree_on_everything_that_goes_wrong(self, event_type, data):
        event = data.draw(make.events(event_type))
        for path in list(make.paths(event)):
            for part in make.in_place(event, path, make.WRONG):
                expected = marshmallow_takes(event_type, event)
                assert compiled_takes(event_type, event) == expected, (path, part)
                assert expected or not fast_path_takes(event_type, event), (path, part)

    @every_type
    @given(data=st.data())
    @settings(max_examples=2)
    def test_unknown_fields_are_ignored_when_read(self, event_type, data):
        event = data.draw(make.events(event_type))
        objects = [path for path in make.paths(event) if isinstance(make.at(event, path), dict)]
        for path in [(), *objects]:
            more = make.replaced({"": event}, ("", *path, "added_later"), [1.5, None])[""]
            assert read(make.wire(more), event_type.service).event == more

    @every_type
    @given(data=st.data())
    @settings(max_examples=2)
    def test_unknown_fields_are_refused_when_written(self, event_type, data):
        state = data.draw(make.states(event_type.data))
        objects = [path for path in make.paths(state) if isinstance(make.at(state, path), dict)]
        for path in [(), *objects]:
            more = make.replaced({"": state}, ("", *path, "added_later"), 1)[""]
            with pytest.raises(ValidationError):
                write(event_type, more)

    @every_type
    @given(data=st.data())
    @settings(max_examples=4)
    def test_what_is_written_is_read_once_it_has_its_number(self, event_type, data):
        written = write(event_type, data.draw(make.states(event_type.data)))
        event = {**written, "sourcesequence": 1}
        assert read(encode(event), event_type.service).event == event

    @every_version
    @given(data=st.data())
    @settings(max_examples=20)
    def test_each_version_is_read_by_its_own_schema_alone(self, event_type, data):
        event = data.draw(make.events(event_type))
        for other in event_versions.VERSIONS:
            body = make.wire(event | {"dataschema": other.dataschema})
            if other == event_type:
                assert read(body, "relief").event == event
            else:
                reason, detail = refusal(body)
                assert (reason, detail.split(".")[0]) == ("missing_field", "data")

    @every_version
    @given(data=st.data())
    @settings(max_examples=5)
    def test_the_fast_path_takes_every_version_that_is_read(self, event_type, data):
        named = {"type": event_type.name, "dataschema": event_type.dataschema}
        event = GOOD | named | {"data": data.draw(make.states(event_type.data))}
        assert fast_path_takes(event_versions.THIRD, event)

    @every_version
    @given(data=st.data())
    @settings(max_examples=2)
    def test_the_fast_path_takes_nothing_that_no_version_allows(self, event_type, data):
        event = data.draw(make.events(event_type))
        for path in list(make.paths(event)):
            for part in make.in_place(event, path, make.WRONG):
                fast = fast_path_takes(event_versions.THIRD, event)
                assert not fast or takes_slowly(event), (path, part)

    @pytest.mark.parametrize("version", [0, 4])
    def test_a_version_that_nobody_declared_is_unknown(self, version):
        named = f"urn:warm:{event_versions.NAME}:{version}"
        event = GOOD | {"type": event_versions.NAME, "dataschema": named, "data": {"kinds": []}}
        assert refusal(make.wire(event)) == ("unknown_version", named)


def write(event_type, state, n=1):
    return new_event(
        event_type,
        command_id="command",
        n=n,
        subject="subject",
        version=n,
        moment=Moment(NOW),
        recorded=NOW + timedelta(milliseconds=1),
        orgunit="410103006",
        data=state,
        cause={},
    )


class TestWriting:
    def test_the_same_command_gives_the_same_ids_and_its_events_have_different_ones(self):
        places = list(product(("relief", "clinics"), ("a", "b"), range(1, 50)))
        ids = [event_id(*place) for place in places]
        assert ids == [event_id(*place) for place in places]
        assert len(set(ids)) == len(ids)

    def test_an_event_starts_a_conversation_unless_it_has_a_cause(self):
        event = write(EVENT_TYPES["relief.visit.recorded"], GOOD["data"])
        assert event["correlationid"] == event["causationid"] == event["id"]

    def test_an_event_without_a_confirmation_has_no_such_attribute(self):
        assert "confirmed" not in write(EVENT_TYPES["relief.visit.recorded"], GOOD["data"])

    def test_a_cause_is_carried_on(self):
        cause = {"correlationid": "conversation", "causationid": "cause"}
        arguments = {"command_id": "c", "n": 1, "subject": "s", "version": 1, "orgunit": "410103"}
        event = new_event(
            EVENT_TYPES["relief.visit.recorded"],
            moment=Moment(NOW),
            recorded=NOW,
            data=GOOD["data"],
            cause=cause,
            **arguments,
        )
        assert {name: event[name] for name in cause} == cause


def wrong(path, part):
    return make.wire(make.replaced(GOOD, path, part))


REFUSED = {
    "an empty body": (b"", "empty", ""),
    "text": (b"hello", "not_json", None),
    "other than UTF-8": ('{"id":"中"}'.encode("gbk"), "not_json", None),
    "a byte order mark": (b"\xef\xbb\xbf{}", "not_json", None),
    "NaN": (b'{"specversion":NaN}', "not_json", None),
    "infinity": (b'{"specversion":-Infinity}', "not_json", None),
    "a number of 5000 digits": (b'{"id":' + b"9" * 5000 + b"}", "not_json", None),
    "100,000 brackets": (b"[" * 100_000, "not_json", None),
    "100,000 objects": (b'{"a":' * 100_000, "not_json", None),
    "an array": (b"[]", "not_an_envelope", None),
    "a number": (b"5", "not_an_envelope", None),
    "null": (b"null", "not_an_envelope", None),
    "another format": (b'{"event":"raised"}', "not_an_envelope", None),
    "an older CloudEvents": (wrong(["specversion"], "0.3"), "not_an_envelope", None),
    "5 MB": (b" " * 5_000_000, "too_large", "5000000 bytes"),
    "another service's source": (wrong(["source"], "/warm/clinics"), "foreign_source", None),
    "a later version": (
        wrong(["dataschema"], "urn:warm:relief.visit.recorded:2"),
        "unknown_version",
        "urn:warm:relief.visit.recorded:2",
    ),
    "a later version with other data": (
        make.wire(GOOD | {"dataschema": "urn:warm:relief.visit.recorded:2", "data": {"a": 1}}),
        "unknown_version",
        "urn:warm:relief.visit.recorded:2",
    ),
    "half a character": (wrong(["dataschema"], "\ud800"), "wrong_type", "dataschema"),
    "no data": (make.wire(make.without(GOOD, ["data"])), "missing_field", "data"),
    "no kind": (make.wire(make.without(GOOD, ["data", "kind"])), "missing_field", "data.kind"),
    "no unit": (
        make.wire(make.without(GOOD, ["data", "visits", "unit"])),
        "missing_field",
        "data.visits.unit",
    ),
    "text for a flag": (wrong(["data", "withdrawn"], "no"), "wrong_type", "data.withdrawn"),
    "a float for a number": (wrong(["subjectsequence"], 1.0), "wrong_type", "subjectsequence"),
    "no day of the calendar": (wrong(["time"], "2017-02-30T00:00:00Z"), "wrong_type", "time"),
    "a time without offset": (
        wrong(["time"], "2017-02-06T09:30:00"),
        "time_without_offset",
        "time",
    ),
    "an entry without offset": (
        wrong(["recordedtime"], "2017-02-06T09:30:00.5"),
        "time_without_offset",
        "recordedtime",
    ),
}


def missing(event, path):
    """What is said of an event that lacks `path`; one language is enough, none isn't."""
    whole = event
    for key in path[:-1]:
        whole = whole[key]
    if whole == {} and path[-1] in LANGUAGES:
        return "wrong_type", ".".join(map(str, path[:-1]))
    return "missing_field", ".".join(map(str, path))


class TestReasons:
    @pytest.mark.parametrize("body, reason, detail", REFUSED.values(), ids=REFUSED)
    def test_each_kind_of_bad_message_has_its_reason(self, body, reason, detail):
        found = refusal(body)
        assert found[0] == reason
        assert detail is None or found[1] == detail

    def test_the_good_message_is_read(self):
        assert read(encode(GOOD), "relief").event == GOOD

    def test_an_event_through_the_wrong_exchange_is_foreign(self):
        assert refusal(encode(GOOD), "clinics")[0] == "foreign_source"

    def test_a_type_of_another_service_is_foreign_even_when_nobody_knows_it(self):
        stranger = GOOD | {"type": "clinics.van.parked", "dataschema": "urn:warm:clinics.van:1"}
        assert refusal(encode(stranger))[0] == "foreign_source"

    def test_an_unknown_type_is_read_with_whatever_it_carries(self):
        later = GOOD | {
            "type": "relief.parcel.packed",
            "dataschema": "urn:warm:relief.parcel.packed:3",
            "data": {"weight": 1.5, "parts": [{"a": None}]},
        }
        assert read(encode(later), "relief").event == later

    def test_a_repeated_key_is_no_fault(self):
        body = encode(GOOD).replace(b'{"specversion"', b'{"id":"first","specversion"', 1)
        assert read(body, "relief").event == GOOD

    def test_the_longest_event_is_measured_in_bytes(self):
        padding = " " * (LONGEST_EVENT - len(encode(GOOD)))
        assert read(encode(GOOD) + padding.encode(), "relief").event == GOOD
        assert refusal(encode(GOOD) + padding.encode() + b" ")[0] == "too_large"

    @every_type
    @settings(max_examples=1)
    @given(data=st.data())
    def test_a_missing_field_is_named_by_its_path(self, event_type, data):
        event = data.draw(make.events(event_type))
        for path in make.paths(event):
            changed = make.without(event, path)
            if isinstance(path[-1], int) or marshmallow_takes(event_type, changed):
                continue
            # Without these two nobody can say what it is.
            if path not in {("specversion",), ("type",)}:
                found = refusal(make.wire(changed), event_type.service)
                assert found == missing(changed, path)

    @every_type
    @settings(max_examples=1)
    @given(data=st.data())
    def test_a_wrong_type_is_named_by_its_path(self, event_type, data):
        event = data.draw(make.events(event_type))
        for path in make.paths(event):
            reason, detail = refusal(make.wire(make.replaced(event, path, 1.5)), event_type.service)
            if path in {("specversion",), ("type",)}:
                assert reason == "not_an_envelope"
            elif path == ("dataschema",):
                assert (reason, detail) == ("wrong_type", "dataschema")
            else:
                # Of a choice between two forms, such as text or null, only the whole is named.
                assert reason == "wrong_type"
                assert ".".join(map(str, path)).startswith(detail) and detail


class TestAnything:
    """Whatever comes, reading gives an event or a reason that can be stored."""

    def check(self, body):
        try:
            arrival = read(body, "relief")
        except Unreadable as error:
            assert error.reason in REASONS
            error.detail.encode()
            assert len(error.detail) <= 500
        else:
            assert isinstance(arrival.event, dict)

    @given(st.binary(max_size=50))
    def test_any_bytes(self, body):
        self.check(body)

    def test_what_goes_wrong_anywhere(self):
        for path in make.paths(GOOD):
            for part in make.WRONG:
                self.check(make.wire(make.replaced(GOOD, path, part)))

    @given(make.json_values())
    def test_any_json(self, value):
        self.check(make.wire(value))

    @settings(max_examples=120)
    @given(data=st.data())
    def test_any_json_in_place_of_any_attribute(self, data):
        path = data.draw(st.sampled_from(sorted(make.paths(GOOD), key=str)))
        self.check(make.wire(make.replaced(GOOD, path, data.draw(make.json_values()))))

    @pytest.mark.parametrize("name", [*GOOD, "added_later"])
    @pytest.mark.parametrize("bracket", ["[]", "{}"])
    def test_any_depth(self, name, bracket):
        opening, closing = ("[", "]") if bracket == "[]" else ('{"a":', "1}")
        for depth in [*range(1, 100, 9), *range(850, 1050)]:
            nested = opening * depth + closing[:1] * (bracket == "{}") + closing[-1] * depth
            body = json.dumps(GOOD | {name: "HERE"}).replace('"HERE"', nested)
            self.check(body.encode())


def test_division_codes_are_of_three_levels():
    taken = OrgUnit()
    assert [taken.deserialize(code) for code in ("410103", "410103016", "410103016009")]
    for code in ("41", "4101", "4101030", "410103016009001", "41010３", "410103\n"):
        with pytest.raises(ValidationError):
            taken.deserialize(code)
