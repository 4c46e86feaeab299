"""Rules about edits of orders that are here already.

An order that nobody has been sent yet needs no rule: it is decided again as a whole. What is with
the delivery system is asked of it; what is being picked is left alone, and a supplement or a return
is offered; what was cancelled stays so, and the rep's text becomes a new draft.
"""

from collections.abc import Mapping
from typing import cast

from sync.conditions import order_edit as oc
from sync.decisions import order_edit as od
from sync.rules.rule import Rule
from sync.subjects.order_edit import WorkingOrderEdit
from sync.tell import order_edit as ot

OrderEditRules = Mapping[str, tuple[Rule[[WorkingOrderEdit]], ...]]
HELD = od.hold_for_office

# fmt: off
ORDER_EDIT: OrderEditRules = {
    "authority": (
        Rule("order_not_here", oc.order_is_not_here, HELD, of=(21,), tell=ot.order),
        Rule("order_of_another", oc.order_is_another_reps, HELD, (od.let_pass,),
             of=(16,), tell=ot.foreign),
    ),
    "state": (
        Rule("order_cancelled", oc.order_was_ended, od.keep_ended, of=(13,), tell=ot.order,
             rep_answers=("seen",)),
        Rule("order_under_way", oc.order_is_under_way, od.offer_supplement_or_return,
             of=(12,), tell=ot.order),
    ),
    "text": (
        Rule("order_revised", oc.order_was_revised_meanwhile, od.take_newest, (HELD,),
             of=(23,), tell=ot.order),
    ),
    "sent": (
        Rule("order_is_sent", oc.order_is_out, od.ask_delivery_system,
             (od.ask_office, od.refuse_edit), of=(12,), tell=ot.order, item="request"),
    ),
}
# fmt: on

AnyRules = Mapping[str, tuple[Rule[...], ...]]

OF_ORDER_EDITS: Mapping[str, AnyRules] = {"order_edit": cast(AnyRules, ORDER_EDIT)}
