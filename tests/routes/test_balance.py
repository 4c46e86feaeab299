"""Work changes hands on paper only as far as it brings reps nearer to each other."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routes.balance import NEAR_ENOUGH, Hands, Load, as_if, propose
from routes.distance import URBAN, Place


def at(east: float) -> Place:
    return Place(41.6, -93.6 + east)


def row(name: str, count: int, east: float, **more: object) -> tuple[Load, ...]:
    """Stores in a row towards the east, ten visits' worth of twenty minutes each."""
    return tuple(
        Load(f"{name}{n:02d}", at(east + n / 100), 4, 20.0, **more)  # type: ignore[arg-type]
        for n in range(count)
    )


def test_the_stores_next_to_the_other_rep_change_hands_until_both_have_the_same() -> None:
    done = propose(
        [Hands("a", row("a", 14, 0.0), 3_000), Hands("b", row("b", 6, 0.14), 3_000)], URBAN
    )
    moved = [move.store for move in done.moves]
    assert moved == ["a13", "a12", "a11", "a10"]  # the nearest to b first
    assert {(move.giver, move.taker) for move in done.moves} == {("a", "b")}
    assert abs(done.after["a"].share - done.after["b"].share) <= NEAR_ENOUGH
    assert done.before["a"].share - done.before["b"].share > 0.2


def test_stores_with_appointments_stay_and_who_is_nowhere_takes_nothing() -> None:
    full = Hands("a", row("a", 14, 0.0, stays=True), 3_000)
    assert propose([full, Hands("b", row("b", 6, 0.14), 3_000)], URBAN).moves == ()
    free = Hands("a", row("a", 14, 0.0), 3_000)
    assert propose([free, Hands("new", (), 3_000)], URBAN).moves == ()
    assert propose([free, Hands("new", (), 3_000, at(0.2))], URBAN).moves[0].store == "a13"


def test_a_store_both_sell_to_is_not_handed_over() -> None:
    team = [Hands("a", row("a", 14, 0.0), 3_000), Hands("b", row("a", 6, 0.0), 3_000)]
    moves = propose(team, URBAN).moves
    assert moves
    assert not {move.store for move in moves} & {f"a{n:02d}" for n in range(6)}


def test_a_longer_week_takes_more() -> None:
    team = [Hands("a", row("a", 8, 0.0), 3_000), Hands("b", row("b", 8, 0.08), 1_500)]
    assert {move.giver for move in propose(team, URBAN).moves} == {"b"}


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_store_is_lost_or_moved_twice_and_the_spread_never_grows(data: st.DataObject) -> None:
    place = st.floats(-0.3, 0.3)
    team = [
        Hands(
            f"r{rep}",
            tuple(
                Load(f"{rep}-{n}", at(data.draw(place)), data.draw(st.integers(1, 8)), 20.0,
                     data.draw(st.booleans()))
                for n in range(data.draw(st.integers(0, 6)))
            ),
            data.draw(st.sampled_from([500.0, 1_000.0])),
            at(data.draw(place)),
        )
        for rep in range(3)
    ]  # fmt: skip
    done = propose(team, URBAN)
    moved = [move.store for move in done.moves]
    assert len(moved) == len(set(moved))
    stays = {load.store for hands in team for load in hands.stores if load.stays}
    assert not stays & set(moved)
    mine = {load.store: hands.rep for hands in team for load in hands.stores}
    for move in done.moves:
        assert mine[move.store] == move.giver != move.taker
    moves = [(move.store, move.giver, move.taker) for move in done.moves]
    reckoned = as_if(team, URBAN, moves)  # from who holds what in the end, nothing remembered
    for rep, one in done.after.items():
        assert one.share == pytest.approx(reckoned[rep].share)
        assert one.visits == reckoned[rep].visits
    squares = [sum(one.share**2 for one in shares.values()) for shares in (done.before, done.after)]
    assert squares[1] < squares[0] if moved else squares[1] == squares[0]


def test_neighbours_that_are_remembered_are_those_there_are() -> None:
    """With more stores than are remembered, and many that come and go."""
    luck = Random(5)
    team = [
        Hands(
            f"r{rep}",
            tuple(
                Load(f"{rep}-{n}", at(luck.gauss(rep / 4, 0.2)), luck.choice((1, 2, 4)), 20.0)
                for n in range(60 if rep == 0 else 20)
            ),
            3_000.0,
            at(rep / 4),
        )
        for rep in range(3)
    ]
    done = propose(team, URBAN)
    moves = [(move.store, move.giver, move.taker) for move in done.moves]
    assert len(moves) > 15
    reckoned = as_if(team, URBAN, moves)
    assert {rep: one.share for rep, one in done.after.items()} == pytest.approx(
        {rep: one.share for rep, one in reckoned.items()}
    )
