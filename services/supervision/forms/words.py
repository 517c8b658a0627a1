"""The words of the table forms, in Chinese and in English: titles, heads, codes and notes.

Words that the readable forms have too are those of `briefing/words.py`. Names in braces stand for
the words of the report's period: see `briefing/period_words.py`.
"""

from services.supervision.briefing.words import PAIRS as SAID
from shared.domain.absence import ABSENCE

Pair = tuple[str, str]


def word(pair: Pair, lang: str) -> str:
    zh, en = pair
    return zh if lang == "zh" else en


def _lower(pair: Pair) -> Pair:
    """With a small letter in English, as within a sentence."""
    zh, en = pair
    return zh, f"{en[0].lower()}{en[1:]}"


def head(name: str, lang: str) -> str:
    """The head of a column. That of a qualifier follows from that of its figure."""
    if name in HEADS:
        return word(HEADS[name], lang)
    return head(name.removesuffix("_qualifier"), lang) + word(("：限定", ": qualifier"), lang)


# Beside each number: its qualifier, or why there is none.
QUALIFIERS: dict[str, Pair] = {
    "exact": ("确数", "exact"),
    "over": ("超过", "over"),
    "about": ("约", "about"),
    "at_most": ("不超过", "at most"),
    **{reason: ABSENCE[reason] for reason in ("not_stated", "none", "unknown")},
    "suppressed": ABSENCE["suppressed"],
    "not_applicable": ("不适用", "n/a"),
}
QUALIFIERS_MEAN: dict[str, Pair] = {
    "exact": ("所报即该数", "the number as it was reported"),
    "over": ("原报“500多”一类，实数大于该数", 'reported as "over 500": more than the number'),
    "about": (
        "原报“近20”一类，或含约数的合计",
        'reported as "nearly 20", or a sum with such parts',
    ),
    "at_most": ("实数不大于该数", "not more than the number"),
    "not_stated": (
        "有此事项，报送时未给出数字；不是0",
        "it happened, and the report gave no figure; this is not 0",
    ),
    "none": ("没有可以计数的事项", "there was nothing that could have a figure"),
    "unknown": (
        "有此事项，其数字取决于尚不清楚的情况",
        "it happened, and its figure follows from what nobody knows",
    ),
    "suppressed": (
        "公开版不公布的数字；不是0，也不是未报数",
        "not printed in the public edition; neither 0 nor not stated",
    ),
    "not_applicable": (
        "不存在这一数字：{first}无{last}数，时点数不累计",
        "there is no such figure: no {last} in the {first}, no sum of levels",
    ),
}

CELL_STATUSES: dict[str, Pair] = {
    "complete": ("齐全", "complete"),
    "partly_stated": ("部分未报", "partly stated"),
    **{code: QUALIFIERS[code] for code in ("not_stated", "none", "unknown", "suppressed")},
    "not_applicable": QUALIFIERS["not_applicable"],
}
CELL_STATUSES_MEAN: dict[str, Pair] = {
    "complete": ("应有数字的各项均已报数", "everything that could have a figure has one"),
    "partly_stated": (
        "只有部分项报数，数字为已报部分之和",
        "only some gave a figure; the number is the sum of these",
    ),
    **{
        code: QUALIFIERS_MEAN[code]
        for code in ("not_stated", "none", "unknown", "suppressed", "not_applicable")
    },
}

REPORT_STATES: dict[str, Pair] = {
    "on_time": SAID["on_time"],
    "late": SAID["late"],
    **{state: ABSENCE[state] for state in ("nil", "silent", "exempt")},
}
REPORT_STATES_MEAN: dict[str, Pair] = {
    "on_time": ("截止前报送", "reported before the cut-off"),
    "late": ("截止后报送", "reported after the cut-off"),
    "nil": ("报告{this}无事项", "reported that there was nothing"),
    "silent": ("应报而未报", "had to report and didn't"),
    "exempt": ("不必报送", "needn't report"),
}

ISSUE_STATUSES_MEAN: dict[str, Pair] = {
    "draft": ("尚未审签，数字可能变化", "not approved; figures may change"),
    "provisional": ("待审签，数字可能变化", "not approved yet; figures may change"),
    "final": ("已审签印发；更正以修订版发布", "approved and published; revisions replace it"),
    "withdrawn": ("已撤回，不再有效", "withdrawn, no longer valid"),
}

EDITIONS: dict[str, Pair] = {"internal": ("内部版", "internal"), "public": ("公开版", "public")}

LEVELS: dict[int, Pair] = {
    6: ("区", "district"),
    9: ("街道（镇）", "sub-district"),
    12: ("社区（村）", "community"),
}

PRECISIONS: dict[str, Pair] = {
    "second": ("秒", "second"),
    "part_of_day": ("半天", "part of the day"),
    "day": ("日", "day"),
    "week": ("周", "week"),
}

OCCURRENCES: dict[str, Pair] = {
    "items": ("已举办或有进展", "held or progressed"),
    "not_held": _lower(SAID["not_held"]),
    "postponed": _lower(SAID["postponed"]),
    "cancelled": _lower(SAID["cancelled"]),
}

ITEM_KINDS: dict[str, Pair] = {
    "activity": ("志愿活动", "volunteer activity"),
    "gathering": ("居民活动", "residents' gathering"),
    "service_day": ("志愿服务日", "service day"),
    "order": ("点单", "order"),
    "order_categories": ("诉求类别", "categories of orders"),
    "visit": ("走访", "visit"),
    "clinic": ("义诊", "free clinic"),
    "fair": ("招聘会", "job fair"),
    "hires": ("录用", "hires"),
    "patrol": ("巡查", "patrol"),
    "finding": ("问题", "finding"),
    "patrol_team": ("专门巡查队", "dedicated patrol team"),
    "meeting": ("会议", "meeting"),
}

# The figures and counts of single occurrences.
ITEM_FIGURES: dict[str, Pair] = {
    "participants": ("参加人数", "participants"),
    "gatherings": ("场次", "gatherings"),
    "visits": ("走访", "visits"),
    "findings": ("发现问题", "findings"),
    "institutions": ("参与机构", "institutions"),
    "departments": ("科室", "departments"),
    "staff": ("医护", "staff"),
    "hours": ("历时", "duration"),
    "consultations": ("接诊或咨询", "consultations"),
    "prescriptions": ("处方", "prescriptions"),
    "leaflets": ("资料", "leaflets"),
    "employers": ("用人单位", "employers"),
    "vacancies": ("提供岗位", "vacancies"),
    "openings": ("岗位数", "openings"),
    "seekers": ("求职者", "job seekers"),
    "intents": ("达成意向", "intents"),
    "hires": ("实际录用", "people hired"),
    "communities": ("涉及社区", "communities"),
    "activities": ("当日志愿活动", "activities on the day"),
    "orders": ("登记单数", "orders raised"),
    "rating": ("居民评分（5分制）", "rating of 5"),
    "reopened": ("重启次数", "times reopened"),
    "repeats": ("问题重复次数", "findings repeated"),
}

# The titles of the tables, which are the names of their sheets: at most 31 characters.
TITLES: dict[str, Pair] = {
    "cover": ("封面", "Cover"),
    "contents": SAID["contents"],
    "notes": ("说明", "Notes"),
    "definitions": SAID["definitions"],
    "points": SAID["part_points"],
    "headline": ("主要指标", "Headline table"),
    "trends": ("{each}数", "{Each}"),
    "cells": ("全部单元格", "All cells"),
    "units_volunteering": ("分单位 志愿服务", "By unit, volunteering"),
    "units_relief": ("分单位 点单与走访", "By unit, orders and visits"),
    "units_clinics": ("分单位 义诊", "By unit, free clinics"),
    "units_jobfairs": ("分单位 招聘会", "By unit, job fairs"),
    "units_supervision": ("分单位 督导", "By unit, supervision"),
    "declared": ("申报数与原文", "Declared stocks"),
    "occurrences": SAID["part_sections"],
    "occurrence_figures": ("分项数字", "Figures of what was done"),
    "overlap": ("重合场合", "Occasions counted once"),
    "sources": ("各业务对账", "Reconciliation"),
    "reports": ("报送汇总", "Who reported, counts"),
    "completeness": ("报送明细", "Who reported, by unit"),
    "assessment": ("半年考核", "Half-year assessment"),
    "assessment_lines": ("考核得分项", "Assessment, line by line"),
    "not_assessed": SAID["not_assessed"],
    "league": ("排名", "Ranking"),
    "left_out": ("不参与排名", "Left out of the ranking"),
    "plan": ("实施方案", "Plan in force"),
    "group_reports": SAID["group_reports"],
    "planned": SAID["part_planned"],
    "groups": SAID["groups"],
    "milestones": SAID["platforms"],
    "commendation": ("表彰提名与决定", "Nominations"),
    "practices": SAID["practices"],
    "rectification": ("督促整改", "Rectification"),
    "rectified": ("{this}销号", "Findings closed"),
    "overdue": SAID["overdue"],
    "open_orders": ("在办点单", "Open orders"),
    "actions": SAID["actions"],
    "commitments": SAID["commitments"],
    "next_week": SAID["next_week"],
    "service_days": SAID["service_days"],
    "changes": ("修订改变的数字", "Changes of this revision"),
    "change_causes": ("修订依据", "Causes of the changes"),
    "late_events": ("补报与更正", "Late arrivals"),
    "confirmed": ("已确认的异常数据", "Unlikely values, confirmed"),
    "provenance": ("数据来源", "Provenance"),
    "provenance_counts": ("数据来源条数", "Provenance, counts"),
    "charts": ("图表", "Charts"),
}

# Of what was planned for a longer period.
PLANNED = ("planned", "done", "postponed", "cancelled", "not_done", "unplanned")
# Of the groups' reports in a longer period.
_WEEKS_OF_GROUPS: dict[str, Pair] = {
    "progress": ("有进展的周", "weeks with progress"),
    "nil": ("零报告的周", "weeks of nil reports"),
    "silent": ("未报的周", "weeks without a report"),
}

HEADS: dict[str, Pair] = {
    "item": ("项目", "item"),
    "content": ("内容", "content"),
    "sheet": ("工作表", "sheet"),
    "rows": ("行数", "rows"),
    "more": ("未列出", "not listed"),
    "remark": ("备注", "remark"),
    "topic": ("类别", "topic"),
    "term": ("代码", "code"),
    "words": ("文字", "words"),
    "meaning": ("含义", "meaning"),
    "number": ("数量", "number"),
    "no": ("序号", "no."),
    "period": SAID["period"],
    "week": SAID["period"],
    "first_day": ("起始日", "first day"),
    "last_day": ("截止日", "last day"),
    "edition": ("版本", "edition"),
    "issue_period": ("{report}所属{period}", "{period} of the issue"),
    "issue": ("期号", "issue"),
    "revision": ("修订号", "revision"),
    "issue_status": ("{report}状态", "status of the issue"),
    "indicator": ("指标代码", "indicator code"),
    "label": SAID["indicator"],
    "definition": _lower(SAID["definition"]),
    "orgunit": ("单位代码", "unit code"),
    "level": ("层级", "level"),
    "subdistrict": ("所属街道（镇）", "sub-district"),
    "name": SAID["unit"],
    "unit": SAID["unit"],
    "unit_of_measure": ("计量单位代码", "unit of measure, code"),
    "measure_word": ("计量单位", "unit of measure"),
    "value": SAID["this_week"],
    "this": SAID["this_week"],
    "status": _lower(SAID["status"]),
    "numerator": ("报数项数", "gave a figure"),
    "denominator": ("应有数字项数", "could have a figure"),
    "last": SAID["last_week"],
    "last_status": ("{last}：状态", "{last}: status"),
    "last_issued": ("上期印发的{last}数", "{last} as it was issued"),
    "mean": SAID["mean"],
    "cumulative": SAID["cumulative"],
    "cumulative_status": ("累计：状态", "since the beginning: status"),
    "this_words": ("{this}（文字）", "{this}, in words"),
    "change": ("比{last}", "change"),
    "service": SAID["service"],
    "service_code": ("业务代码", "service code"),
    "stated": ("原文", "as reported"),
    "beside": ("逐条登记合计", "recorded one by one"),
    "outcome_kind": ("情况", "what became of it"),
    "kind": ("类型", "kind"),
    "day": ("日期", "day"),
    "said": ("事项", "what"),
    "details": ("详情", "details"),
    "first_planned_for": ("原定日期", "first planned for"),
    "figure": ("数字项", "figure"),
    "of_what": ("其中", "of what"),
    "amount": ("数值", "number"),
    "events": ("登记事件条数", "events entered"),
    "complete": ("事件齐全", "complete"),
    "sealed": ("已对账", "reconciled"),
    "why": ("未对账原因", "why not"),
    **{f"units_{state}": pair for state, pair in REPORT_STATES.items()},
    "units": ("应报单位", "had to report"),
    "volunteering": ("志愿服务", "volunteering"),
    "relief": ("点单与走访", "orders and visits"),
    "clinics": ("义诊", "free clinics"),
    "jobfairs": ("招聘会", "job fairs"),
    "supervision": ("督导", "supervision"),
    "measure": ("排名指标代码", "measure code"),
    "title": ("排名指标", "measure"),
    "rank": SAID["rank"],
    "like_group": ("组别", "group of units"),
    "score": SAID["score"],
    "rank_best": ("名次区间：最好", "rank interval: best"),
    "rank_worst": ("名次区间：最差", "rank interval: worst"),
    "score_low": ("得分区间下限", "score interval: low"),
    "score_high": ("得分区间上限", "score interval: high"),
    "criterion": ("考核项代码", "criterion code"),
    "criterion_label": SAID["criterion"],
    **{name: SAID[f"line_{name}"] for name in ("points", "weight", "base", "bonus", "deduction")},
    "line_value": SAID["line_value"],
    "appeal": SAID["line_appeal"],
    "exclusion_approved_by": ("批准人", "approved by"),
    "approved_on": ("批准日期", "approved on"),
    "ranked_of": ("分子", "numerator"),
    "ranked_out_of": ("分母", "denominator"),
    "share": ("比率（%）", "share in %"),
    "share_low": ("95%区间下限（%）", "interval of 95%: from, in %"),
    "share_high": ("95%区间上限（%）", "interval of 95%: to, in %"),
    "standing": ("排名情况", "standing"),
    "least": ("参加排名的最小分母", "least denominator"),
    "reason": SAID["reason"],
    "plan_name": ("方案", "plan"),
    "plan_status": ("方案状态", "status of the plan"),
    "version": ("版次", "version"),
    "every": ("频次", "how often"),
    "what": ("事项", "what"),
    "responsible_unit": ("责任单位", "responsible unit"),
    "responsible_person": ("责任人", "responsible person"),
    "member_units": ("成员单位", "member units"),
    "duties": SAID["duties"],
    "staff": SAID["staff"],
    "vacant": SAID["vacant"],
    "actions_open": ("交办：办理中", "actions open"),
    "actions_done": ("交办：{this}完成", "actions done {this}"),
    "this_week": ("{this}有变化", "changed {this}"),
    "platform": ("平台", "platform"),
    "milestone": ("节点", "milestone"),
    "count": ("数量", "count"),
    "target": ("目标日期", "target"),
    "reached_on": ("完成日期", "reached on"),
    "due": SAID["due"],
    "due_note": ("期限说明", "note on the due day"),
    "first_due": ("原定期限", "first due"),
    "days_late": ("超期天数", "days late"),
    "overdue": SAID["is_overdue"],
    "responsible": SAID["responsible"],
    "waiting_for": ("等待", "waiting for"),
    "unconfirmed": ("已送达待确认", "delivered, not confirmed"),
    "asset": ("位置", "where"),
    "reported_on": ("上报日期", "reported on"),
    "rectified_on": ("整改日期", "rectified on"),
    "closed_on": ("办结日期", "closed on"),
    "reopened": ("重启次数", "times reopened"),
    "repeat": ("重复出现", "found before"),
    "group": ("工作组", "group"),
    "category": ("类别", "category"),
    "subject": ("编号或代码", "id or code"),
    "nominee_name": ("名称", "name"),
    "nominated": ("提名方式", "nominated"),
    "nominated_by": ("提名职务", "nominated by"),
    "figure_label": ("指标", "figure"),
    "figure_words": ("数字", "number"),
    "grounds": SAID["grounds"],
    "decided_by": SAID["decided_by"],
    "evidence": ("依据事件", "events in evidence"),
    "group_state": ("报告情况", "report"),
    "group_done": SAID["group_done"],
    "group_planned": SAID["group_planned"],
    "group_problems": SAID["group_problems"],
    "progress": ("进展", "progress"),
    "group_week": SAID["group_week"],
    **{f"weeks_{state}": pair for state, pair in _WEEKS_OF_GROUPS.items()},
    **{f"planned_{name}": SAID[f"planned_{name}"] for name in PLANNED},
    "assigned_on": ("交办日期", "assigned on"),
    "outcome": SAID["outcome"],
    "announced_on": ("承诺日期", "announced on"),
    "late": SAID["is_overdue"],
    "planned_for": ("计划日期", "planned for"),
    "rule": ("重复规则", "recurrence rule"),
    "next": ("下次日期", "next on"),
    "old": ("原数", "before"),
    "new": ("现数", "now"),
    "event": ("事件编号", "event id"),
    "event_type": ("事件类型代码", "event type"),
    "recorded": ("录入时间", "entered at"),
    "event_week": ("事件所属{period}", "{period} of the event"),
    "happened_on": ("发生日期", "happened on"),
    "recorded_on": ("录入日期", "entered on"),
    "before_programme": ("工作首周之前", "before the programme's first week"),
    "figure_week": ("数字所属{period}", "{period} of the figure"),
    "rules": ("触发的规则", "rules"),
    "time": ("事件时间", "time of the event"),
    "precision": ("时间精度", "precision of the time"),
    "counted": ("计入", "counted as"),
    "of": ("所属", "of"),
    "type": ("类型", "type"),
    "listed": ("列出条数", "listed"),
    "not_listed": ("未列出条数", "not listed"),
}

# The lines of the cover.
COVER: dict[str, Pair] = {
    "programme": ("工作", "Programme"),
    "district": ("区", "District"),
    "issue": ("期号", "Issue"),
    "revision": ("修订号", "Revision"),
    "period": ("{period}", "{Period}"),
    "days": ("起止日期", "Days"),
    "edition": ("版本", "Edition"),
    "status": SAID["status"],
    "cutoff": SAID["cutoff"],
    "prepared_by": SAID["prepared_by"],
    "prepared_at": ("编制时间", "Prepared at"),
    "approved_by": SAID["approved_by"],
    "four_eyes": SAID["four_eyes"],
    "published_at": ("发布时间", "Published at"),
    "to": SAID["to"],
    "replaces": SAID["replaces"],
    "reason": SAID["why_revised"],
    "rules": SAID["rules"],
    "rules_before": ("原口径版本", "Rules before"),
    "renderer": SAID["renderer"],
    "facts_root": SAID["facts_root"],
    "content_digest": SAID["digest"],
    "digest": ("文件校验码", "Digest"),
    "keyid": ("签名密钥", "Signing key"),
}

LEFT_OUT: Pair = SAID["not_public"]

# The topics of the notes.
TOPICS: dict[str, Pair] = {
    "general": ("总说明", "general"),
    "left_out": LEFT_OUT,
    "qualifier": ("限定", "qualifier"),
    "status": ("单元格状态", "status of a cell"),
    "report": ("报送情况", "report of a unit"),
    "issue": ("{report}状态", "status of the issue"),
    "week": ("{this}", "the {period}"),
    "parked": ("未能入库的报送数据", "reports that couldn't be read"),
    "unknown_types": ("尚不认识的事件类型", "event types not known yet"),
}

GENERAL: dict[str, Pair] = {
    "numbers": (
        "数字列只有数字；其右侧的限定列说明是确数、约数，或为何没有数字",
        "a number stands alone; the qualifier beside it says how exact it is, or why it is empty",
    ),
    "empty": (
        "空白数字不是0：原因见限定列",
        "an empty number is not 0: the qualifier says why it is empty",
    ),
    "codes": (
        "单位代码、指标代码是文本，不是数字",
        "codes of units and indicators are text, not numbers",
    ),
    "included": (
        "社区数据已包含在所属街道（镇）和区的数据中，不可相加",
        "never add communities to their sub-district or district: they are included in it",
    ),
    "person_times": ("人次与人不可相加", "person-times and persons are never added"),
    "long": (
        "超过15位有效数字的数值以文本保存，以免被表格软件改动",
        "a number of more than 15 digits is stored as text, because spreadsheets would round it",
    ),
    "source": (
        "本文件由已冻结的{report}文件生成；以签名的 JSON 文件为准",
        "made from the frozen issue; the signed JSON document is the authority",
    ),
}

WEEK_NOTES: dict[str, Pair] = {
    "events_in_week": (
        "{this}事件条数（含单位名册登记）",
        "events in the {period}, registry included",
    ),
    "first_week": (
        "工作{first}，没有可比的往期",
        "the programme's {first}: nothing to compare",
    ),
    "mean_begins": ("{mean}自该{period}起提供", "the {mean} begins with {this}"),
    "programme_begins": ("累计自该周起", "sums begin with this week"),
    "known_to_week": (
        "仅知所属周、不知日期的报告数",
        "reports that are known only to their week",
    ),
    "reported": ("志愿活动、送单、义诊、招聘会登记次数", "activities, deliveries, clinics, fairs"),
    "occasions": ("其中实际场合数", "of these, different occasions"),
    "reconciled": ("已对账的业务数", "services that are reconciled"),
    "special_planned": ("方案设专项工作组数", "special groups in the plan"),
    "special_named": ("已登记专项工作组数", "special groups entered"),
    "special_missing": ("未登记专项工作组数", "special groups not entered"),
}

# The topics of the data dictionary.
DICTIONARY: dict[str, Pair] = {
    "column": ("列", "column"),
    "code": ("代码", "code"),
    "indicator": SAID["indicator"],
    "reading": ("读取方法", "how to read it"),
}

KINDS_MEAN: dict[str, Pair] = {
    "text": ("文本", "text"),
    "number": ("十进制数，小数点为“.”，空白不是0", "decimal number with a point; empty is not 0"),
    "date": ("日期，年-月-日", "date, year-month-day"),
    "code": ("代码：文本，不是数字", "code: text, never a number"),
}

_WHY: Pair = ("左侧数字的限定，或为何没有数字", "its qualifier, or why there is no number")
_STATUS: Pair = ("左侧数字是否齐全", "whether the figure is complete")

COLUMNS_MEAN: dict[str, Pair] = {
    "period": (
        "数字所属的{calendar}{span}；早于{report}所属{period}的，是区主要指标的{each}数",
        (
            "{calendar} of the figure; rows of {period}s before the issue's own are the district's"
            " trends"
        ),
    ),
    "issue_period": ("{report}所属的{calendar}", "{calendar} of the issue"),
    "first_day": ("该{period}{first_day}", "the {period}'s {first_day}"),
    "last_day": ("该{period}{last_day}", "the {period}'s {last_day}"),
    "edition": ("内部版或公开版", "internal or public"),
    "issue": ("期号；草稿为空", "number of the issue; a draft has none"),
    "revision": ("修订号，0为首次印发", "revision; 0 is the first publication"),
    "issue_status": ("{report}状态", "status of the issue"),
    "indicator": ("指标代码", "code of the indicator"),
    "label": ("指标名称", "label of the indicator"),
    "orgunit": (
        "区划代码：区6位，街道（镇）9位，社区（村）12位",
        "division code: 6 digits for the district, 9 for a sub-district, 12 for a community",
    ),
    "level": ("区、街道（镇）或社区（村）", "district, sub-district or community"),
    "subdistrict": ("所属街道（镇）名称", "name of the sub-district that it belongs to"),
    "name": (
        "单位在该{period}的名称；以 = + - @ 开头的前加一个撇号，读取时去掉",
        (
            "name of the unit in the {period}; take one apostrophe away before = + - or @ at its"
            " beginning"
        ),
    ),
    "unit_of_measure": ("计量单位代码", "code of the unit of measure"),
    "measure_word": ("计量单位", "unit of measure"),
    "value": ("该{period}的数字", "the figure of the {period}"),
    "value_qualifier": _WHY,
    "status": _STATUS,
    "last": ("{last}的数字，按现有数据", "the figure of {last}, as it is known now"),
    "last_qualifier": _WHY,
    "last_status": _STATUS,
    "cumulative": ("自工作首周起的累计", "the sum since the programme began"),
    "cumulative_qualifier": _WHY,
    "cumulative_status": _STATUS,
    "numerator": ("给出数字的项数", "how many gave a figure"),
    "denominator": ("应有数字的项数", "how many could have a figure"),
    "mean": ("{mean}，仅区有", "{mean}, of the district only"),
    "mean_qualifier": _WHY,
}

# One line for each way to read the file without losing codes or qualifiers.
READERS: dict[str, Pair] = {
    "Excel": (
        "双击即可打开；编码列会显示为数字，代码以 XLSX 为准",
        "open it as it is; codes look like numbers there, so take XLSX for work in Excel",
    ),
    "pandas": ('pandas.read_csv(f, dtype=str, encoding="utf-8-sig")',) * 2,
    "DuckDB": ("SELECT * FROM read_csv('f', all_varchar = true)",) * 2,
    "R": ('readr::read_csv("f", col_types = readr::cols(.default = "c"))',) * 2,
    "Python": ('csv.DictReader(open("f", encoding="utf-8-sig", newline=""))',) * 2,
}
