"""Who prepared, approved and published an issue of the tests, and when."""

MASTHEAD = {
    "programme": {"zh": "温暖二七", "en": "Warm Erqi"},
    "to": {"zh": "领导小组", "en": "the leading group"},
    "issue": 1,
    "revision": 0,
    "replaces": None,
    "reason": None,
    "status": "final",
    "prepared_by": "person:a",
    "prepared_at": "2017-02-13T12:00:00+08:00",
    "submitted_by": "person:a",
    "submitted_at": "2017-02-13T12:10:00+08:00",
    "preparer": {"name": {"zh": "示例甲", "en": "Sample A"}, "office": {"zh": "干事"}},
    "approved_by": "person:b",
    "signer": {"name": {"zh": "示例乙"}, "office": {"zh": "主任", "en": "head"}},
    "four_eyes": True,
    "published_at": "2017-02-13T12:30:00+08:00",
}
