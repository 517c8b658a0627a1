"""What `verify` finds wrong with an issue, named in Chinese and in English."""

from services.supervision.facts import evidence
from shared.domain.types import Json

# What can differ.
PARTS = {
    "document": ("正文", "document"),
    "signature": ("签名", "signature"),
    "stored": ("存储字段", "stored field"),
    "rendering": ("成文", "form"),
    "manifest": ("清单", "manifest"),
    "fact": ("事实", "fact"),
    "evidence": ("证据", "evidence"),
    "part": ("部分", "part"),
    "rules": ("规则", "rules"),
    "issue": ("通报", "issue"),
    "last_week": ("上期通报", "issue of the period before"),
    "replaced": ("被替换的通报", "issue that is replaced"),
}

# How it differs.
WORDS = {
    "unreadable": ("无法读取", "can't be read"),
    "other_bytes": ("与重新生成的不逐字节相同", "isn't, byte for byte, what is made again"),
    "invalid": ("无效", "isn't valid"),
    "other_value": ("与正文所载不同", "isn't what the document says"),
    "other_text": ("与印发时不同", "isn't as it was published"),
    "gone": ("已缺失", "is missing"),
    "more": ("不属于本期", "doesn't belong to the issue"),
    "out_of_order": ("次序已变", "isn't at its place"),
    "other_figures": ("重新计算的数字不同", "has other figures when computed again"),
    "unknown": ("本版本没有", "aren't known to this version"),
    "not_named": ("不是所指明的那一期", "isn't the one that is named"),
    "published": ("已缺失，而其印发有事实为证", "is missing, though a fact says it was published"),
    "not_foldable": ("无法重新计算", "can't be computed again"),
    evidence.OTHER_DIGEST: ("摘要与封存时不同", evidence.OTHER_DIGEST),
    evidence.OTHER_CONTENT: ("内容与其摘要不符", evidence.OTHER_CONTENT),
    evidence.MISSING: ("已缺失，而本期由其产生", evidence.MISSING),
    evidence.NOT_AS_SEALED: ("与封存时不同", "isn't as it was sealed"),
    evidence.NOT_THERE: ("已缺失，而本期封存了这些序号", "is missing: these numbers were sealed"),
    evidence.TWICE: ("重复", "is there twice"),
}


def difference(part: str, name: object, how: str) -> Json:
    """`part` is a key of PARTS, `how` one of WORDS; `name` says which one."""
    (part_zh, part_en), (zh, en) = PARTS[part], WORDS[how]
    return {"part": part, "name": str(name), "zh": f"{part_zh}：{zh}", "en": f"{part_en} {en}"}
