"""Opening hours as people write them, read into minutes of a weekday.

Stores say "Mo-Fr 8-18, Sa 9-13", "daily 9am-8pm", "周一至周五 8:00-12:00 14:00-18:00"; nobody will
type a format. What is not understood is no hours at all: the store is planned as always open and
the plan says so, which beats a visit that a wrong guess has forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from routes.problem import Spell

DAY_MIN = 1440.0
WEEK = tuple(range(7))
_ENGLISH = ("mo", "tu", "we", "th", "fr", "sa", "su")
_CHINESE = "一二三四五六日"
_SPANS = {
    **dict.fromkeys(("daily", "everyday", "every day", "all days", "每天", "每日", "天天"), WEEK),
    **dict.fromkeys(("weekdays", "workdays", "working days", "工作日"), WEEK[:5]),
    **dict.fromkeys(("weekend", "weekends", "周末"), WEEK[5:]),
}
_SHUT = ("closed", "off", "休息", "关门", "不营业")
_TIME = r"(\d{1,2})(?:[:.h：点时](\d{2})?)?\s*(am|pm|a\.m\.|p\.m\.)?"
_TO = r"\s*(?:-|–|—|~|～|to|until|till|至|到)\s*"
_WORDS = re.compile(
    "|".join(
        (
            r"(?P<always>24\s*/\s*7|24\s*h(?:ours)?\b|24小时)",
            rf"(?P<times>{_TIME}{_TO}{_TIME}(?![\d:]))",
            "(?P<span>" + "|".join(sorted(map(re.escape, _SPANS), key=len, reverse=True)) + ")",
            r"(?P<day>(?:mon?|tue?s?|wed?(?:nes)?|thu?(?:rs?)?|fri?|sat?(?:ur)?|sun?)(?:day)?s?"
            r"(?![a-z])\.?|(?:周|星期|礼拜)[一二三四五六日天])",
            "(?P<shut>" + "|".join(_SHUT) + ")",
            rf"(?P<to>{_TO})",
            r"(?P<end>[;\n；])",
            r"(?P<gap>[\s,:：，、&+和/]+|and\b|from\b|open\b|营业)",
        )
    ),
    re.IGNORECASE,
)


class Hours(NamedTuple):
    """Open from one minute of the day to another."""

    from_min: float
    to_min: float


@dataclass
class _Said:
    """What one clause has said so far: these days, these hours."""

    days: list[int] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)
    shut: bool = False
    spans: bool = False  # the next day ends a span: "Mo-..."
    turned: bool = False  # "8-18 Mo-Fr": hours first

    def ends_before(self, kind: str) -> bool:
        """Whether a word of this kind begins the next clause."""
        if self.turned:
            return kind in ("times", "always") and not self.spans
        return kind in ("day", "span") and bool(self.days) and (bool(self.hours) or self.shut)


def read(text: str | None) -> dict[int, tuple[Hours, ...]] | None:
    """Hours by weekday (0 Monday), a weekday without any is closed; None: nothing can be read.

    Days that no clause names are closed once any day was named; hours without a day are for all
    days. A later clause stands over an earlier one for the days it names, as in "daily 8-18; Su
    off". Hours past midnight end with the day: nobody is visited after it.
    """
    clauses = _clauses((text or "").strip())
    if not clauses:
        return None
    week: dict[int, tuple[Hours, ...]] = {}
    for said in clauses:
        for day in said.days or WEEK:
            week[day] = () if said.shut else tuple(sorted(said.hours))
    return {day: week.get(day, ()) for day in WEEK}


def _clauses(text: str) -> list[_Said] | None:
    """The clauses of a text; None where a single word of it is not understood."""
    found, said = list[_Said](), _Said()
    for kind, match in _words(text):
        if kind == "strange":
            return None
        if kind == "end" or said.ends_before(kind):
            if not _kept(found, said):
                return None
            said = _Said()
        if not _hear(said, kind, match):
            return None
    return found if _kept(found, said) and found else None


def _words(text: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    at = 0
    while at < len(text):
        match = _WORDS.match(text, at)
        if match is None or match.lastgroup is None:
            yield "strange", None
            return
        kind = next(name for name, value in match.groupdict().items() if value is not None)
        yield kind, match
        at = match.end()


def _kept(found: list[_Said], said: _Said) -> bool:
    """Whether a finished clause makes sense; days without hours are open all day ("daily")."""
    if said.spans or (said.shut and said.hours):
        return False
    if not said.days and not said.hours and not said.shut:
        return True
    if not said.hours and not said.shut:
        said.hours.append(Hours(0.0, DAY_MIN))
    found.append(said)
    return True


def _hear(said: _Said, kind: str, match: re.Match[str] | None) -> bool:
    """Take in one word; False where it makes no sense here."""
    if match is None or kind in ("gap", "end"):
        return True
    if kind == "to":
        said.spans = bool(said.days) and (said.turned or not said.hours)
        return said.spans
    if kind in ("day", "span") and said.hours:
        said.turned = True
    if kind == "day":
        day = _weekday(match.group("day"))
        if said.spans:
            first = said.days[-1]
            said.days += [(first + n) % 7 for n in range(1, (day - first) % 7 + 1)]
            said.spans = False
        else:
            said.days.append(day)
    elif kind == "span":
        said.days += _SPANS[match.group("span").lower()]
    elif kind == "shut":
        said.shut = True
    elif kind == "always":
        said.hours.append(Hours(0.0, DAY_MIN))
    else:
        hours = _hours(match)
        if hours is None:
            return False
        said.hours.append(hours)
    return True


def _weekday(word: str) -> int:
    if word[0].isascii():
        return _ENGLISH.index(word[:2].lower())
    return _CHINESE.index(word[-1].replace("天", "日"))


def _hours(match: re.Match[str]) -> Hours | None:
    groups = match.groups()
    start = 2  # after `always` and `times` come the six parts of the two times
    hour, minute, half, hour2, minute2, half2 = groups[start : start + 6]
    opens = _minutes(hour, minute, half or (half2 if _is_morning(hour, hour2) else None))
    closes = _minutes(hour2, minute2, half2)
    if opens is None or closes is None or opens >= DAY_MIN:
        return None
    return Hours(opens, closes if closes > opens else DAY_MIN)


def _is_morning(hour: str, hour2: str) -> bool:
    """Whether "1-5 pm" says the afternoon twice; "9-5 pm" does not."""
    return int(hour) % 12 < int(hour2) % 12


def _minutes(hour: str, minute: str | None, half: str | None) -> float | None:
    whole, more = int(hour), int(minute or 0)
    if half is not None:
        if not 1 <= whole <= 12:
            return None
        whole = whole % 12 + (12 if half.lower().startswith("p") else 0)
    total = 60 * whole + more
    return float(total) if more < 60 and total <= DAY_MIN else None


def spells(
    hours: Mapping[int, tuple[Hours, ...]], visit_min: float
) -> dict[int, tuple[Spell, ...]]:
    """When a visit may begin so that it ends by closing time; two spells a day at most.

    A weekday that has no spell long enough for the visit is left out: closed. Of more than two
    the longest two are taken.
    """
    found = {}
    for day, open_ in hours.items():
        long = sorted((h for h in open_ if h.to_min - h.from_min >= visit_min), key=_length)[-2:]
        if long:
            found[day] = tuple(Spell(h.from_min, h.to_min - visit_min) for h in sorted(long))
    return found


def _length(hours: Hours) -> float:
    return hours.to_min - hours.from_min
