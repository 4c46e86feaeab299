"""What is said about edits: of stores, contacts, visit cards and the plan; and about facts."""

from collections.abc import Mapping

_HOLD, _PASS, _REFUSE = "hold_for_office", "let_pass", "refuse_edit"
_ASK, _KEEP, _TAKE = "request_mine", "keep_theirs", "take_mine"
_SURVIVOR = "{store} 已并入 {survivor}，您的{kind}归到那里。"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "fact_not_mine": {
        _HOLD: "您在 {captured} 录入这条{kind}时，该门店不归您负责。内容已保存，由内勤决定。",
        _PASS: "您在 {captured} 录入这条{kind}时，该门店不归您负责；按公司规定照样接收。",
    },
    "fact_store_merged": {
        "follow_survivor": _SURVIVOR,
        _HOLD: "{store} 已被合并，但这里查不到并入了哪家门店。您的{kind}由内勤决定。",
        _PASS: "{store} 已并入另一家门店；您的{kind}仍留在原门店。",
    },
    "fact_store_closed": {
        _PASS: "{store} 此后已关店；您的{kind}照样接收。",
        _HOLD: "{store} 此后已关店。您的{kind}已保存，由内勤决定。",
    },
    "visit_further_on": {
        "stay_further_on": "{store} 的拜访已是{state}，保持不变；其余内容已记下。",
    },
    "edit_not_mine": {
        _REFUSE: "您在 {captured} 修改这条{kind}时，该门店已不归您负责，修改未生效。您录入的内容仍"
        "可查看。",
        _HOLD: "您在 {captured} 修改这条{kind}时，该门店已不归您负责。由内勤决定。",
        _PASS: "您在 {captured} 修改这条{kind}时，该门店已不归您负责；按公司规定照样接收。",
    },
    "stop_not_mine": {
        _REFUSE: "您在 {captured} 安排该门店时，它已不归您负责，计划未改动。",
        _HOLD: "您在 {captured} 安排该门店时，它已不归您负责。由内勤决定。",
        _PASS: "您在 {captured} 安排该门店时，它已不归您负责；按公司规定照样接收。",
    },
    "row_gone": {
        "request_all": "内勤已删除 {store} 的{kind} {row}。您的修改（{wanted}）已作为申请留存。",
        _REFUSE: "内勤已删除 {store} 的{kind} {row}，您的修改（{wanted}）未生效。",
    },
    "edit_store_merged": {
        "request_all": "{store} 已并入 {survivor}。您的修改（{wanted}）已作为对 {survivor} 的申请留"
        "存。",
        _REFUSE: "{store} 已并入 {survivor}，您的修改（{wanted}）未生效。",
    },
    "contact_store_merged": {
        "follow_survivor": _SURVIVOR,
        "request_all": "{store} 已并入 {survivor}。您的{kind}（{wanted}）已作为申请留存。",
        _HOLD: "{store} 已被合并，但这里查不到并入了哪家门店。您的{kind}由内勤决定。",
    },
    "card_of_another": {
        "request_all": "{store} 在 {row} 的拜访卡由另一位业务员填写。您的修改（{wanted}）已作为申请"
        "留存。",
        _PASS: "{store} 在 {row} 的拜访卡由另一位业务员填写；您的修改（{wanted}）照样生效。",
    },
    "card_locked": {
        "request_all": "{store} 在 {row} 的拜访卡已锁定：所属期间已结账，或内勤已核对。您的修改（"
        "{wanted}）"
        "已作为申请留存。",
        _REFUSE: "{store} 在 {row} 的拜访卡已锁定：所属期间已结账，或内勤已核对。您的修改（"
        "{wanted}）未生效。",
    },
    "card_corrected": {
        _TAKE: "内勤曾把您在 {store} 的拜访卡上 {product} 的{field}改为 {theirs}。您到过现场，因此"
        "以您的 "
        "{mine} 为准；内勤的数值保留在卡片历史中。",
        _ASK: "内勤曾把您在 {store} 的拜访卡上 {product} 的{field}改为 {theirs}。以内勤为准；您的 "
        "{mine} "
        "已作为申请留存。",
    },
    "stop_gone": {
        "request_all": "内勤已把 {store} 从您的计划中移除。您的修改（{wanted}）已作为申请留存。",
        _REFUSE: "内勤已把 {store} 从您的计划中移除，您的修改（{wanted}）未生效。",
    },
    "stop_back": {
        _PASS: "内勤曾把 {store} 从您的计划中移除，但您已在那里开始拜访：该站点已恢复。",
    },
    "stop_further_on": {
        "stay_further_on": "{store} 的站点已是{state}，保持不变；其余内容已记下。",
    },
    "stop_pinned": {
        "move_as_office": "内勤已把 {store} 固定在 {now_on}，因此不改到 {yours_on}。",
        "request_move": "内勤已把 {store} 固定在 {now_on}。您希望的 {yours_on} 已作为申请留存。",
    },
    "stop_moved_within_week": {
        "move_as_rep": "内勤曾把 {store} 从 {was_on} 改到 {now_on}；因在同一周内，以您的 "
        "{yours_on} 为准。",
        "move_as_office": "内勤曾把 {store} 从 {was_on} 改到 {now_on}。以此为准，不用您的 "
        "{yours_on}。",
        "request_move": "内勤曾把 {store} 从 {was_on} 改到 {now_on}。以此为准；您的 {yours_on} 已作"
        "为申请留存。",
    },
    "stop_moved_to_other_week": {
        "move_as_office": "内勤曾把 {store} 从 {was_on} 改到另一周的 {now_on}。以此为准，不用您的 "
        "{yours_on}。",
        "move_as_rep": "内勤曾把 {store} 从 {was_on} 改到 {now_on}；仍以您的 {yours_on} 为准。",
        "request_move": "内勤曾把 {store} 从 {was_on} 改到另一周的 {now_on}。以此为准；您的 "
        "{yours_on} "
        "已作为申请留存。",
    },
    "field_of_office": {
        _ASK: "{store} 的{field}由内勤设定，保持 {theirs}；您的 {mine} 已作为申请留存。",
        _TAKE: "{store} 的{field}由内勤设定；仍以您的 {mine} 取代 {theirs}。",
    },
    "position_less_accurate": {
        _KEEP: "{store} 的位置此前测得更准：保留 {theirs}，不用您的 {mine}（度与米）。",
        _TAKE: "{store} 的位置此前测得更准（{theirs}）；仍以您的 {mine} 为准。",
        _ASK: "{store} 的位置此前测得更准：保留 {theirs}，您的 {mine} 已作为申请留存。",
    },
    "shared_field_changed": {
        _ASK: "他人已把 {store} 的{field}从 {was} 改为 {theirs}。以此为准；您的 {mine} 已作为申请留"
        "存。",
        _TAKE: "他人已把 {store} 的{field}从 {was} 改为 {theirs}；以您的 {mine} 为准。",
    },
    "field_changed_meanwhile": {
        "take_mine_offer_theirs": "他人曾把 {row} 的{field}从 {was} 改为 {theirs}。以您的 {mine} 为"
        "准；若对方正确，请告知。",
        _TAKE: "他人曾把 {row} 的{field}从 {was} 改为 {theirs}；以您的 {mine} 为准。",
        _ASK: "他人已把 {row} 的{field}从 {was} 改为 {theirs}。以此为准；您的 {mine} 已作为申请留存"
        "。",
    },
    "store_code_known": {
        _HOLD: "另一家门店已使用编号 {number}。您新建的门店 {row} 已保存，内勤人员会对照两家处理。",
    },
    "store_looks_known": {
        "pend_beside": "您新建的门店 {row} 与 {other} 相似（{why}）。内勤决定之前两家都保留，其订单"
        "暂缓。",
        _HOLD: "您新建的门店 {row} 与 {other} 相似（{why}）。已保存，等待内勤决定。",
    },
    "store_is_new": {
        "pend": "您新建的门店 {row} 已收到。内勤批准之前，其订单暂缓。",
        "approve": "您新建的门店 {row} 已收到并批准。",
    },
}
