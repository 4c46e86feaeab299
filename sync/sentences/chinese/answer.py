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
    "take_theirs": "采用对方的值",
    "keep_mine": "保留我的值",
    "approve_store": "批准门店",
    "merge_store": "合并两家",
    "decline_store": "不予批准",
    "resend": "重新发送",
    "enter_number": "填写单号",
    "two_payments": "是两笔付款",
    "one_payment": "同一笔付款：这张不入账",
    "seen": "已阅",
}

LATE: Mapping[str, str] = {
    "answered": "您的答复来得太晚：{by} 已经答复（{how}）。未作任何更改。",
    "passed": "您的答复来得太晚：已不再需要答复。未作任何更改。",
    "not_held": "您的答复来得太晚：订单已不在待处理状态。未作任何更改。",
    "sent": "您的答复来得太晚：订单已是{state}。未作任何更改；仍可申请变更订单。",
    "not_stuck": "配送已自行恢复。未作任何更改。",
    "not_offered": "此事项不能这样答复。未作任何更改。",
    "unknown": "没有找到该答复对应的事项。未作任何更改。",
}
"""Why an answer changed nothing."""

IN_TIME: Mapping[str, str] = {
    "escalated_supervisor": "未能及时答复，现已转交主管。",
    "escalated_admin": "未能及时答复，现已转交管理员。",
    "expired": "截单前无人放行：订单已失效，不再保留库存。",
}
"""What time made of an item; it joins the item's own sentence."""

TAKEN: Mapping[str, str] = {
    "done": "已采纳您的答复：{answer}。",
    "advice": "您的答复已转给内勤，由内勤决定：{answer}。",
}
