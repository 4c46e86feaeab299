"""The verbs that edit stores, contacts and cards, as typed."""

from tests.handhelds.test_cli import Run, double, ready, run, told  # noqa: F401 - fixtures


def test_a_rep_edits_a_store_and_its_people_without_a_network(ready: Run) -> None:  # noqa: F811
    assert "saved" in ready("store", "edit", "1042", "phone=555-0102", "city=").output
    shown = told(ready("--json", "store", "1042"))["store"]
    assert (shown["phone"], shown["city"]) == ("555-0102", None)
    assert "written down" in ready("contact", "add", "1042", "Mary Lee", "role=owner").output
    assert "saved" in ready("contact", "edit", "1042", "Mary", "phone=1").output
    assert "Mary Lee owner 1" in " ".join(ready("store", "1042").output.split())
    assert "not offered any more" in ready("contact", "remove", "1042", "Mary Lee").output
    assert "Mary" not in ready("store", "1042").output
    assert "sets nothing" in ready("store", "edit", "1042", "colour=red", code=1).output


def test_a_rep_writes_down_a_new_store_and_corrects_a_card(ready: Run) -> None:  # noqa: F811
    assert "D17-S001" in ready("store", "new", "Nick's Deli", "city=Ames").output
    assert "Nick's Deli" in ready("stores", "deli").output
    assert "pending" in ready("store", "D17-S001").output
    ready("card", "1042", "--line", "20041:facings=3")
    said = ready("card", "amend", "1042", "--line", "20041:facings=4", "--reason", "again")
    assert "corrected" in said.output
    assert "visit card corrected, 1 product" in ready("outbox").output
    assert (
        "says so already"
        in ready("card", "amend", "1042", "--line", "20041:facings=4", code=1).output
    )


def test_a_rep_notes_what_stands_beside_ours(ready: Run) -> None:  # noqa: F811
    beside = ("--competitor", "Kola Zero:price=1.29,facings=1,promo,note=by the till")
    said = ready("card", "1042", "--line", "20041:facings=3", *beside, "--competitor", "Own brand")
    assert "saved: 1 products, 2 of competitors" in said.output
    shown = " ".join(ready("store", "1042").output.split())
    assert "Beside ours: Kola Zero, 1.29, 1 facing, promoted, by the till; Own brand" in shown
    again = told(ready("--json", "card", "1042", "--same", "--competitor", "own  BRAND:price=0.9"))
    assert again["competitors"] == 2
    cards = told(ready("--json", "store", "1042"))["cards"]
    assert [one["price_minor"] for one in cards[0]["competitors"]] == [129, 90]
    refused = ready("card", "amend", "1042", "--line", "20041:facings=4", *beside, code=1)
    assert "is not corrected" in refused.output
