"""The fixed words of the readable forms, in Chinese and in English; see `period_words.py`."""

from functools import cache
from typing import Any

from services.supervision.briefing import commendation_words
from services.supervision.briefing.period_words import of_kind
from shared.domain.absence import ABSENCE
from shared.domain.periods import Period
from shared.domain.wording import LANGUAGES

PAIRS: dict[str, tuple[Any, Any]] = {
    "lang": ("zh-CN", "en"),
    # How words are put together.
    "colon": ("：", ": "),
    "comma": ("、", ", "),
    "clause": ("；", "; "),
    "space": ("　", ", "),
    "open": ("（", " ("),
    "close": ("）", ")"),
    "sentence": ("。", ". "),
    # The masthead.
    "bulletin": ("{bulletin}", "{bulletin}"),
    "issue": ("　第%s期", ", issue %s"),
    "revision": ("　修订R%s", ", revision R%s"),
    "public_edition": ("　公开版", ", public edition"),
    "up_to": (" 至 ", " to "),
    "days": ("（%s 至 %s）", " (%s to %s)"),
    "status": ("状态", "Status"),
    "cutoff": ("数据截止", "Cut-off"),
    "prepared_by": ("编制", "Prepared by"),
    "approved_by": ("签发", "Approved by"),
    "the_system": ("系统自动", "the system, at the cut-off"),
    "nobody_yet": ("待签发", "nobody yet"),
    "not_submitted": ("尚未送审", "not submitted for review yet"),
    "not_registered": ("人员名册未登记", "not registered"),
    "four_eyes": ("双人复核", "Four eyes"),
    "one_person": (
        "未启用：编制人与签发人可以是同一人",
        "off: one person may prepare and sign an issue",
    ),
    "published_at": ("发布", "Published"),
    "to": ("报送", "To"),
    "facts_root": ("事实根", "Root of the facts"),
    # Around the text of a printed issue.
    "office_of": ("%s办公室", "Programme office of %s"),
    "issued_on": ("%s印发", "issued on %s"),
    "replaces": ("替代", "Replaces"),
    "why_revised": ("修订原因", "Reason for the revision"),
    "rules_changed": ("本次修订改用口径", "Computed again by rules"),
    "rules_before": ("原用口径%s", "before by rules %s"),
    "in_chinese": ("", "Names and texts are printed in Chinese where they were entered so."),
    "suppressed_means": (
        "“不公布”不是0：为保护个人，涉及人员和诉求的较小数字不印",
        "“Not published” is not 0: small numbers of people are left out to protect them.",
    ),
    "public_note": ("公开版说明", "About the public edition"),
    # The parts.
    "part_completeness": ("数据完整性", "Completeness"),
    "part_points": ("要点", "Main points"),
    "part_table": ("主要数字", "Headline figures"),
    "part_waiting": ("督办：超期与等待", "Overdue, and who is waited for"),
    "part_sections": ("分项情况", "What was done"),
    "part_groups": ("专项工作组与平台", "groups and platforms"),
    "part_planned": ("计划与完成", "Planned and done"),
    "part_assessment": ("半年考核", "Half-year assessment"),
    "part_league": ("街道（镇）排名", "Sub-district ranking"),
    "part_follow_up": ("督促整改与经验推广", "Rectification and practices"),
    "part_actions": ("交办事项、承诺与{next}计划", "Actions, commitments, {next}"),
    "part_others": ("其他", "Also"),
    "part_late": ("迟报与更正", "Late arrivals and corrections"),
    "part_numbers": (
        tuple(f"{numeral}、" for numeral in (*"一二三四五六七八九十", "十一", "十二")),
        tuple(f"{number}. " for number in range(1, 13)),
    ),
    "in_annex": ("详见附件", "In the annexes"),
    "more_in_annex": ("另有 %s 项，见附件", "and %s more, in the annexes"),
    # Completeness.
    "reconciled": (
        "%(reconciled)s项业务与台账核对一致（%(reconciled)s/%(of)s）",
        "%(reconciled)s of %(of)s services agree with their records",
    ),
    "not_reconciled": ("未对账", "not reconciled"),
    "events": ("登记事件%s条", "events entered: %s"),
    "unit": ("单位", "unit"),
    "on_time": ("按时", "on time"),
    "late": ("迟报", "late"),
    **{state: ABSENCE[state] for state in ("nil", "silent", "exempt")},
    "reported_share": ("各业务报送率（不含免报单位）", "Units that reported, by service"),
    "reported_desc": (
        "按时、迟报和零报告的单位占应报单位的比例",
        "Units that reported on time, late or nil, of those that had to report",
    ),
    "unread": ("未能入库的报送数据%s条", "reports that could not be read: %s"),
    "units_reported": (
        "%(of)s个单位应报，%(reported)s个有报送",
        "%(reported)s of %(of)s units reported",
    ),
    "had_to_report": ("应报%s个单位", "units that had to report: %s"),
    "annex": ("附件%s　", "Annex %s. "),
    "annex_reports": ("报送情况", "Who reported"),
    "annex_figures": (
        "全部指标、分单位数据与排名",
        "All figures, figures by unit, ranking",
    ),
    "annex_sheets": ("半年考核：各单位得分表", "Half-year assessment: a sheet for each unit"),
    "annex_trends": ("主要指标{each}数", "Headline figures, {each}"),
    "annex_notes": ("数据说明、指标口径与数据来源", "Data notes, definitions and provenance"),
    "silent_everywhere": ("各项均未报", "silent to all services"),
    "nobody_reported": ("没有单位报送", "no unit reported anything"),
    "only_recorded": (
        "{this}没有单位报送，0只表示没有登记",
        "no unit reported {this}: 0 only means that nothing was recorded",
    ),
    # The headline table.
    "indicator": ("指标", "indicator"),
    "this_week": ("{this}", "{this}"),
    "last_week": ("{last}", "{last}"),
    "change": ("变化", "change"),
    "mean": ("{mean}", "{mean}"),
    "no_mean_yet": (
        "{mean}自%s起提供：此前不足{mean_of}",
        "The {mean} begins with %s: before that there are not {mean_of}",
    ),
    "cumulative": ("累计", "since the beginning"),
    # The page of pictures.
    "at_a_glance": ("一图看懂", "At a glance"),
    "period": ("{period}", "{period}"),
    "highest": ("最高 %s", "highest: %s"),
    "no_numbers": ("没有数字", "no numbers"),
    "trends_note": (
        "走势：每点{one}，底线为0；● 确数，○ 非确数或部分未报，断开处没有数字",
        "Trends: a point {one} from 0 up. ● exact, ○ inexact or partly stated, gap: no figure",
    ),
    "reports_picture": ("报送情况", "Who reported"),
    "marks_note": (
        "报送：■ 按时；▲ 迟报；□ 零报告；× 未报；– 免报",
        "Reports: ■ on time, ▲ late, □ nil report, × silent, – exempt",
    ),
    "both_ends": ("首尾各10个，另有%s个未画", "ten at each end; %s more aren't drawn"),
    "too_few": ("分母不足%s", "denominator below %s"),
    "from_to": ("%s%%–%s%%", "%s%%–%s%%"),
    "spans_note": (
        "比率：只画参与排名的；横线为95%区间，基数越小越长",
        "Shares: those that are ranked; bar: interval of 95%, long where few were counted",
    ),
    "first_week": (
        "首期，没有可以对比的往期数据",
        "The first {period}: there is nothing to compare it with",
    ),
    "mark": ("※", "*"),
    "issued_otherwise": (
        "与上期{report}印发的数字不同，更正见附件：",
        "{Last}'s issue printed another figure; the correction is in the annexes:",
    ),
    "was_issued": ("上期印发 %s，现为 %s", "printed %s, now %s"),
    "definition": ("口径", "Definition"),
    "events_behind": ("构成事件", "Events behind it"),
    "none_counted": ("没有计入的事件", "no event contributes to it"),
    "more_events": ("另有 %s 条", "and %s more"),
    # The sections.
    "service": ("业务", "service"),
    "done": ("{this}情况", "{this}"),
    "unchanged": ("与{last}相同", "the same as {last}"),
    "zero": ("数字为0的", "zero"),
    "those": ("%s的", "%s"),
    "and_more": ("另有 %s 项未列出", "and %s more that are not listed"),
    "not_held": ("已计划未举办", "Planned and not held"),
    "postponed": ("已延期", "Postponed"),
    "cancelled": ("已取消", "Cancelled"),
    "all_held": (
        "计划的均已举办，无延期、无取消",
        "everything planned was held; nothing was postponed or cancelled",
    ),
    "overlap": ("多项业务登记的同一活动", "Occasions that several services recorded"),
    "occasions": (
        "志愿活动、送单、义诊、招聘会共登记 %s 次，其中重合 %s 次，实为 %s 个场合",
        "activities, deliveries, clinics, fairs: %s; of the same occasion: %s; occasions: %s",
    ),
    # Groups and platforms.
    "nothing_changed": (
        "{this}无变化，全文见附件",
        "nothing has changed {this}; the full text is in the annexes",
    ),
    "groups_changed": (
        "专项工作组与平台建设（{this}有变化）",
        "Groups and platforms (changed {this})",
    ),
    "groups_unchanged": (
        "专项工作组与平台建设（{this}无变化）",
        "Groups and platforms (unchanged {this})",
    ),
    "annex_details": (
        "各项工作、专项工作组与平台详情",
        "What was done, groups and platforms, in full",
    ),
    "annex_lists": (
        "督办、整改、交办与计划",
        "Overdue, rectification, actions and plans",
    ),
    "plan": ("实施方案", "Plan"),
    "version": ("第%s版", "version %s"),
    "groups": ("工作组", "Groups"),
    "special_groups": (
        "专项工作组：方案设%s个，已登记%s个，未登记%s个",
        "special groups: the plan has %s; entered here: %s, not entered: %s",
    ),
    "special_unknown": (
        "专项工作组：方案未载明个数，已登记%s个",
        "special groups: the plan gives no number, entered here: %s",
    ),
    "group_reports": ("工作组周报告", "Weekly reports of the groups"),
    "progress": ("已报进展%s个", "with progress: %s"),
    "progress_weeks": ("有进展", "progress"),
    "missed_weeks": ("未报周数", "weeks without a report"),
    "group_week": ("末次进展所属周", "week of the last progress"),
    "group_done": ("{done}", "{done}"),
    "group_planned": ("计划", "planned"),
    "group_problems": ("问题", "problems"),
    "responsible_unit": ("责任单位", "unit"),
    "responsible_person": ("责任人", "person"),
    "members": ("成员单位", "members"),
    "duties": ("职责", "duties"),
    "staff": ("人员", "staff"),
    "vacant": ("空缺", "vacant"),
    "group_actions": ("交办事项：办理中%s项，{this}完成%s项", "actions: open %s, done {this} %s"),
    "platforms": ("平台建设", "Platforms"),
    "milestones_done": ("已完成节点 %s/%s", "milestones done %s/%s"),
    "platforms_desc": (
        "各平台已完成节点占全部节点的比例",
        "Milestones done of all milestones, by platform",
    ),
    "target": ("目标", "target"),
    "reached": ("完成于", "reached"),
    # What was planned for a longer period.
    "planned_kind": ("事项", "what"),
    "planned_done_of_planned": ("完成/计划", "done/planned"),
    "planned_others": ("其余", "the others"),
    "planned_planned": ("计划", "planned"),
    "planned_done": ("完成", "done"),
    "planned_postponed": ("延期", "postponed"),
    "planned_cancelled": ("取消", "cancelled"),
    "planned_not_done": ("未完成", "not done"),
    "planned_unplanned": ("计划外完成", "done, not planned"),
    # The league.
    "rank": ("名次", "rank"),
    "share": ("比率", "share"),
    "of": ("分子/分母", "count"),
    "league_note": (
        "分母为0的不计算比率，分母不足%s的不参加排名；比率相同的名次并列",
        "no share where the denominator is 0; unranked below %s; ties share a rank",
    ),
    "excluded": ("不参与", "Left out"),
    "zero_denominators": ("分母为0，不计算比率", "denominator 0, no share"),
    # The assessment.
    "rubric": ("考核细则", "Rubric"),
    "score": ("得分", "score"),
    "rank_interval": ("名次区间", "rank interval"),
    "score_interval": ("得分区间", "score, by chance"),
    "not_assessed": ("不参评", "Not assessed"),
    "approved_by_on": ("%s于%s批准", "approved by %s on %s"),
    "not_in_a_group": ("细则未列入组别", "In no group of the rubric"),
    "appeal_window": ("%s公布，申诉截至%s（含）", "announced on %s; appeals until %s (inclusive)"),
    "open_appeals": ("待答复申诉%s件", "appeals not answered yet: %s"),
    "method": ("计分办法", "How it is scored"),
    "points_of": ("%s分", "%s points"),
    "criterion": ("考核项", "criterion"),
    "line_points": ("得分", "points"),
    "line_weight": ("权重", "weight"),
    "line_value": ("数值", "figure"),
    "line_base": ("基本分", "before bonus and deduction"),
    "line_bonus": ("加分", "bonus"),
    "line_deduction": ("扣分", "deduction"),
    "line_appeal": ("申诉改分", "by appeal"),
    "of_events": ("事件%s件", "events: %s"),
    "observers": ("观摩人", "observers"),
    "appeal": ("申诉", "appeal"),
    "appeal_late": ("逾期申诉", "after the window"),
    "appeal_answer": ("答复", "answer"),
    "awarded": ("由%s分改为%s分", "from %s to %s points"),
    # Follow-up.
    "practices": ("经验推广", "Good practices"),
    "rectification": ("点名督促整改（已超期）", "Named for rectification (overdue)"),
    "rectified": ("{this}销号的问题", "Findings closed {this}"),
    "being_rectified": ("整改中", "Being rectified"),
    "overdue": ("超期事项", "Overdue"),
    "no_overdue": ("超期事项：无", "Overdue: none"),
    "waiting": ("等待", "waiting"),
    "no_open_orders": ("等待事项（点单）：无", "Waiting for (orders): nobody"),
    "unconfirmed": (
        "已送达、居民逾期未确认",
        "Delivered, and past the promise not confirmed by the resident",
    ),
    "open_orders": ("在办点单（未超期）", "Orders open (not overdue)"),
    "due_by": ("应于 %s（含）前", "due by %s (inclusive)"),
    "days_late": ("超期%s天", "days late: %s"),
    "responsible": ("责任", "responsible"),
    "nobody": ("尚未明确", "nobody yet"),
    "is_overdue": ("已超期", "overdue"),
    "actions": ("交办事项", "Actions"),
    "due": ("期限", "due"),
    "first_due": ("原定", "first due"),
    "outcome": ("结果", "outcome"),
    "commitments": ("承诺事项", "Commitments"),
    "next_week": ("{next}计划", "{Next}"),
    "service_days": ("固定服务日", "Recurring service days"),
    "none": ("无", "none"),
    "not_public": ("公开版从略", "left out of the public edition"),
    "reason": ("原因", "reason"),
    "no_reason": ("未说明", "none given"),
    # Late arrivals, notes, annex.
    "corrected": ("本次修订改变的数字", "Figures that this revision changes"),
    "because": ("依据", "because of"),
    "entered": ("录入", "entered"),
    "late_events": ("补报的往期数据", "Events of earlier {period}s, entered late"),
    "before_programme": (
        "工作首周之前，不计入累计和平均",
        "before the programme's first week, in no sum or mean",
    ),
    "programme_begins": (
        "工作首周为%s：累计数、{mean}和比率自该周起计算",
        "The programme's first week is %s: sums, means and shares begin with it",
    ),
    "rules": ("口径版本", "Rules"),
    "renderer": ("文本版本", "Renderer"),
    "events_in_week": (
        "{this}事件%s条（含单位名册登记）",
        "events in the {period}: %s (the registry of units included)",
    ),
    "known_to_week": (
        "仅知所属周、不知日期的报告%s条，计入该周周四所在的{period}",
        "reports known only to their week: %s, counted in the {period} of that week's Thursday",
    ),
    "week_in_two": ("%s（%s 至 %s）%s条，计入%s", "%s (%s to %s): %s, counted in %s"),
    "parked": (
        "未能入库的报送数据（原件已留存，未计入统计）",
        "Reports that could not be read or handled (kept, in no figure)",
    ),
    "edited_points": (
        "要点的文字经人工修改，数字未变；按规则生成的原文",
        "Main points in a person's words, with unchanged numbers; the sentences of the rules",
    ),
    "point_by": ("第%s条，%s修改", "point %s, edited by %s"),
    "unknown_types": (
        "尚不认识的事件类型（已留存，不计入数字）",
        "Event types not known yet (kept, in no figure)",
    ),
    "confirmed": (
        "异常数据，填报人已确认（请再核对）",
        "Unlikely values, confirmed when they were entered (please check again)",
    ),
    "definitions": ("指标口径", "Definitions"),
    "by_unit": ("分单位数据", "Figures by unit"),
    "provenance": ("数据来源：各指标计入事件数", "Provenance: events counted by indicator"),
    "where_ids": ("事件编号见 JSON 与 HTML 版", "their ids are in the JSON and HTML editions"),
    "digest": ("内容校验码", "Content digest"),
    "numbers": (
        ("（一）", "（二）", "（三）", "（四）", "（五）"),
        ("(1) ", "(2) ", "(3) ", "(4) ", "(5) "),
    ),
    "contents": ("目录", "Contents"),
    "a_dash": ("—", "—"),
    "dash": (
        "累计栏“—”：时点数，不累计",
        "— since the beginning: it stands at {end}, and isn't added up",
    ),
    "with_communities": (
        "社区数据已包含在所属街道（镇）的数据中",
        "Figures of communities are included in those of their sub-district",
    ),
    "nobody_ranked": (
        "分母不足%s的不参加排名，本期没有单位参加",
        "unranked below %s: no sub-district is ranked in this issue",
    ),
    **commendation_words.PAIRS,
}

STATUSES = {
    "draft": ("草稿", "draft"),
    "provisional": ("待审稿", "provisional"),
    "final": ("正式", "final"),
    "withdrawn": ("已撤回", "withdrawn"),
}


@cache
def words_of(kind: type[Period], lang: str) -> dict[str, Any]:
    """The words in this language, of a report on this kind of period."""
    place = LANGUAGES.index(lang)
    said = {name: both[place] for name, both in PAIRS.items()}
    return {
        name: of_kind(words, kind, lang) if isinstance(words, str) else words
        for name, words in said.items()
    } | {"statuses": {code: both[place] for code, both in STATUSES.items()}}
