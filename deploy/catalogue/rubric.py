"""The file of a rubric: its fields and formulas; the rubrics of this release."""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.catalogue.field_kinds import FIELD_HEADS, field_rows
from deploy.catalogue.markdown import Row, code, codes, link, table
from services.supervision.assessment.formulas import FORMULAS, Formula
from services.supervision.assessment.intervals import CHANCES
from services.supervision.assessment.rubric_schema import STANDINGS, RubricSchema
from services.supervision.assessment.rubric_words import FIELD_WORDS
from services.supervision.assessment.rubrics import IN_FORCE, rubric_of, versions
from services.supervision.assessment.words import METHOD_WORDS
from shared.domain.types import Json

DECISION = link("decision 41", "../decisions/0041-rubric-and-scores.md")
MEANING_HEADS = ("字段 field", "含义", "meaning", *FIELD_HEADS[1:])
FORMULA_HEADS = ("公式 formula", "计分", "points", "必填 needs", "可填 may have")
IN_FORCE_HEADS = ("自 from", "版本 version")
CODE_HEADS = ("代码 code", "含义", "meaning")
CRITERION_HEADS = ("代码 code", "考核项", "criterion", "权重 weight", "公式 formula", "数据 counts")


def lines() -> Iterator[str]:
    yield from (
        "半年考核细则是带版本号的YAML文件，随版本发布；一经启用不再改动，修改另立版本。",
        "",
        "A rubric is a versioned YAML file of a release. One that is in force never changes: a",
        f"change is another version ({DECISION}).",
        "",
        "## 字段 Fields",
        "",
        *table(MEANING_HEADS, map(_field, fields())),
        "## 公式 Formulas",
        "",
        *table(FORMULA_HEADS, (_formula(name, it) for name, it in FORMULAS.items())),
        "## 偶然波动 Chance",
        "",
        *table(CODE_HEADS, _words(CHANCES)),
        "## 细则的地位 Standing of a rubric",
        "",
        *table(CODE_HEADS, _words(STANDINGS)),
        "## 计分方法 Method",
        "",
        *table(CODE_HEADS, _words(METHOD_WORDS)),
    )
    yield from (
        "## 启用 In force",
        "",
        "按半年所在时间适用：该半年及以前最近启用的版本。",
        "",
        "A half-year is assessed by the last version that is in force from it on, or from an",
        "earlier one.",
        "",
        *table(IN_FORCE_HEADS, ((code(str(first)), code(it)) for first, it in IN_FORCE)),
    )
    for version in versions():
        yield from _rubric(rubric_of(version).content)


def fields() -> list[Row]:
    """Name, kind and whether it is required, of every field; a label's two languages are one."""
    rows = field_rows(RubricSchema)
    return [row for row in rows if not row[0].strip("`").endswith((".zh", ".en"))]


def _field(row: Row) -> Row:
    name, *others = row
    return (name, *FIELD_WORDS[name.strip("`")], *others)


def _formula(name: str, formula: Formula) -> Row:
    return code(name), formula.zh, formula.en, codes(formula.needs), codes(formula.may)


def _words(table: Mapping[str, tuple[str, str]]) -> Iterator[Row]:
    return ((code(name), zh, en) for name, (zh, en) in table.items())


def _rubric(content: Json) -> Iterator[str]:
    label, note = content["label"], content["note"]
    yield from (f"## 细则 Rubric {content['version']}", "", f"{label['zh']}。 {label['en']}.", "")
    yield from (note["zh"], "", note["en"], "")
    yield from table(CRITERION_HEADS, map(_criterion, content["criteria"]))


def _criterion(it: Json) -> Row:
    label = it["label"]
    return (
        code(it["code"]),
        label["zh"],
        label["en"],
        it["weight"],
        code(it["formula"]),
        codes(_sources(it)),
    )


def _sources(criterion: Json) -> list[Any]:
    measure = criterion["measure"] or {}
    parts = [measure.get("numerator"), measure.get("denominator")]
    parts += [(criterion[name] or {}).get("source") for name in ("bonus", "deduction")]
    return [it for it in parts if it]
