"""What is watched beside every single change.

WATCH is asked of counts that the clock makes (watch.py, desk/alarm.py), never of one change: a
mass change is made of changes that were each allowed.
"""

from collections.abc import Mapping
from typing import cast

from sync.conditions import watch as wc
from sync.decisions import watch as wd
from sync.rules.rule import Rule
from sync.subjects.watch import WorkingMass
from sync.tell import watch as wt

# fmt: off
WATCH: Mapping[str, tuple[Rule[[WorkingMass]], ...]] = {
    "mass": (
        Rule("mass_change", wc.more_than_people_do, wd.raise_alarm, (wd.let_pass,),
             of=(20,), tell=wt.mass, item="alarm", owner="supervisor", office_answers=("seen",),
             params={"rows": (200, 1, 1_000_000), "minutes": (10, 1, 1_440),
                     "load_rows": (0, 0, 1_000_000_000)}),
    ),
}
# fmt: on

OF_WATCH: Mapping[str, Mapping[str, tuple[Rule[...], ...]]] = {
    "watch": cast(Mapping[str, tuple[Rule[...], ...]], WATCH),
}
