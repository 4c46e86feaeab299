"""Answers in Simplified Chinese: what stands on the button, by name."""

from collections.abc import Mapping

ANSWERS: Mapping[str, str] = {
    "release": "放行",
    "override": "无条件放行",
    "redirect": "转给合并后的门店",
    "reject": "拒绝",
    "both_meant": "两单都有效",
    "accept_price": "告知门店并接受现价",
    "withdraw": "撤回",
    "keep_waiting": "继续等待",
    "cut_rest": "取消余量",
    "take_substitute": "改用替代品",
    "cancel_order": "取消订单",
    "let_stand": "保留",
    "set_aside": "搁置",
    "accept_request": "同意申请",
    "decline_request": "拒绝申请",
    "resend": "重新发送",
    "enter_number": "填写单号",
    "seen": "已阅",
}
