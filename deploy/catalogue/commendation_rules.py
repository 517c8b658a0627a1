"""The file of commendation rules: its fields; the rules of this release."""

from collections.abc import Iterator

from deploy.catalogue.field_kinds import FIELD_HEADS, field_rows
from deploy.catalogue.markdown import Row, code, link, table
from services.supervision.commendation.released import rules_of, versions
from services.supervision.commendation.rule_schema import RulesSchema
from services.supervision.commendation.rule_words import FIELD_WORDS
from shared.domain.types import Json

DECISION = link("decision 43", "../decisions/0043-commendation.md")
MEANING_HEADS = ("字段 field", "含义", "meaning", *FIELD_HEADS[1:])
CATEGORY_HEADS = (
    *("代码 code", "类别", "category", "对象 kind", "名额 most", "每街道 of a unit"),
    *("指标 indicator", "最低 least", "提名 best"),
)


def lines() -> Iterator[str]:
    yield from (
        "年底表彰办法是带版本号的YAML文件，随版本发布；一经启用不再改动，修改另立版本。",
        "",
        "The rules of a commendation are a versioned YAML file of a release. Those in force never",
        f"change: a change is another version ({DECISION}).",
        "",
        "## 字段 Fields",
        "",
        *table(MEANING_HEADS, map(_field, fields())),
    )
    for version in versions():
        yield from _rules(rules_of(version).content)


def fields() -> list[Row]:
    """Name, kind and whether it is required, of every field; a label's two languages are one."""
    rows = field_rows(RulesSchema)
    return [row for row in rows if not row[0].strip("`").endswith((".zh", ".en"))]


def _field(row: Row) -> Row:
    name, *others = row
    return (name, *FIELD_WORDS[name.strip("`")], *others)


def _rules(content: Json) -> Iterator[str]:
    label, note = content["label"], content["note"]
    yield from (f"## 办法 Rules {content['version']}", "", f"{label['zh']}。 {label['en']}.", "")
    yield from (note["zh"], "", note["en"], "")
    yield from table(CATEGORY_HEADS, map(_category, content["categories"]))


def _category(it: Json) -> Row:
    rule = it["rule"] or {}
    return (
        code(it["code"]),
        it["label"]["zh"],
        it["label"]["en"],
        code(it["kind"]),
        str(it["most"]),
        str(it["most_of_unit"] or "—"),
        code(rule["indicator"]) if rule else "—",
        str(rule.get("least", "—")),
        str(rule.get("best", "—")),
    )
