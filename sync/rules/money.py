"""Rules about money that reps take at stores.

Money is always received: nothing here holds or refuses it. The rules say what is odd about a
receipt, and what of it stays on account because what it was meant for is not open. COLLECTION is
asked of the receipt, COLLECTION_ITEM of each open item it names.
"""

from collections.abc import Mapping
from typing import cast

from sync.conditions import collection as cc
from sync.decisions import collection as cd
from sync.rules.rule import Rule
from sync.subjects.money import WorkingCollection, WorkingUse
from sync.tell import collection as ct

MoneyRules = Mapping[str, tuple[Rule[[WorkingCollection]], ...]]
UseRules = Mapping[str, tuple[Rule[[WorkingCollection, WorkingUse]], ...]]

MONEY_QUESTIONS = ("authority", "number", "amount", "cheque", "twin", "allocation")
PAYMENTS = ("two_payments", "one_payment")
KEEP, NOTE = cd.keep_for_finance, cd.let_pass
TWIN, REST = cd.list_as_duplicate, cd.put_on_account
GRACE = {"grace_days": (3, 0, 365)}

# fmt: off
COLLECTION: MoneyRules = {
    "authority": (
        Rule("collection_store_unknown", cc.store_is_unknown, KEEP,
             of=(7, 11), tell=ct.receipt, owner="finance"),
        Rule("collection_not_mine", cc.rep_had_no_right, NOTE, (KEEP,),
             of=(11, 16), tell=ct.right, params=GRACE, owner="finance"),
    ),
    "number": (
        Rule("collection_number_known", cc.number_is_another_receipts, KEEP,
             of=(11, 23), tell=ct.number, owner="finance", item="duplicate",
             office_answers=PAYMENTS),
    ),
    "amount": (
        Rule("collection_not_positive", cc.amount_is_not_positive, KEEP,
             of=(11,), tell=ct.receipt, owner="finance"),
        Rule("collection_currency_differs", cc.currency_is_not_the_stores, KEEP,
             of=(11,), tell=ct.currency, owner="finance"),
        Rule("collection_absurd", cc.amount_is_absurd, KEEP, (NOTE,), of=(11,), tell=ct.maximum,
             params={"maximum_minor": (10_000_000, 1, 10**15)}, owner="finance"),
    ),
    "cheque": (
        Rule("cheque_incomplete", cc.cheque_has_no_number, KEEP, (NOTE,),
             of=(11,), tell=ct.receipt, owner="finance"),
        Rule("cheque_known", cc.cheque_was_taken_before, TWIN, (NOTE,),
             of=(11,), tell=ct.cheque, owner="finance", item="duplicate",
             office_answers=PAYMENTS),
        Rule("cheque_post_dated", cc.cheque_is_dated_ahead, NOTE, (KEEP,),
             of=(11,), tell=ct.cheque_day, owner="finance"),
    ),
    "twin": (
        Rule("collection_twin", cc.money_looks_the_same, TWIN, (NOTE,),
             of=(11,), tell=ct.twin, owner="finance", item="duplicate",
             office_answers=PAYMENTS),
    ),
    "allocation": (
        Rule("allocation_exceeds", cc.uses_exceed_the_amount, cd.limit_to_amount,
             of=(11,), tell=ct.total, owner="finance"),
    ),
}

COLLECTION_ITEM: UseRules = {
    "allocation": (
        Rule("item_unknown", cc.item_is_unknown, REST, of=(11,), tell=ct.item, owner="finance"),
        Rule("item_cleared", cc.item_is_cleared, REST, of=(11,), tell=ct.item, owner="finance"),
        Rule("item_less_open", cc.item_has_less_open, REST, of=(11,), tell=ct.item,
             owner="finance"),
    ),
}
# fmt: on

AnyRules = Mapping[str, tuple[Rule[...], ...]]

OF_MONEY: Mapping[str, AnyRules] = {
    "collection": cast(AnyRules, COLLECTION),
    "collection_item": cast(AnyRules, COLLECTION_ITEM),
}
