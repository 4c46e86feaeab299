"""Opening hours as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routes.opening import Hours, read, spells
from routes.problem import Spell


def week(text: str) -> str:
    """Hours of a week in short: "8-18 x5 . ."."""
    found = read(text)
    assert found is not None, text
    return " ".join(
        "+".join(f"{h.from_min / 60:g}-{h.to_min / 60:g}" for h in found[day]) or "."
        for day in range(7)
    )


FIVE = "8-18 8-18 8-18 8-18 8-18"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("8-18", f"{FIVE} 8-18 8-18"),
        ("Mo-Fr 8-18", f"{FIVE} . ."),
        ("Mon-Fri 08:00-18:00, Sat 9-13", f"{FIVE} 9-13 ."),
        ("Monday to Friday 8am to 6pm", f"{FIVE} . ."),
        ("daily 8-18; Su off", f"{FIVE} 8-18 ."),
        ("weekdays 8:00–12:00, 14:00–18:00", " ".join(["8-12+14-18"] * 5) + " . ."),
        ("Mo,We,Fr 7.30-15.30", "7.5-15.5 . 7.5-15.5 . 7.5-15.5 . ."),
        ("Sa-Mo 10-14", "10-14 . . . . 10-14 10-14"),
        ("9-5 pm", " ".join(["9-17"] * 7)),
        ("1-5pm", " ".join(["13-17"] * 7)),
        ("Tu 12pm-12am", ". 12-24 . . . . ."),
        ("Fr 18:00-02:00", ". . . . 18-24 . ."),
        ("24/7", " ".join(["0-24"] * 7)),
        ("daily", " ".join(["0-24"] * 7)),
        ("Closed Sundays; Mo-Sa 8-18", f"{FIVE} 8-18 ."),
        ("8-18 Mo-Fr, 9-13 Sa", f"{FIVE} 9-13 ."),
        ("周一至周五 8:00-18:00", f"{FIVE} . ."),
        ("每天 8点-18点；周日休息", f"{FIVE} 8-18 ."),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, says: str) -> None:
    assert week(text) == says


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "late",
        "ask Joe",
        "8-18 except holidays",
        "25-30",
        "Mo-",
        "9:70-10",
        "8",
        "14 pm-3",
        "8-18, Su off",
    ],
)
def test_what_is_not_understood_is_no_hours_rather_than_wrong_ones(text: str | None) -> None:
    assert read(text) is None


def test_a_visit_begins_early_enough_to_end_by_closing_time() -> None:
    hours = {0: (Hours(480, 720), Hours(840, 1080)), 1: (Hours(540, 560),), 2: ()}
    assert spells(hours, 30) == {0: (Spell(480, 690), Spell(840, 1050))}


def test_of_three_spells_the_longest_two_stay_in_their_order() -> None:
    hours = {0: (Hours(480, 600), Hours(610, 640), Hours(700, 900))}
    assert spells(hours, 20) == {0: (Spell(480, 580), Spell(700, 880))}


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read(text)
    for hours in (found or {}).values():
        assert all(0 <= h.from_min < h.to_min <= 1440 for h in hours)
