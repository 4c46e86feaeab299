"""What is said of the delivery system's answers (delivery/acknowledge.py); no rules of ours."""

from collections.abc import Mapping

_HOLD = "hold_for_office"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "delivery_short": {
        "as_answered": "订单 {number}：{product} 订了 {yours} 件，配送系统分配 {allocated} 件"
        "（{reason}）；{backordered} 件待补，{cut} 件取消。",
    },
    "delivery_refused": {
        _HOLD: "配送系统未接收 {store} 的订单 {number}：{reason}。内勤处理后会重新发送。",
    },
    "delivery_unknown": {
        _HOLD: "无法确认 {store} 的订单 {number} 是否已到达配送系统：{reason}。"
        "重新发送之前会有人到系统中核实。",
    },
}
