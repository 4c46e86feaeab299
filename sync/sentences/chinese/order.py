"""What is said about an order as a whole: its author, store, sums and day."""

from collections.abc import Mapping

_HOLD = "hold_for_office"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "store_not_mine": {
        _HOLD: "您在 {captured} 录入订单 {number} 时，该门店不归您负责。由内勤决定。",
        "let_pass": "{captured} 时订单 {number} 的门店不归您负责；公司允许该订单继续。",
    },
    "order_known": {
        _HOLD: "订单 {number} 已经收到过（{now}）。您再次发送的内容等待内勤处理。",
    },
    "order_empty": {"reject_order": "订单 {number} 没有任何明细，无可发送。"},
    "currency_differs": {
        _HOLD: "订单 {number} 使用 {yours}，而 {store} 以 {now} 采购。由内勤决定。",
    },
    "number_known": {
        _HOLD: "另一张订单已使用编号 {number}。这一张已保存，等待内勤处理。",
        "let_pass": "另一张订单已使用编号 {number}。两张都继续。",
    },
    "order_needs_approval": {
        _HOLD: "订单 {number} 的类型是 {yours}，需要内勤批准。",
        "let_pass": "订单 {number} 的类型是 {yours}；无需批准，继续处理。",
    },
    "store_merged": {
        _HOLD: "{store} 已并入 {survivor}。订单 {number} 是否转到那里，由内勤决定。",
        "redirect_to_survivor": "{store} 已并入 {survivor}；订单 {number} 转到那里。",
    },
    "store_unknown": {
        _HOLD: "这里没有订单 {number} 的门店资料。订单等待内勤处理。",
    },
    "store_closed": {
        _HOLD: "{store} 已关店。订单 {number} 等待处理：内勤重新启用门店，或取消订单。",
    },
    "store_pending": {
        _HOLD: "{store} 尚未获批。订单 {number} 等到获批为止。",
        "let_pass": "{store} 尚未获批；订单 {number} 仍然继续。",
    },
    "store_blocked": {
        _HOLD: "{store} 已被冻结（{reason}）。订单 {number} 已保存，等待内勤处理。",
        "let_pass": "{store} 已被冻结（{reason}）；订单 {number} 仍然继续。",
    },
    "total_differs": {
        _HOLD: "订单 {number} 的明细合计为 {now_minor}，而订单写的是 {yours_minor}。由内勤决定。",
        "apply_arithmetic": "订单 {number} 的明细合计为 {now_minor}，不是 {yours_minor}。",
    },
    "credit_exceeded": {
        _HOLD: "{store} 欠款 {exposure_minor}；加上订单 {number} 的 {order_minor}，"
        "超出其额度 {limit_minor} 共 {over_minor}。订单已保存，等待内勤处理。",
        "let_pass": "{store} 欠款 {exposure_minor}；加上订单 {number} 的 {order_minor}，"
        "超出其额度 {limit_minor} 共 {over_minor}。订单仍然继续。",
    },
    "probable_duplicate": {
        _HOLD: "{store} 的订单 {number} 与 {other_rep} 在 {other_captured} 录入的订单 {other} "
        "很相似。是否两张都送，由内勤决定。",
        "let_pass": "{store} 的订单 {number} 与 {other_rep} 在 {other_captured} 录入的订单 "
        "{other} 很相似。两张都继续。",
    },
    "cut_off_passed": {
        "move_to_next_delivery": "订单 {number} 于 {decided} 到达，已赶不上 {asked_for} 的送货，"
        "改为 {deliver_on} 送货。",
        _HOLD: "订单 {number} 于 {decided} 到达，已赶不上 {asked_for} 的送货。由内勤决定。",
    },
    "delivery_far_ahead": {
        _HOLD: "订单 {number} 要求 {asked_for} 送货，日期过远。由内勤决定。",
        "let_pass": "订单 {number} 要求 {asked_for} 送货，日期过远；仍按此日期。",
    },
    "not_a_delivery_day": {
        "move_to_next_delivery": "{asked_for} 不给 {store} 送货。订单 {number} 改为 {deliver_on} "
        "送货。",
        _HOLD: "{asked_for} 不给 {store} 送货。订单 {number} 由内勤决定。",
        "let_pass": "{asked_for} 不是 {store} 的常规送货日；订单 {number} 仍按此日期。",
    },
}
