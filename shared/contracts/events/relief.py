"""Events of relief: orders, visits, merchants, and declared stocks of merchants."""

from marshmallow import Schema, fields

from shared.contracts.events.declare import EventType
from shared.contracts.events.erasure import GROUNDS
from shared.contracts.events.stock import stock_events
from shared.contracts.events.week import week_events
from shared.contracts.fields import Amount, Choice, Day, Flag, Id, Many, Text, Whole, Words

ORDER_CATEGORIES = {
    "daily_necessities": ("生活物资", "daily necessities"),
    "temporary_relief": ("临时救助", "temporary relief"),
    "cultural_activities": ("文化活动", "cultural activities"),
    "near_subsistence": ("低保边缘群体", "families just above the subsistence line"),
    "left_behind_children": ("留守儿童", "left-behind children"),
}

# Examples for categories whose name needs one.
ORDER_EXAMPLES = {"cultural_activities": ("乡村大戏台", "a village opera stage")}

ORDER_STATUSES = {
    "raised": ("已登记", "raised"),
    "claimed": ("已认领", "claimed"),
    "delivered": ("已送达", "delivered"),
    "confirmed": ("已确认", "confirmed by the resident"),
    "rated": ("已评价", "rated"),
    "rejected": ("不予受理", "rejected"),
    "withdrawn": ("已撤回", "withdrawn"),
}

CHANNELS = {
    "civil_affairs_office": ("街道民政办", "the sub-district's civil affairs office"),
    "phone": ("电话", "phone"),
    "visit": ("走访", "a visit"),
    "wechat": ("微信", "WeChat"),
    "other": ("其他", "another way"),
}

CIRCUMSTANCES = {
    "household_in_difficulty": ("困难家庭", "household in difficulty"),
    "subsistence_allowance": ("低保家庭", "household on the subsistence allowance"),
    "disabled": ("残疾人", "disabled person"),
    "living_alone": ("独居老人", "elderly person living alone"),
    "left_behind_child": ("留守儿童", "left-behind child"),
    "other": ("其他", "other"),
}

AGE_BANDS = ("0-17", "18-59", "60-69", "70-79", "80+")

VISIT_KINDS = {
    "household": ("入户走访", "household visit"),
    "merchant": ("商户走访", "merchant visit"),
}


HELPER_STATUSES = {
    "pending": ("待答复", "pending"),
    "arranged": ("已安排", "arranged"),
    "refused": ("未能安排", "refused"),
    "lapsed": ("不再需要", "no longer needed"),
}

MERCHANT_STATUSES = {
    "registered": ("已登记", "registered"),
    "closed": ("已注销", "closed"),
}

# Declared stocks, for units that know only a count: stock → unit of the quantity.
STOCKS = {"merchants": "merchant"}


class OrderItem(Schema):
    item = Text(required=True)
    claimed_by = Text(allow_none=True)


class Helpers(Schema):
    """Volunteers for the delivery: requested from volunteering, pending until it has answered.

    `activity` is volunteering's activity, whose `activity_key` is the order's id.
    """

    status = Choice(HELPER_STATUSES, required=True)
    wanted = Whole(required=True, least=1, most=1000)
    activity = Id(required=True, allow_none=True)


class OrderState(Schema):
    """The whole order, without anything that identifies the beneficiary.

    `withdrawn` says that it was entered by mistake; the status of that name, that the resident took
    it back. `erased` is the ground on which the personal data was deleted in relief.

    `due` is provisional where `due_awaits_notice` gives a year: it was counted across days on which
    the calendar notice of that year, which is not known yet, has to decide.
    """

    status = Choice(ORDER_STATUSES, required=True)
    category = Choice(ORDER_CATEGORIES, required=True)
    channel = Choice(CHANNELS, required=True)
    items = Many(fields.Nested(OrderItem), required=True, least=1, most=50)
    raised_on = Day(required=True, allow_none=True)
    due = Day(required=True)
    delivered_on = Day(allow_none=True)
    confirmed_on = Day(allow_none=True)
    age_band = Choice(AGE_BANDS, allow_none=True)
    circumstance = Choice(CIRCUMSTANCES, allow_none=True)
    rating = Whole(least=1, most=5, allow_none=True)
    reopened = Whole(required=True)
    served_by = Text(allow_none=True)
    helpers = fields.Nested(Helpers, allow_none=True)
    withdrawn = Flag()
    erased = Choice(GROUNDS, allow_none=True)
    due_awaits_notice = Whole(allow_none=True)


class VisitState(Schema):
    """A round of visits in one unit; `visits` may be not stated. `what` is the round's name or aim,
    never the name of a person. `withdrawn` takes the round back."""

    kind = Choice(VISIT_KINDS, required=True)
    what = Words(allow_none=True)
    visits = Amount("visit", required=True)
    withdrawn = Flag(required=True)
    reason = Text(allow_none=True)


class MerchantState(Schema):
    """One merchant in the ledger. `withdrawn` says that it was entered by mistake."""

    status = Choice(MERCHANT_STATUSES, required=True)
    name = Text(required=True)
    withdrawn = Flag()
    reason = Text(allow_none=True)


EVENTS = [
    EventType("relief.order.raised", 1, OrderState, "诉求登记", "order raised"),
    EventType("relief.order.claimed", 1, OrderState, "诉求认领", "order items claimed"),
    EventType("relief.order.released", 1, OrderState, "认领释放", "claim released"),
    EventType("relief.order.delivered", 1, OrderState, "送单完成", "order delivered"),
    EventType("relief.order.confirmed", 1, OrderState, "居民确认", "order confirmed"),
    EventType("relief.order.rated", 1, OrderState, "居民评单", "order rated"),
    EventType("relief.order.rejected", 1, OrderState, "不予受理", "order rejected"),
    EventType("relief.order.withdrawn", 1, OrderState, "诉求撤回", "order withdrawn"),
    EventType("relief.order.reopened", 1, OrderState, "诉求重启", "order reopened"),
    EventType("relief.order.corrected", 1, OrderState, "诉求更正", "order corrected"),
    EventType("relief.order.erased", 1, OrderState, "诉求人信息删除", "resident erased"),
    EventType("relief.order.due_settled", 1, OrderState, "承诺期限确定", "order's due day settled"),
    EventType("relief.order.helpers_asked", 1, OrderState, "请求志愿者", "helpers asked for"),
    EventType("relief.order.helpers_found", 1, OrderState, "志愿者落实", "helpers found"),
    EventType("relief.visit.recorded", 1, VisitState, "走访登记", "visits recorded"),
    EventType("relief.visit.corrected", 1, VisitState, "走访更正", "visits corrected"),
    EventType("relief.merchant.registered", 1, MerchantState, "商户登记", "merchant registered"),
    EventType("relief.merchant.closed", 1, MerchantState, "商户注销", "merchant closed"),
    EventType("relief.merchant.corrected", 1, MerchantState, "商户更正", "merchant corrected"),
    *stock_events("relief", STOCKS),
    *week_events("relief"),
]
