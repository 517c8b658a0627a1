"""The words of a commendation in the readable forms, in Chinese and in English."""

PAIRS: dict[str, tuple[str, str]] = {
    "part_commendation": ("表彰名单", "Commended"),
    "annex_commendation": ("未入选、未决定和未提名的", "Not chosen, not decided, not nominated"),
    "commendation_rules": ("依据", "rules"),
    "nobody_nominated": ("尚无提名", "Nobody is nominated yet"),
    "nobody_chosen": ("无入选", "nobody is chosen"),
    "undecided": (
        "尚有%s项提名未作决定",
        "Nominations on which nobody has decided yet: %s",
    ),
    "not_nominated": ("达到规则，尚未提名", "meets the rule, not nominated yet"),
    "stands_no_more": (
        "数字更正后已不符合规则",
        "by the present figures the rule is no longer met",
    ),
    "names_elsewhere": (
        "个人名单由志愿服务部门另行公布",
        "the names are announced by the volunteering office",
    ),
    "grounds": ("事由", "grounds"),
    "evidence_events": ("依据事件%s条", "events in evidence: %s"),
    "decided_by": ("决定", "decided by"),
}
