"""A file in YAML: what is written is what is read, or it is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform import yaml_reader
from shared.platform.yaml_reader import BadYaml, parse, read_yaml


@pytest.mark.parametrize(
    "text",
    [
        *("0200", "1:30", "12:30:45", "1_000", "0x10", "0o17", "0b1", "+5", "1.50", "1e3", ".5"),
        *("yes", "no", "on", "off", "y", "2017-02-07", "2017-02-07 09:00:00", "<<", "=", "-0"),
    ],
)
def test_a_scalar_that_yaml_1_1_reads_otherwise_stays_what_is_written(text):
    assert parse(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    "text, value",
    [
        *(("", None), ("~", None), ("null", None), ("true", True), ("False", False)),
        *(("0", 0), ("200", 200), ("-7", -7), ("'200'", "200"), ('"true"', "true")),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_null_flags_and_whole_numbers_are_read(text, value):
    assert parse(f"a: {text}") == {"a": value}


@given(st.integers(-(10**17), 10**17))
def test_a_whole_number_is_read_as_the_number_that_it_is(number):
    assert parse(f"- {number}\n- '{number}'") == [number, str(number)]


@pytest.mark.parametrize(
    "text, message",
    [
        ("visits: 1\nrelief: 2\nvisits: 3", "line 3: visits is given twice, first on line 1"),
        ("a:\n  - b:\n      c: 1\n      c: 2", "line 4: c is given twice, first on line 3"),
        ("a: {b: [{c: 1, d: 2, c: 3}]}", "line 1: c is given twice"),
        ("1: a\n'1': b", "line 2: 1 is given twice"),
    ],
)
def test_a_repeated_field_is_refused_with_its_line_at_any_depth(text, message):
    with pytest.raises(BadYaml, match=message):
        parse(text)


@pytest.mark.parametrize(
    "text, message",
    [
        ("a: [", "line 1: "),
        ("a: 1\n---\nb: 2", "line 2: .*another document"),
        ("a: !!python/name:os.system x", "line 1: a tag"),
        ("a: !!int 0200", "line 1: a tag"),
        ("? [a, b]\n: 1", "line 1: the name of a field must be text"),
        ("a: &x [*x]", "line 1: an alias stands for what it is in itself"),
        ("a: *x", "line 1: found undefined alias"),
        ("[" * 30 + "]" * 30, "nested deeper than 20"),
        ("a: \x00", "special characters"),
    ],
)
def test_what_cannot_be_read_is_named(text, message):
    with pytest.raises(BadYaml, match=message):
        parse(text)


def test_an_alias_stands_for_what_it_names():
    assert parse("a: &x {b: 1}\nc: *x") == {"a": {"b": 1}, "c": {"b": 1}}


def test_aliases_of_aliases_are_counted_as_what_they_stand_for():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(BadYaml, match="line 6: more than 200,000 values"):
        parse("\n".join(lines))


def test_a_file_that_is_too_large_or_no_text_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "facts.yaml"
    path.write_bytes("a: 二七".encode("gbk"))
    with pytest.raises(BadYaml, match="isn't text in UTF-8"):
        read_yaml(path)
    monkeypatch.setattr(yaml_reader, "LARGEST", 5)
    with pytest.raises(BadYaml, match="larger than"):
        read_yaml(path)
