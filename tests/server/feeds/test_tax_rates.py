"""Tax rates from a file."""

from tests.server.feeds.conftest import Bench

RATES = "tax_class,percent,valid_from,valid_to\nfull,19,2021-01-01,\nfood,7,2021-01-01,2027-12-31\n"


def test_rates_are_loaded_once_and_corrected_by_their_day(stocked: Bench) -> None:
    assert stocked.load("tax_rates", RATES).new == 2
    assert stocked.load("tax_rates", RATES.replace("19", "19.000")).same == 2
    assert stocked.load("tax_rates", RATES.replace(",19,", ",20,")).changed == 1
    assert stocked.load("tax_rates", RATES.replace("2021-01-01,\n", "2027-01-01,\n")).new == 1
    assert stocked.rows(
        "SELECT tax_class, trim_scale(percent)::text, valid_from::text, scope FROM tax_rate"
        " ORDER BY 1, 3"
    ) == [
        ("food", "7", "2021-01-01", "company"),
        ("full", "20", "2021-01-01", "company"),
        ("full", "19", "2027-01-01", "company"),
    ]


def test_rates_that_cannot_be_are_rejected(stocked: Bench) -> None:
    stocked.load(
        "tax_rates",
        "tax_class,percent,valid_from,valid_to\na,101,2021-01-01,\nb,5,2021-01-02,2021-01-01\n",
    )
    assert [told[1] for told in stocked.rejected] == ["percent", "valid_to"]
