"""What is said about a change whatever it is about: that it was taken, or why it is kept."""

from collections.abc import Mapping

OUTCOMES: Mapping[str, str] = {
    "applied": "已收到。",
    "adjusted": "已收到，并作了调整。",
    "merged": "已与另一条改动合并。",
    "waiting": "已保存，正在等待一条尚未送达的较早改动。",
    "held": "已保存，由内勤人员决定。",
    "rejected": "无法按原样接收，已留存供内勤处理。",
}

_HOLD, _REFUSE = "hold_for_office", "refuse_change"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "unreadable": {_REFUSE: "这条改动无法读取：{why}"},
    "id_reused": {
        _HOLD: "已经收到过编号或标识相同的另一条改动。这一条已保存，内勤人员会对照两条处理。",
    },
    "row_known": {_HOLD: "已经有一条标识相同的{kind}。这一条已保存，内勤人员会对照两条处理。"},
    "collection_impossible": {
        _HOLD: "收据 {number} 的金额为 {amount_minor}：门店收款不可能有这么多，因此未计入。"
        "请按正确金额重新收款；本条已保存。",
    },
    "device_revoked": {_HOLD: "这台手持终端已被停用。您录入的内容已留存，交由您的主管处理。"},
    "version_unknown": {
        _HOLD: "这条改动来自比服务器更新的手持终端版本，将保存到服务器升级为止。",
    },
    "server_fault": {_HOLD: "服务器未能处理这条改动，已保存，由人工查看。"},
    "dependency_parked": {
        _HOLD: "这条{kind}所依据的{parent}未能接收。两者均已保存，由内勤人员查看。",
        "let_pass": "这条{kind}所依据的{parent}未能接收；它照样处理。",
    },
    "clock_wrong": {
        "correct_time": "这台手持终端的时钟{side} {minutes} 分钟。您录入内容的时间已更正，请校准时"
        "钟。",
        _HOLD: "这台手持终端的时钟{side} {minutes} 分钟。内勤核对时间之前，您录入的内容先保存。",
    },
    "captured_late": {
        "post_to_true_date": "这条 {day} 的{kind}在期间结账之后才送达。它计入当日，报表中标为迟到。"
        "",
        _HOLD: "这条 {day} 的{kind}在期间结账之后才送达。由内勤决定。",
    },
}

KEPT: Mapping[str, str] = {
    rule: says for rule, answers in SENTENCES.items() for name, says in answers.items()
    if name in (_HOLD, _REFUSE)
}  # fmt: skip
"""Why a whole change is kept for a person, by the rule that keeps it."""
