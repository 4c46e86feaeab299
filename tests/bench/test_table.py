"""The table says what was measured, and a missed goal cannot look met."""

from bench.table import Row, figure, markdown, number, times
from bench.timing import median, p10, p99


def test_a_row_of_times_has_median_worst_ratio_and_goal() -> None:
    row = times("push", [30, 50, 40, 45, 90], floor_ms=[10, 8, 12], floor="(COPY)", goal_ms=60)
    assert row.cells() == (
        *("push", "5", "30.0 ms", "45.0 ms", "90.0 ms", "", "10.0 ms (COPY)"),
        *("4.50 x", "< 60 ms", "yes"),
    )


def test_a_median_at_the_goal_has_missed_it() -> None:
    assert times("push", [60.0], goal_ms=60).cells()[-1] == "NO"


def test_a_rate_must_be_above_its_goal_and_a_size_below() -> None:
    assert figure("applied", 29_999, "/s", least=30_000).met is False
    assert figure("applied", 30_001, "/s", least=30_000).met is True
    assert figure("page", 1_501, "kB", most=1_500).met is False
    assert figure("page", 1_499, "kB", most=1_500).met is True


def test_an_aim_is_no_goal() -> None:
    row = figure("CPU", 40, "ms", aim=20)
    assert (row.goal, row.met) == ("(aim < 20 ms)", None)
    assert figure("served", 40, "/s", aim=50).goal == "(aim > 50 /s)"


def test_what_was_not_measured_has_no_verdict() -> None:
    assert Row("commit to screen", p50="no Chromium here").cells()[-1] == ""


def test_a_percentile_is_the_sample_that_so_many_do_not_exceed() -> None:
    assert p99(range(1, 101)) == 99
    assert p99([3, 1, 2]) == 3
    assert p10(range(1, 101)) == 10
    assert p10([3, 1, 2]) == 1
    assert median([4, 1, 3, 2]) == 2.5


def test_numbers_keep_the_digits_that_mean_something() -> None:
    assert [number(value) for value in (0.456, 4.56, 45.6, 4567.8)] == [
        *("0.46", "4.56", "45.6", "4,568"),
    ]


def test_the_table_is_markdown_with_a_cell_for_every_column() -> None:
    lines = markdown([Row("a"), figure("b", 1, "s", most=2)]).splitlines()
    assert len(lines) == 4
    assert {line.count("|") for line in lines} == {11}
