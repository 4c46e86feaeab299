"""What is said of the delivery system's answers (delivery/acknowledge.py); no rules of ours."""

from collections.abc import Mapping

_HOLD = "hold_for_office"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "delivery_short": {
        "as_answered": "订单 {number}：{product} 订了 {yours} 件，配送系统分配 {allocated} 件"
        "（{reason}）；{backordered} 件待补，{cut} 件取消。",
        "left_by_others": "订单 {number}：配送系统已接受您的变更，但 {product} 订了 {yours} 件，"
        "目前仅剩 {allocated} 件；{backordered} 件待补。",
    },
    "delivery_refused": {
        _HOLD: "配送系统未接收 {store} 的订单 {number}：{reason}。内勤处理后会重新发送。",
    },
    "delivery_unknown": {
        _HOLD: "无法确认 {store} 的订单 {number} 是否已到达配送系统：{reason}。"
        "重新发送之前会有人到系统中核实。",
    },
    "delivery_undelivered": {
        "as_answered": "订单 {number}：{product} 发货 {shipped} 件，送达 {delivered} 件，"
        "{missing} 件未送达（{reason}）。",
    },
    "delivery_given_up": {
        "as_answered": "配送系统终止了 {store} 的订单 {number}：在该系统中为{state}，不会再送货。",
    },
    "delivery_set_aside": {
        _HOLD: "{target} 发来的 {name} 无法读取：{reason}。其中内容均未采用。",
    },
    "delivery_silent": {
        _HOLD: "{target} 自 {since} 起未确认任何订单，目前有 {waiting} 张等待确认。"
        "订单已保留，恢复应答后会自动发送。",
    },
    "delivery_differs": {
        "missing_there": "{target} 在 {day} 的账目中没有订单 {number}，"
        "但此前已确认其编号为 {ours}。",
        "unknown_here": "{target} 在 {day} 的账目中有 {theirs}，对应编号 {number}，"
        "但本系统从未发送过此订单。",
        "stuck_here": "{target} 在 {day} 的账目中有订单 {number}（编号 {theirs}），"
        "而本系统记录为未送达该系统。",
        "twice_there": "{target} 在 {day} 的账目中重复登记了订单 {number}：{theirs}。只应有一张。",
        "number_differs": "{target} 在 {day} 的账目中订单 {number} 的编号为 {theirs}，"
        "此前确认的编号为 {ours}。",
        "lines_differ": "{target} 在 {day} 的账目中订单 {number} 的货品不同："
        "第 {their_revision} 版 {their_lines} 行 {their_quantity} 件；"
        "本系统为第 {our_revision} 版 {our_lines} 行 {our_quantity} 件。",
        "value_differs": "{target} 在 {day} 的账目中订单 {number} 的金额不同：{theirs_minor}；"
        "本系统为 {ours_minor}。",
    },
    "delivery_status": {
        "order_unknown": "{target} 对 {number} 报告“{status}”，但本系统没有此编号的订单。"
        "该信息已保留。",
        "word_unknown": "{target} 对订单 {number} 报告“{status}”，其含义尚未定义。"
        "定义含义后即可处理。",
        "not_sent": "{target} 对订单 {number} 报告“{status}”，但该订单为{state}，从未发送至该系统。"
        "该信息已保留。",
        "ahead": "{target} 对订单 {number} 报告“{status}”，时间为 {at}，尚未到来。"
        "该信息已保留，届时再处理。",
        "given_up": "{target} 对订单 {number} 报告“{status}”，但该订单在本系统为{state}。"
        "请在出库前核实。",
        "under_way": "{target} 对订单 {number} 报告“{status}”，但该订单已是{state}。"
        "核实之前该信息予以保留。",
    },
}
