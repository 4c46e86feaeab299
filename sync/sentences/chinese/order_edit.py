"""What is said about edits of orders that are here already, and about what came of a request."""

from collections.abc import Mapping

_HOLD = "hold_for_office"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "order_not_here": {
        _HOLD: "您在 {captured} 修改的订单尚未到达服务器。修改已保留，由内勤查找。",
    },
    "order_of_another": {
        _HOLD: "您在 {captured} 修改的是其他业务员的订单。修改已保留，由内勤决定。",
        "let_pass": "您在 {captured} 修改的是其他业务员的订单；公司仍接受此修改。",
    },
    "order_cancelled": {
        "keep_ended": "{store} 的订单 {number} 为{state}，不再更改。您在 {captured} "
        "所写的内容已成为"
        "手机上的新草稿：请查看后发送，或不予处理。",
    },
    "order_under_way": {
        "offer_supplement_or_return": "{store} 的订单 {number} 已是{state}，无法再修"
        "改。增加的 {more} 件"
        "请另下补充订单；减少的 {less} 件请在到货后办理退货。",
    },
    "order_revised": {
        "take_newest": "订单 {number} 在此期间已被修改（现为第 {revision} 版，您基于第 "
        "{base_revision} 版）。以您较新的内容为准。",
        _HOLD: "订单 {number} 在此期间已被修改（现为第 {revision} 版，您基于第 "
        "{base_revision} 版）。"
        "由内勤决定采用哪一版。",
    },
    "return_without_order": {
        _HOLD: "退货单 {number} 未注明所退订单，或该订单不在系统中。由内勤决定。",
        "let_pass": "退货单 {number} 未注明所退订单；公司仍予接受。",
    },
    "return_exceeds_delivered": {
        "limit_to_delivered": "{product} 退 {yours} 件，该订单还可退 {now} 件："
        "按 {now} 件办理退货。",
        _HOLD: "{product} 退 {yours} 件，该订单还可退 {now} 件。由内勤决定。",
    },
    "order_is_sent": {
        "ask_delivery_system": "{store} 的订单 {number} 已在配送系统中（共 {now} 件）"
        "。已向其申请改为 "
        "{yours} 件；答复之前一切不变。",
        "ask_office": "{store} 的订单 {number} 已在配送系统中（共 {now} 件）。是否申"
        "请改为 {yours} 件，"
        "由内勤决定。",
        "refuse_edit": "{store} 的订单 {number} 已在配送系统中，维持不变：共 {now} 件。",
    },
}

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "delivery_change": {
        "taken": "配送系统已接受 {store} 的订单 {number} 的变更。",
        "declined": "配送系统未接受 {store} 的订单 {number} 的变更：{reason}。订单维持不变。",
        "too_late": "配送系统接受了 {store} 的订单 {number} 的变更，但该订单已是{state}。"
        "请在该系统中核实将送达的内容。",
        "over_budget": "配送系统已按原折扣接受 {store} 的订单 {number} 的变更；"
        "折扣超出促销剩余预算 {over_minor}。",
    },
    "delivery_cancelled": {
        "taken": "{store} 的订单 {number} 已取消：{reason}。",
    },
}
"""What came of a request (delivery/change.py), and that somebody cancelled an order (desk)."""
