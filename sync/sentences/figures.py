"""How figures look inside a sentence: money, numbers, times and days, as each language has them.

A time or a day is known by its look (ISO 8601), money by a name that ends in `_minor`. Nothing
reads "unknown", or what `absent` says of a place of that name.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sync.decisions.shapes import Plain
from sync.terms.price import minor_digits

_TIME = re.compile(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d.*\Z", re.ASCII)
_DAY = re.compile(r"\A\d{4}-\d\d-\d\d\Z", re.ASCII)
_TIMES = (
    "captured until began decided other_captured price_as_of credit_as_of stock_as_of"
).split()
"""Places that hold a time, as far as their absence is worth words of its own."""
_CODES = frozenset(
    ("yours", "now", "kind", "uom", "state", "method", "field", "parent", "side", "mine", "theirs")
)
"""Places where the trade's own codes may stand, which a language has words for."""
_TURNS = frozenset(("R", "AL", "RLE", "RLO", "RLI"))
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CHINESE_DAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Style:
    """How one language shows figures; `codes`: words for codes of ours."""

    unknown: str
    absent: Mapping[str, str]
    codes: Mapping[str, str]
    show_time: Callable[[datetime], str]
    show_day: Callable[[date], str]


def _english_time(moment: datetime) -> str:
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment:%H:%M}"


def _english_day(day: date) -> str:
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _chinese_time(moment: datetime) -> str:
    return f"{moment.month}月{moment.day}日 {moment:%H:%M}"


def _chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（周{_CHINESE_DAYS[day.weekday()]}）"


STYLES: Mapping[str, Style] = {
    "en": Style(
        unknown="unknown",
        absent={
            **dict.fromkeys(_TIMES, "an unknown time"),
            "ended": "further notice",
            "reason": "no reason given",
            "substitute": "nothing",
            "each": "no whole number of",
            "other": "of another store",
            **dict.fromkeys(("mine", "theirs", "was"), "empty"),
        },
        codes={
            **{"tax id": "tax number", "terms days": "payment term in days"},
            **{"store class": "class", "visits per 4w": "visits in four weeks"},
            "sequence": "place",
        },
        show_time=_english_time,
        show_day=_english_day,
    ),
    "zh": Style(
        unknown="未知",
        absent={
            **dict.fromkeys(_TIMES, "未知时间"),
            "ended": "另行通知",
            "reason": "未说明原因",
            "substitute": "无",
            "each": "非整数",
            "other": "另一家门店",
            **dict.fromkeys(("mine", "theirs", "was"), "空"),
        },
        codes={
            **{"cash": "现金", "cheque": "支票", "transfer": "转账", "collection": "收款"},
            **{"sale": "销售", "free": "赠送", "return": "退货", "van": "车销"},
            **{"visit": "拜访", "card": "拜访卡", "order": "订单", "plan stop": "计划站点"},
            **{"store": "门店", "contact": "联系人", "collection": "收款"},
            **{"ahead": "快了", "behind": "慢了", "yes": "是", "no": "否"},
            **{"name": "名称", "address": "地址", "city": "城市", "region": "地区"},
            **{
                "postcode": "邮编",
                "phone": "电话",
                "opening hours": "营业时间",
                "position": "位置",
            },
            **{"tax id": "税号", "terms days": "账期天数", "store class": "等级"},
            **{"channel": "渠道", "banner": "连锁", "price list": "价目表"},
            **{"visits per 4w": "四周拜访次数", "role": "职务", "preferred time": "方便时间"},
            **{"email": "电子邮箱"},
            **{"listed": "在册", "on shelf": "在架", "facings": "排面", "shelf stock": "货架库存"},
            **{"back stock": "后仓库存", "price minor": "货架价（分）", "out of stock": "缺货状态"},
            **{"promotion seen": "见到促销", "nearest expiry": "最近到期日"},
            **{"day": "日期", "sequence": "顺序", "state": "状态", "reason": "原因"},
            **{"planned": "计划中", "started": "已开始", "done": "已完成", "skipped": "已跳过"},
            **{"case": "箱", "each": "件", "case, each": "箱、件"},
            **{"received": "已接收", "held": "待处理", "accepted": "已接受", "sent": "已发送"},
            **{"acknowledged": "已确认", "rejected": "已拒绝", "cancelled": "已取消"},
            **{"allocated": "已分配", "short": "缺货", "picking": "拣货中", "dispatched": "已发货"},
            **{
                "returned": "已退货",
                "delivered": "已送达",
                "invoiced": "已开票",
                "closed": "已结束",
            },
        },
        show_time=_chinese_time,
        show_day=_chinese_day,
    ),
}


def shown(name: str, value: Plain, currency: str, style: Style) -> str:
    """What stands in the place `name`."""
    if value is None:
        return style.absent.get(name, style.unknown)
    if isinstance(value, int):
        if not name.endswith("_minor"):
            return f"{value:,}"
        amount = Decimal(value).scaleb(-minor_digits(currency))
        return f"{amount:,f} {currency}".rstrip()
    if name == "wanted":
        return _kept_together("; ".join(_edited(one, style) for one in value.split("; ")))
    in_words = style.codes.get(value, value) if name in _CODES else value
    return _dated(value, style) or _kept_together(in_words)


def _edited(one: str, style: Style) -> str:
    """One of what was edited, such as "day: 2026-11-24"; anything else stays as it is."""
    name, colon, value = one.partition(": ")
    if not colon:
        return one
    in_words = style.codes.get(value, value) or style.absent["mine"]
    return f"{style.codes.get(name, name)}: {_dated(value, style) or in_words}"


def _dated(value: str, style: Style) -> str | None:
    """A time or a day as the language has it; None: it is neither."""
    with suppress(ValueError):  # looks like a time, but is some number of a person's
        if _TIME.match(value):
            return style.show_time(datetime.fromisoformat(value))
        if _DAY.match(value):
            return style.show_day(date.fromisoformat(value))
    return None


def _kept_together(text: str) -> str:
    """A text that turns the reading direction, isolated; any other as it is."""
    if text.isascii() or _TURNS.isdisjoint(map(unicodedata.bidirectional, text)):
        return text
    return f"\u2068{text}\u2069"
