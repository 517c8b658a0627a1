"""The pages of the catalogue, and the files that are generated with them."""

from dataclasses import dataclass
from types import ModuleType

from deploy import broker_definitions
from deploy.catalogue import (
    asyncapi,
    client_node,
    client_python,
    commendation_rules,
    ends,
    events,
    indicators,
    kinds,
    plausibility,
    problems,
    proof_schemas,
    reference,
    reporting,
    rpc,
    rubric,
    settings,
    states,
    topology,
    versions,
)
from deploy.catalogue.markdown import link, page, table
from deploy.local.places import ROOT
from shared.contracts import catalogue

FOLDER = ROOT / "docs" / "catalogue"


@dataclass(frozen=True)
class Page:
    """`source` has `lines()`, the page without its title."""

    name: str
    zh: str
    en: str
    source: ModuleType

    @property
    def text(self) -> str:
        return page(self.zh, self.en, self.source.lines())


PAGES = (
    Page("events.md", "事件目录", "Events", events),
    Page("indicators.md", "指标目录", "Indicators", indicators),
    Page("kinds.md", "数据种类", "Kinds of values", kinds),
    Page("plausibility.md", "合理性规则", "Rules of plausibility", plausibility),
    Page("reporting.md", "通报范围", "What a briefing reports", reporting),
    Page("rpc.md", "远程方法", "RPC methods", rpc),
    Page("rubric.md", "考核细则", "Rubric", rubric),
    Page("commendation-rules.md", "表彰办法", "Commendation rules", commendation_rules),
    Page("settings.md", "配置项", "Settings", settings),
    Page("states.md", "状态流转", "State machines", states),
    Page("topology.md", "消息拓扑", "Messaging topology", topology),
    Page("versions.md", "版本与变化", "Versions and changes", versions),
)


def files() -> dict[str, str]:
    """File name → content of everything in docs/catalogue."""
    return {it.name: it.text for it in PAGES} | {"README.md": _contents()}


# Each writes a file of its own, or the part of one that is generated.
OTHERS: tuple[ModuleType, ...] = (
    catalogue,
    broker_definitions,
    problems,
    proof_schemas,
    client_python,
    client_node,
    ends,
    asyncapi,
    reference,
)


def write() -> None:
    """Write docs/catalogue, and the files that OTHERS write."""
    texts = files()
    for other in OTHERS:
        other.write()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _contents() -> str:
    rows = [(link(it.name, it.name), it.zh, _about(it)) for it in PAGES]
    lines = [
        "Generated from the declarations in the code. The tests compare these pages with them.",
        "",
        *table(("页 page", "内容", "content"), rows),
    ]
    return page("目录", "Catalogue", lines)


def _about(item: Page) -> str:
    """The first line of the docstring of the module that makes the page."""
    return (item.source.__doc__ or "").splitlines()[0].rstrip(".")
