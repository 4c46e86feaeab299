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

KEPT: Mapping[str, str] = {
    "unreadable": "这条改动无法读取：{why}",
    "id_reused": "已经收到过编号或标识相同的另一条改动。这一条已保存，内勤人员会对照两条处理。",
    "row_known": "已经有一条标识相同的{kind}。这一条已保存，内勤人员会对照两条处理。",
    "device_revoked": "这台手持终端已被停用。您录入的内容已留存，交由您的主管处理。",
    "version_unknown": "这条改动来自比服务器更新的手持终端版本，将保存到服务器升级为止。",
    "server_fault": "服务器未能处理这条改动，已保存，由人工查看。",
    "store_not_mine": "录入时该门店不归您负责。内容已保存，由内勤决定。",
}
