"""What PyYAML's own safe loader makes of a file; shared/platform/yaml_reader.py does not."""

import yaml


def test_the_last_of_a_repeated_field_wins_without_a_word():
    assert yaml.safe_load("visits: [1, 2]\nvisits: [3]") == {"visits": [3]}


def test_plain_numbers_and_words_are_read_by_yaml_1_1():
    read = yaml.safe_load("[0200, 1:30, 1_000, 0x10, yes, 2017-02-07]")
    assert read[:5] == [128, 90, 1000, 16, True]
    assert str(read[5]) == "2017-02-07" and not isinstance(read[5], str)


def test_a_few_lines_of_aliases_become_a_million_values():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 6)]
    value, count = yaml.safe_load("\n".join(lines))["a5"], 1
    while isinstance(value, list):
        count, value = count * len(value), value[0]
    assert count == 10**6
