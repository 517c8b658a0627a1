"""What is printed: no figure loses its qualifier, and the seal covers every leaf."""

import base64
import hashlib
import html
import json
import re
from functools import cache

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from services.supervision.briefing.assemble import document, draft, fold_week
from services.supervision.briefing.signing import Signer
from services.supervision.forms import rendering
from services.supervision.forms.renderer import RENDERER
from services.supervision.indicators import PRESENT
from services.supervision.proof.verify import is_signed
from shared.domain.wording import LANGUAGES
from shared.platform.topology import SERVICES
from tests.support.district import histories, naive
from tests.support.masthead import MASTHEAD
from tests.unit import strategies as make
from tests.unit.services.supervision.briefing.test_table import REGISTRY

FORMS = [(form, lang) for form in rendering.MEDIA_TYPES for lang in LANGUAGES]
SHOWN_BY = {
    "zh": {
        "over": ["{}多", "超过{}"],
        "about": ["约{}"],
        "at_most": ["不超过{}"],
        "exact": ["{}"],
    },
    "en": {
        "over": ["over {} "],
        "about": ["about {} "],
        "at_most": ["at most {} "],
        "exact": ["{}"],
    },
}
FREEZE = {
    "parked": {"not_json": 2},
    "sources": {name: number for number, name in enumerate(SERVICES, 3)},
    "incomplete": {},
    "rules": PRESENT.version,
    "renderer": RENDERER,
    "facts": None,
}


@cache
def signer():
    key = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return Signer(key.private_bytes(*form, serialization.NoEncryption()))


def made(events, week):
    told = [event | {"timeprecision": "second"} for event in events]
    folded = fold_week(week, PRESENT, naive.by_subject([*told, *REGISTRY]))
    return document(draft(folded, FREEZE), MASTHEAD)


def with_large_figures(events):
    """The same events, each figure with a number of its own that nothing else in the text has."""
    number = 7_000_000
    for event in events:
        for part in event["data"].values():
            if isinstance(part, dict) and part.get("value") is not None:
                number += 1370
                part["value"] = {"0": f"{number}", "1": f"{number}.5"}.get(
                    part["value"], f"{number + 7}"
                )
    return events


def figures(value):
    """(value, qualifier) of every figure anywhere in a document."""
    if isinstance(value, dict):
        if value.get("value") and "qualifier" in value:
            yield value["value"], value["qualifier"]
        for part in value.values():
            yield from figures(part)
    elif isinstance(value, list):
        for part in value:
            yield from figures(part)


def bare(text, printed, lang):
    """Figures that read otherwise than they are."""
    kinds = {}
    for value, qualifier in printed:
        kinds.setdefault(value, set()).add(qualifier)
    for value, qualifiers in kinds.items():
        forms = [form for kind in qualifiers for form in SHOWN_BY[lang][kind]]
        allowed = {match for form in forms for match in found_at(form, value, text)}
        if set(found_at("{}", value, text)) - allowed:
            yield value


def found_at(form, value, text):
    """Where the number itself stands, as part of `form`."""
    before, after = form.split("{}")
    pattern = rf"{before}(?<![0-9.]){re.escape(value)}(?![0-9.]){after}"
    return [match.start() + len(before) for match in re.finditer(pattern, text)]


@settings(max_examples=50)
@given(histories.histories().map(with_large_figures), st.sampled_from(histories.WEEKS))
def test_no_form_shows_an_inexact_figure_bare(events, week):
    whole = made(events, week)
    printed = [pair for pair in figures(whole) if len(pair[0]) > 6]
    for form, lang in FORMS:
        assert list(bare(rendering.render(whole, form, lang), printed, lang)) == []


def clinic(consultations):
    data = histories.clinic_data("tallied")
    amount = {"value": "500", "qualifier": "over", "unit": "person_time", "stated": None}
    return data.map(
        lambda drawn: {
            "id": "clinic-1",
            "source": "/warm/clinics",
            "type": "clinics.clinic.tallied",
            "subject": "clinic-1",
            "subjectsequence": 1,
            "sourcesequence": 1,
            "orgunit": "410103006",
            "time": "2017-01-04T00:00:00+08:00",
            "recordedtime": "2017-01-04T00:00:00+08:00",
            "data": drawn | {"consultations": amount | consultations},
        }
    )


def shown(form, whole, lang):
    """What a reader sees: without the content digest, and of a page only the text."""
    body = rendering.render(whole, form, lang).replace(whole["content_digest"], "")
    return re.sub(r"<style>.*?</style>|<[^>]*>", "", body, flags=re.DOTALL)


@pytest.mark.parametrize("form", rendering.MEDIA_TYPES)
@settings(max_examples=20)
@given(event=clinic({}))
def test_over_500_consultations_are_never_500(form, event):
    whole = made([event], histories.WEEKS[2])
    chinese, english = (shown(form, whole, lang) for lang in ("zh", "en"))
    assert "500多人次" in chinese and "over 500 person-times" in english
    assert all(after in "多0123456789" for after in re.findall("500(.)", chinese))
    for before in re.findall(r"(.{5})500(?!\d)", english):
        assert before == "over "


def test_the_check_finds_a_bare_figure():
    assert list(bare("接诊 7000700人次", [("7000700", "over")], "zh")) == ["7000700"]
    assert list(bare("7000700 or over 7000700 people", [("7000700", "over")], "en"))
    assert not list(bare("接诊 7000700多人次", [("7000700", "over")], "zh"))


def said(value, lang):
    """Every sentence of a document's part."""
    if isinstance(value, dict):
        if isinstance(value.get(lang), str):
            yield value[lang]
        for part in value.values():
            yield from said(part, lang)
    elif isinstance(value, list):
        for part in value:
            yield from said(part, lang)


@settings(max_examples=30)
@given(histories.histories(), st.sampled_from(histories.WEEKS))
def test_every_sentence_and_figure_is_in_every_form(events, week):
    whole = made(events, week)
    for form, lang in FORMS:
        written = read(rendering.render(whole, form, lang))
        for section in whole["sections"]:
            for line in section["lines"]:
                assert line[lang] in written or line["indicator"] in quiet(whole)
            for item in section["items"]:
                assert item["said"][lang] in written
                assert all(detail[lang] in written for detail in item["details"])
        for sentence in said([whole["headlines"], columns(whole)], lang):
            assert sentence in written


def quiet(whole):
    """Indicators that may share a line: their label and figure stand in the table of the annex."""
    return {
        row["indicator"]
        for row in whole["headline_table"]
        if {row["this"]["value"], row["last"]["value"]} <= {None, "0"}
        or (row["this"]["value"] == row["last"]["value"] and row["cumulative"]["value"] is None)
    }


def read(page):
    """As a reader sees it: without entities, and without the marks of Chinese words."""
    return html.unescape(re.sub(r'<span lang="zh-Hans">([^<]*)</span>', r"\1", page))


def columns(whole):
    """The headline table as it is printed: the first week has nothing to compare with, and the
    first weeks have no mean."""
    compared = {"last", "change", "mean"} if whole["notes"]["first_week"] else set()
    compared |= {"mean"} if whole["notes"]["mean_begins"] else set()
    return [
        {name: part for name, part in row.items() if name not in compared}
        for row in whole["headline_table"]
    ]


@pytest.mark.parametrize("event_type", make.event_types, ids=lambda item: item.name)
@settings(max_examples=5)
@given(data=st.data())
def test_no_event_that_is_read_can_break_the_printing(event_type, data):
    event = data.draw(make.events(event_type))
    event |= {"time": "2017-01-04T00:00:00+08:00", "orgunit": "410103006"}
    if "planned_for" in event["data"]:
        event["data"]["planned_for"] = data.draw(st.sampled_from(["2017-01-05", "2017-01-12"]))
    if event_type.name.startswith("supervision.orgunit."):
        event["data"] |= {"code": "410103006", "parent": "410103"}
    folded = fold_week(histories.WEEKS[2], PRESENT, naive.by_subject([event, *REGISTRY]))
    sealed = rendering.signed(document(draft(folded, FREEZE), MASTHEAD), signer())
    for form in rendering.renderings(sealed):
        assert form["text"]
        assert "None" not in form["text"] or "None" in json.dumps(event)


SEALED = rendering.signed(made([], histories.WEEKS[2]), signer())


def test_the_digest_is_over_everything_but_itself_and_the_signature():
    rest = {name: part for name, part in SEALED.items() if name not in ("digest", "signature")}
    plain = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert SEALED["digest"] == hashlib.sha256(plain.encode()).hexdigest()
    assert "keyid" in rest


def test_anybody_can_check_the_signature_with_the_public_key():
    public = serialization.load_pem_public_key(signer().public_pem().encode())
    public.verify(base64.b64decode(SEALED["signature"]), SEALED["digest"].encode())
    assert SEALED["keyid"] == signer().keyid


def other(leaf):
    """Another value of the same kind."""
    if isinstance(leaf, bool) or leaf is None:
        return not leaf
    if isinstance(leaf, int):
        return leaf + 1
    return f"{leaf}x" if isinstance(leaf, str) else ["x"]


LEAVES = [
    path
    for path in make.paths(SEALED)
    if not make.at(SEALED, path) or not isinstance(make.at(SEALED, path), dict | list)
]


def test_changing_any_leaf_breaks_the_seal():
    assert is_signed(SEALED, signer())
    for path in LEAVES:
        assert not is_signed(make.replaced(SEALED, path, other(make.at(SEALED, path))), signer()), (
            path
        )


def test_a_signature_has_one_spelling():
    head, last = SEALED["signature"][:-3], SEALED["signature"][-3]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    twins = [f"{head}{letter}==" for letter in alphabet if letter != last]
    for spelling in [*twins, SEALED["signature"] + "\n", f" {SEALED['signature']}", head, ""]:
        assert not signer().verifies(spelling, SEALED["digest"].encode())


def test_another_key_made_no_signature_of_ours():
    key = Ed25519PrivateKey.from_private_bytes(b"2" * 32)
    forged = base64.b64encode(key.sign(SEALED["digest"].encode())).decode()
    assert not is_signed(SEALED | {"signature": forged}, signer())


def test_a_rendering_is_known_by_its_digest_and_address():
    for form in rendering.renderings(SEALED):
        body = form["text"].encode()
        assert (form["sha256"], form["size"]) == (
            hashlib.sha256(body).hexdigest(),
            len(body),
        )
        kind, lang = form["format"], form["lang"]
        assert form["urn"] == f"urn:warm:briefing:2017-W01:r0:{kind}:{lang}"
        assert form["media_type"] == rendering.MEDIA_TYPES[kind]


def test_there_is_every_form_in_every_language():
    made_of = [(one["format"], one["lang"]) for one in rendering.renderings(SEALED)]
    assert made_of == [("text", "zh"), ("text", "en"), ("html", "zh"), ("html", "en")]


def test_the_same_content_is_the_same_bytes():
    again = rendering.signed(made([], histories.WEEKS[2]), signer())
    assert again == SEALED
    assert rendering.renderings(again) == rendering.renderings(SEALED)
