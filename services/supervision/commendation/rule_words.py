"""What the fields of a file of commendation rules mean, for the catalogue: Chinese, English."""

FIELD_WORDS = {
    "version": ("版本：年份和序号，与文件名相同", "the version, as in the name of the file"),
    "standing": ("地位：示例、草案或已印发", "whether they are an example, a draft or adopted"),
    "label": ("名称", "the name"),
    "note": ("阅读者须知", "what a reader has to know"),
    "categories": ("类别", "the categories"),
    "categories[].code": ("类别代码", "the category's code"),
    "categories[].label": ("类别名称", "its name"),
    "categories[].kind": ("表彰对象", "what is commended"),
    "categories[].most": ("名额", "at most so many are chosen"),
    "categories[].most_of_unit": (
        "同一街道（镇）的名额",
        "at most so many of one sub-district",
    ),
    "categories[].rule": (
        "提名规则；没有的只由人员提名",
        "the rule that nominates; without one only people nominate",
    ),
    "categories[].rule.indicator": ("全年的指标", "an indicator of the year"),
    "categories[].rule.least": ("最低数", "the minimum"),
    "categories[].rule.best": (
        "按数字取前几名，末位并列的都算；并列后超过200名的，并列者都不算",
        "so many of the best, and all who equal the last of them; above 200 none of the equals",
    ),
}
