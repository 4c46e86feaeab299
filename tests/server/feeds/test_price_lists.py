"""Price lists from a file: whom each is for."""

from tests.server.feeds.conftest import Bench

LISTS = (
    "code,name,level,banner,channel,store_class\n"
    "base,Base,base,,,\nnorth,North,banner,north,,\n"
    "bars,Bars,channel,,bar,A\nbars-a,Bars A,channel_class,,bar,A\nown,Own,store,,,\n"
)


def rows(bench: Bench) -> list[tuple[object, ...]]:
    return bench.rows(
        "SELECT code, level, banner, channel, store_class FROM price_list ORDER BY code"
    )


def test_each_list_keeps_the_keys_its_level_speaks_of(stocked: Bench) -> None:
    outcome = stocked.load("price_lists", LISTS)
    assert (outcome.new, stocked.rejected) == (5, [])
    assert rows(stocked) == [
        ("bars", "channel", None, "bar", None),
        ("bars-a", "channel_class", None, "bar", "A"),
        ("base", "base", None, None, None),
        ("north", "banner", "north", None, None),
        ("own", "store", None, None, None),
    ]
    assert stocked.rows("SELECT DISTINCT currency FROM price_list") == [("USD",)]
    assert stocked.load("price_lists", LISTS).same == 5


def test_a_list_may_become_anothers(stocked: Bench) -> None:
    stocked.load("price_lists", LISTS)
    outcome = stocked.load("price_lists", "code,level,channel\nnorth,channel,bar\n")
    assert outcome.changed == 1
    assert ("north", "channel", None, "bar", None) in rows(stocked)
    assert stocked.one("SELECT name FROM price_list WHERE code = 'north'") == "North"


def test_a_list_that_does_not_say_whose_it_is_is_rejected(stocked: Bench) -> None:
    stocked.load("price_lists", "code,level,channel\na,banner,\nb,channel_class,bar\nc,moon,\n")
    assert [told[:2] for told in sorted(stocked.rejected)] == [
        (2, "banner"), (3, "store_class"), (4, "level"),
    ]  # fmt: skip


def test_a_list_first_heard_of_in_prices_is_for_stores_that_name_it(stocked: Bench) -> None:
    stocked.load("prices", "product,price,list\np1,1.29,base\np1,1.19,key\n")
    assert [row[:2] for row in rows(stocked)] == [("base", "base"), ("key", "store")]
