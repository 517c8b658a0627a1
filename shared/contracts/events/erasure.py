"""Why personal data is erased: codes, so that no text about the person remains."""

GROUNDS = {
    "requested": ("本人要求", "the person asked for it"),
    "consent_withdrawn": ("撤回同意", "consent was withdrawn"),
    "no_longer_needed": ("目的已实现，不再需要", "the data is no longer needed"),
    "kept_too_long": ("保存期限届满", "the retention period has ended"),
    "unlawful": ("违法收集或处理", "it was collected or processed unlawfully"),
    "court_or_authority": ("法院或主管部门要求", "ordered by a court or an authority"),
}
