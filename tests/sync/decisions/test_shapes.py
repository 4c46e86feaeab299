"""What answers and conflicts are when nobody says more."""

from sync.decisions import shapes


def test_answers_that_go_on_ask_the_rest_of_the_question() -> None:
    assert shapes.Answer("noted", goes_on=True) == shapes.NOTED_GO_ON
    assert shapes.Answer("adjusted", goes_on=True) == shapes.ADJUSTED_GO_ON


def test_a_conflict_is_a_notice_everybody_may_read_unless_its_rule_says_otherwise() -> None:
    told = shapes.Conflict("stock_short", 1, 12, 3, "cut", None, "stock_short", {})
    assert (told.item, told.private) == ("notice", False)
