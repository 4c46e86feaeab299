"""Rules about everything but orders: any change at all, and what rep and office may both edit.

Read it as a table: kind -> question -> rows, asked in order; in each
question the first row whose `when` is true answers. Rows under FIELDS are asked of each field that
was edited. A refusal ends the asking; a request or a hold does not.

* CHANGE is asked of every change before anything else (asking/changes.py).
* FACTS: visits, cards, receipts, which are never refused.
* EDITS and FIELDS: changes of rows that somebody else may have changed too (asking/edits.py).
"""

from collections.abc import Mapping
from typing import cast

from sync.conditions import change as cc
from sync.conditions import edit as ec
from sync.decisions import change as cd
from sync.decisions import edit as ed
from sync.rules.rule import Rule
from sync.subjects.change import WorkingChange
from sync.subjects.edit import WorkingEdit, WorkingField
from sync.tell import change as ct
from sync.tell import edit as et

ChangeRules = Mapping[str, tuple[Rule[[WorkingChange]], ...]]
EditRules = Mapping[str, tuple[Rule[[WorkingEdit]], ...]]
FieldRules = Mapping[str, tuple[Rule[[WorkingEdit, WorkingField]], ...]]

# fmt: off
CHANGE: ChangeRules = {
    "identity": (
        Rule("id_reused", cc.id_was_used, cd.hold_for_office, of=(21, 23), tell=ct.plain,
             item="duplicate"),
    ),
    "sender": (
        Rule("device_revoked", cc.device_is_revoked, cd.hold_for_office, of=(20,),
             tell=ct.captured, owner="supervisor"),
    ),
    "reading": (
        Rule("unreadable", cc.change_is_unreadable, cd.refuse_change, of=(21,), tell=ct.fault,
             item="fault", owner="admin"),
        Rule("version_unknown", cc.change_is_newer, cd.hold_for_office, of=(23,), tell=ct.plain,
             item="fault", owner="admin"),
        Rule("row_known", cc.row_is_another, cd.hold_for_office, of=(21, 23), tell=ct.kind,
             item="duplicate"),
        Rule("server_fault", cc.server_stumbled, cd.hold_for_office, of=(21,), tell=ct.plain,
             item="fault", owner="admin"),
    ),
    "dependency": (
        Rule("dependency_parked", cc.dependency_is_parked, cd.hold_for_office, (cd.let_pass,),
             of=(21,), tell=ct.dependency),
    ),
    "clock": (
        Rule("clock_wrong", cc.clock_is_wrong, cd.correct_time, (cd.hold_for_office,),
             of=(19,), tell=ct.clock, params={"minutes": (5, 1, 1440)}),
    ),
    "period": (
        Rule("captured_late", cc.period_is_closed, cd.post_to_true_date, (cd.hold_for_office,),
             of=(22,), tell=ct.period),
    ),
}

_MINE = Rule("edit_not_mine", ec.rep_lacked_right_to_edit, ed.refuse_edit,
             (ed.hold_for_office, ed.let_pass), of=(16,), tell=et.right,
             params={"grace_days": (0, 0, 365)})
_GONE = Rule("row_gone", ec.row_is_gone, ed.request_all, (ed.refuse_edit,), of=(17,),
             tell=et.whole)
_CHANGED = Rule("field_changed_meanwhile", ec.field_changed_meanwhile, ed.take_mine_offer_theirs,
                (ed.take_mine, ed.request_mine), of=(14,), tell=et.one_field)

FACTS: EditRules = {
    "authority": (
        Rule("fact_not_mine", ec.rep_lacked_right_to_fact, ed.hold_for_office, (ed.let_pass,),
             of=(16,), tell=et.right, params={"grace_days": (3, 0, 365)}, owner="supervisor"),
    ),
    "store": (
        Rule("fact_store_merged", ec.store_was_merged, ed.follow_survivor, (ed.let_pass,),
             of=(7,), tell=et.survivor),
        Rule("fact_store_closed", ec.store_is_closed, ed.let_pass, (ed.hold_for_office,),
             of=(7,), tell=et.store),
    ),
    "state": (
        Rule("visit_further_on", ec.is_further_on, ed.stay_further_on, of=(10,), tell=et.state),
    ),
}

EDITS: Mapping[str, EditRules] = {
    "card": {
        "authority": (_MINE,),
        "row": (_GONE,),
        "state": (
            Rule("card_of_another", ec.card_is_of_another, ed.request_all, (ed.let_pass,),
                 of=(9,), tell=et.whole),
            Rule("card_locked", ec.card_is_locked, ed.request_all, (ed.refuse_edit,),
                 of=(9, 22), tell=et.whole),
        ),
    },
    "plan_stop": {
        "authority": (
            Rule("stop_not_mine", ec.plan_is_of_another, ed.refuse_edit,
                 (ed.hold_for_office, ed.let_pass), of=(16,), tell=et.right,
                 params={"grace_days": (0, 0, 365)}),
        ),
        "row": (
            Rule("stop_gone", ec.stop_is_gone, ed.request_all, (ed.refuse_edit,), of=(17,),
                 tell=et.whole),
            Rule("stop_back", ec.begun_stop_is_gone, ed.let_pass, of=(10, 17), tell=et.whole),
        ),
        "state": (
            Rule("stop_further_on", ec.is_further_on, ed.stay_further_on, of=(10,), tell=et.state),
        ),
        "day": (
            Rule("stop_pinned", ec.stop_is_pinned, ed.move_as_office, (ed.request_move,),
                 of=(10,), tell=et.moved),
            Rule("stop_moved_within_week", ec.stop_moved_within_week, ed.move_as_rep,
                 (ed.move_as_office, ed.request_move), of=(10,), tell=et.moved),
            Rule("stop_moved_to_other_week", ec.stop_moved_to_another_week, ed.move_as_office,
                 (ed.move_as_rep, ed.request_move), of=(10,), tell=et.moved),
        ),
    },
    "new_store": {
        "code": (
            Rule("store_code_known", ec.store_code_is_taken, ed.hold_for_office, of=(15, 23),
                 tell=et.new_store, item="duplicate", owner="key_account"),
        ),
        "approval": (
            Rule("store_looks_known", ec.store_looks_known, ed.pend_beside,
                 (ed.hold_for_office,), of=(15,), tell=et.new_store, item="duplicate",
                 owner="key_account", params={"percent": (60, 1, 100)},
                 office_answers=("merge_store", "approve_store", "decline_store")),
            Rule("store_is_new", ec.always, ed.pend, (ed.approve,), of=(15,), tell=et.new_store,
                 owner="key_account", office_answers=("approve_store", "decline_store")),
        ),
    },
    "store": {
        "authority": (_MINE,),
        "row": (_GONE,),
        "store": (
            Rule("edit_store_merged", ec.store_was_merged, ed.request_all, (ed.refuse_edit,),
                 of=(7, 17), tell=et.survivor),
        ),
    },
    "contact": {
        "authority": (_MINE,),
        "row": (_GONE,),
        "store": (
            Rule("contact_store_merged", ec.store_was_merged, ed.follow_survivor,
                 (ed.request_all,), of=(7, 17), tell=et.survivor),
        ),
    },
}

FIELDS: Mapping[str, FieldRules] = {
    "card": {
        "field": (
            Rule("card_corrected", ec.field_changed_meanwhile, ed.take_mine, (ed.request_mine,),
                 of=(9,), tell=et.one_field),
        ),
    },
    "plan_stop": {},
    "new_store": {},
    "store": {
        "field": (
            Rule("field_of_office", ec.field_is_the_offices, ed.request_mine, (ed.take_mine,),
                 of=(14,), tell=et.one_field),
            Rule("position_less_accurate", ec.position_is_less_accurate, ed.keep_theirs,
                 (ed.take_mine, ed.request_mine), of=(14,), tell=et.one_field),
            Rule("shared_field_changed", ec.shared_field_changed_meanwhile, ed.request_mine,
                 (ed.take_mine,), of=(14,), tell=et.one_field),
            _CHANGED,
        ),
    },
    "contact": {"field": (_CHANGED,)},
}
# fmt: on

AnyRules = Mapping[str, tuple[Rule[...], ...]]

OF_EDITS: Mapping[str, AnyRules] = {
    "change": cast(AnyRules, CHANGE),
    "fact": cast(AnyRules, FACTS),
    **{kind: cast(AnyRules, rows) for kind, rows in EDITS.items()},
    **{f"{kind}_field": cast(AnyRules, rows) for kind, rows in FIELDS.items()},
}
