"""What each field of a rubric's file means, for those who write one."""

_STEPS = {
    "label": ("名称", "its name"),
    "source": ("所计的数字", "the figure that is counted"),
    "above": ("超过多少起计", "from where it is counted"),
    "each": ("每多少计一次，不足不计", "the size of a step; only whole steps count"),
    "points": ("每次的分数", "the points of each step"),
    "up_to": ("上限", "the most points"),
}

# Place of a field, in the form of the catalogue → what it means.
FIELD_WORDS = {
    "version": ("版本：年份和序号，与文件名相同", "the version, as in the name of the file"),
    "standing": ("地位：示例、草案或已印发", "whether it is an example, a draft or adopted"),
    "label": ("名称", "the name"),
    "note": ("阅读者须知", "what a reader has to know"),
    "total": ("总分，等于各项权重之和", "the full score: the sum of all weights"),
    "least_weight": (
        "参与排名所需的最低适用权重",
        "with less applicable weight a unit has a score and no rank",
    ),
    "about_within": (
        "“约”数的上下浮动，百分比",
        "a figure with `about` may be so many percent higher or lower",
    ),
    "appeal_days": (
        "公布后可申诉的天数（自然日）",
        "calendar days after the announcement in which a unit may appeal",
    ),
    "groups": ("组别：同类单位，只在组内排名", "like-with-like groups: ranks are within a group"),
    "groups[].code": ("组别代码", "the group's code"),
    "groups[].label": ("组别名称", "the group's name"),
    "groups[].units": ("组内单位，代码加引号", "its units; codes stand in quotes"),
    "declared": (
        "各服务不统计、由办公室申报的数字",
        "figures that no service counts: the office states them for each unit",
    ),
    "declared[].code": ("代码，以declared.开头", "its code, which begins with `declared.`"),
    "declared[].label": ("名称", "its name"),
    "declared[].unit": ("计量单位", "the unit in which it is counted"),
    "criteria": ("考核项", "the criteria: the lines of the rubric"),
    "criteria[].code": ("考核项代码", "the criterion's code"),
    "criteria[].label": ("考核项名称", "its name"),
    "criteria[].weight": ("权重：满分值", "its weight: the points for full marks"),
    "criteria[].formula": ("公式，见下", "one of the formulas below"),
    "criteria[].direction": ("方向：越多越好或越少越好", "whether more or less is better"),
    "criteria[].measure": ("考核的数字", "the figure that is scored"),
    "criteria[].measure.numerator": ("数字，或分子", "the figure, or the numerator"),
    "criteria[].measure.denominator": ("分母", "the denominator"),
    "criteria[].measure.times": (
        "倍数：100为百分比，1000为每千人",
        "100 for percent, 1000 for per thousand",
    ),
    "criteria[].chance": ("偶然波动，见下", "how chance moves the figure: see below"),
    "criteria[].target": ("目标值：达到即满分", "the figure for full marks"),
    "criteria[].zero_at": ("零分值", "the figure for no points"),
    "criteria[].full_at": ("满分值", "the figure for full marks"),
    "criteria[].out_of": ("现场观摩的满分", "the highest score of one observation"),
    "criteria[].cap": (
        "封顶分：超额完成的得分上限",
        "the most points, where more than full marks are given",
    ),
    "criteria[].least": (
        "最小基数；现场观摩为最少次数。不足的该项不适用",
        "the least denominator, or number of observations: with less the criterion is n/a",
    ),
    "criteria[].bonus": ("加分", "a bonus"),
    "criteria[].deduction": ("扣分，扣完为止", "a deduction, down to 0"),
    **{
        f"criteria[].{name}.{part}": words
        for name in ("bonus", "deduction")
        for part, words in _STEPS.items()
    },
}
