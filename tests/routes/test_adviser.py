"""Advice on frequencies: where an hour brings more, with evidence, one step at a time."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from routes.adviser import (
    RULES,
    STEPS,
    Advice,
    Bars,
    Dials,
    Effect,
    Seen,
    Worth,
    advise,
    bars_of,
    judge,
    lost_minor,
    total,
)
from routes.detour import Detour

ORDER = {"cut": 0, "keep": 1, "raise": 2}
DIALS = Dials()
WAYS = {f"s{n}": Detour((6.0,), (6.0,), planned=True) for n in range(30)}
KNOWN = Worth(hour_minor=3_000, margin_percent=20.0)


def store(n: int, sales: int = 200_000, **more: object) -> Seen:
    """A store seen fortnightly for 24 weeks; half an hour a visit."""
    usual = Seen(f"s{n}", 2, "B", 168, 12, 9, 30.0, sales, 240, 0)
    return replace(usual, **more)  # type: ignore[arg-type]


def usual_ones(*more: Seen) -> list[Seen]:
    return [*(store(n) for n in range(6, 15)), *more]


def of(advice: list[Advice], n: int = 0) -> Advice:
    return next(one for one in advice if one.store == f"s{n}")


def stores_of(days: int, made: int, listed: int) -> st.SearchStrategy[Seen]:
    """Stores of which at least so much was seen."""
    return st.builds(
        Seen,
        st.just("s0"),
        st.sampled_from((2, 1, 3, 4, 8, 12, 20, 25) if made else (None, 0, 2, 4)),
        st.just("B"),
        st.integers(days, 168),
        st.integers(made, 40),
        st.integers(0, 40),
        st.floats(5, 90),
        st.integers(-5_000, 900_000),
        st.integers(listed, 400),
        st.just(0),
        st.none(),
        st.one_of(st.none(), st.floats(0, 20_000)),
    ).flatmap(lambda one: st.integers(0, one.listed).map(lambda out: replace(one, out=out)))


well_seen = stores_of(DIALS.fewest_days, DIALS.fewest_visits, DIALS.fewest_lines)
seen = st.one_of(well_seen, well_seen, stores_of(0, 0, 0))
detours = st.lists(st.floats(0, 90), min_size=1, max_size=4).map(
    lambda way: Detour(tuple(sorted(way, reverse=True)), tuple(sorted(way)), True)
)
worths = st.one_of(st.just(Worth()), st.builds(Worth, st.integers(500, 9_000), st.floats(1, 60)))


@st.composite
def territories(draw: st.DrawFn) -> tuple[list[Seen], dict[str, Detour]]:
    drawn = draw(st.lists(seen, min_size=5, max_size=9))
    found = [replace(one, store=f"s{n}") for n, one in enumerate(drawn)]
    return found, {one.store: draw(detours) for one in found}


def test_a_store_like_all_others_is_kept_and_a_much_better_one_seen_more_often() -> None:
    advice = advise(usual_ones(store(0, 900_000), store(1, 20_000)), WAYS, Worth())
    better, worse, usual = of(advice), of(advice, 1), of(advice, 7)
    assert (better.act, better.visits, better.to, better.why) == ("raise", 2, 4, "brings_more")
    assert (worse.act, worse.to, worse.why) == ("cut", 1, "brings_little")
    assert (usual.act, usual.to, usual.why) == ("keep", 2, "as_elsewhere")
    assert usual.effect == Effect(profit_minor=None)


def test_the_figures_of_a_step_are_what_a_person_would_work_out() -> None:
    one = of(advise(usual_ones(store(0, 900_000)), WAYS, KNOWN))
    assert one.effect.visits == 2
    assert (one.effect.visit_min, one.effect.drive_min) == (60.0, 12.0)
    # 150,000 in four weeks, twice the visits: x 2 ** 0.31 - 1 = 0.2397
    assert round(one.effect.sales_minor) == 35_956
    # a fifth of it is margin; 72 minutes cost 36.00
    assert one.effect.profit_minor is not None
    assert round(one.effect.profit_minor) == round(35_956 * 0.2) - 3_600


def test_empty_shelves_are_what_is_missing_half_the_time_a_third_of_it_lost() -> None:
    empty = store(0, out=48)  # a fifth of its lines, a tenth of the time
    day = 200_000 / 168
    assert round(lost_minor(empty, DIALS), 6) == round(28 * day * 0.1 / 0.9 * 0.35, 6)
    counted = replace(empty, offtake_minor_day=2_000.0)
    assert round(lost_minor(counted, DIALS), 6) == round(28 * 2_000 * 0.1 / 0.9 * 0.35, 6)
    assert lost_minor(replace(empty, listed=10, out=5), DIALS) == 0.0  # ten lines say too little


def test_a_store_that_runs_out_is_never_cut() -> None:
    poor = store(1, 20_000)
    assert of(advise(usual_ones(poor), WAYS, Worth()), 1).act == "cut"
    empty = of(advise(usual_ones(replace(poor, out=40)), WAYS, Worth()), 1)
    assert (empty.act, empty.why) == ("keep", "runs_out")


def test_visits_agreed_and_not_made_are_made_before_more_are_agreed() -> None:
    rich = store(0, 900_000, made=5)
    one = of(advise(usual_ones(rich), WAYS, Worth()))
    assert (one.act, one.why) == ("keep", "visits_not_made")


def test_too_little_seen_is_said_and_nothing_advised() -> None:
    for little in (store(0, 900_000, made=2), store(0, 900_000, days=40)):
        one = of(advise(usual_ones(little), WAYS, Worth()))
        assert (one.act, one.why, one.confidence) == ("keep", "not_enough_seen", "none")
    alone = of(advise([store(0, 900_000)], WAYS, Worth()))
    assert (alone.act, alone.why) == ("keep", "nothing_to_compare")
    nobody_said = of(advise(usual_ones(store(0, agreed=None)), WAYS, Worth()))
    assert (nobody_said.why, nobody_said.to) == ("no_frequency", None)


def test_where_cost_is_known_a_visit_must_pay_for_itself() -> None:
    """All stores alike and all poor: hours compared say keep, money says cut."""
    poor = [store(n, 4_000, agreed=4) for n in range(8)]
    assert {one.act for one in advise(poor, WAYS, Worth())} == {"keep"}
    told = advise(poor, WAYS, KNOWN)
    assert {one.act for one in told} == {"cut"}
    assert all((one.effect.profit_minor or 0) > 0 for one in told)


def test_a_store_off_the_road_has_to_bring_more() -> None:
    far = WAYS | {"s0": Detour((90.0,), (90.0,), planned=True)}
    rich = store(0, 500_000)
    assert of(advise(usual_ones(rich), WAYS, Worth())).act == "raise"
    assert of(advise(usual_ones(rich), far, Worth())).act != "raise"


def test_more_seen_is_more_sure() -> None:
    told = [judge(store(0, made=made), WAYS["s0"], Worth(), bars_of([], {}, Worth(), DIALS), DIALS)
            for made in (2, 3, 6, 12)]  # fmt: skip
    assert [one.confidence for one in told] == ["none", "low", "fair", "good"]


def test_every_row_of_the_rule_is_reached() -> None:
    stores = usual_ones(
        store(0, 900_000), store(1, 20_000), store(2, 20_000, out=40), store(3, 900_000, made=5),
        store(4, made=1), store(5, agreed=None),
    )  # fmt: skip
    reached = {one.why for one in advise(stores, WAYS, Worth())}
    reached |= {one.why for one in advise([store(0)], WAYS, Worth())}
    assert reached == {row.name for row in RULES}


@given(well_seen, detours, worths, st.integers(1, 200), st.floats(-1, 1))
@settings(max_examples=120)
def test_more_lost_on_empty_shelves_never_lowers_advice(
    one: Seen, way: Detour, worth: Worth, more: int, near: float
) -> None:
    """Against a bar close to what the store brings, so that every row of the rule is near."""
    bar = max(1.0, one.sales_minor / one.days) * 10.0**near
    bars = Bars(bar, bar)
    worse = replace(one, out=min(one.listed, one.out + more))
    before, after = (judge(each, way, worth, bars, DIALS) for each in (one, worse))
    assert ORDER[after.act] >= ORDER[before.act]
    assert after.lost_minor >= before.lost_minor


@given(territories(), worths, st.integers(1, 300))
@settings(max_examples=40)
def test_nor_where_the_store_itself_moves_what_hours_bring_elsewhere(
    drawn: tuple[list[Seen], dict[str, Detour]], worth: Worth, more: int
) -> None:
    stores, ways = drawn
    before = advise(stores, ways, worth)
    worse = replace(stores[0], out=min(stores[0].listed, stores[0].out + more))
    after = advise([worse, *stores[1:]], ways, worth)
    assert ORDER[after[0].act] >= ORDER[before[0].act]


@given(territories(), worths)
@settings(max_examples=60)
def test_advice_has_evidence_and_goes_one_step(
    drawn: tuple[list[Seen], dict[str, Detour]], worth: Worth
) -> None:
    for one in advise(*drawn, worth):
        if one.act == "keep":
            assert one.to == one.visits
            assert one.effect.visits == one.effect.hours == one.effect.sales_minor == 0
            continue
        assert one.seen.made >= DIALS.fewest_visits
        assert one.seen.days >= DIALS.fewest_days
        assert one.confidence != "none"
        assert one.visits is not None
        assert one.to is not None
        assert one.to in STEPS
        low, high = sorted((one.visits, one.to))
        assert not [step for step in STEPS if low < step < high]
        assert (one.act == "raise") == (one.to > one.visits)
        assert one.effect.visits == one.to - one.visits
        assert (one.effect.sales_minor >= 0) == (one.act == "raise") or not one.effect.sales_minor


@given(territories(), worths)
@settings(max_examples=40)
def test_the_whole_is_the_sum_of_its_advice(
    drawn: tuple[list[Seen], dict[str, Detour]], worth: Worth
) -> None:
    advice = advise(*drawn, worth)
    whole = total(advice)
    assert whole.visits == sum(one.effect.visits for one in advice)
    assert abs(whole.hours - sum(one.effect.hours for one in advice)) < 1e-6
    assert abs(whole.sales_minor - sum(one.effect.sales_minor for one in advice)) < 1e-3
    if advice:
        assert (whole.profit_minor is None) == (worth.pays_from_minor is None)
