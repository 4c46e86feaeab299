"""What is said about money a rep took: it is always received, whatever is odd about it."""

from collections.abc import Mapping

_KEEP, _PASS, _REST = "keep_for_finance", "let_pass", "put_on_account"
_TWIN = "list_as_duplicate"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "collection_store_unknown": {
        _KEEP: "这里没有收据 {number} 的门店资料。{amount_minor} 已收到，由财务查明归属。",
    },
    "collection_not_mine": {
        _PASS: "您在 {captured} 收取 {amount_minor} 时，收据 {number} 的门店不归您负责。收据有效。",
        _KEEP: "您在 {captured} 收取 {amount_minor} 时，收据 {number} 的门店不归您负责。收据有效，"
        "由财务查看。",
    },
    "collection_number_known": {
        _KEEP: "已经有另一张编号为 {number} 的收据。这一张 {amount_minor} 也已收到，"
        "由财务对照两张处理。",
    },
    "collection_currency_differs": {
        _KEEP: "收据 {number} 的币种是 {yours}，而 {store} 用 {now} 付款。款项已收到，由财务折算。",
    },
    "collection_not_positive": {
        _KEEP: "收据 {number} 的金额是 {amount_minor}，不构成付款。收据已保存，由财务查看。",
    },
    "collection_absurd": {
        _KEEP: "收据 {number} 的金额是 {amount_minor}，超过通常的上限 {most_minor}。已收到，"
        "由财务查看。",
        _PASS: "收据 {number} 的金额是 {amount_minor}，超过通常的上限 {most_minor}。收据有效。",
    },
    "cheque_incomplete": {
        _KEEP: "收据 {number} 的支票（{amount_minor}）没有号码。已收到，由财务查询。",
        _PASS: "收据 {number} 的支票（{amount_minor}）没有号码。已收到。",
    },
    "cheque_known": {
        _TWIN: "{bank} 的支票 {cheque} 已经记在另一张收据上（{other}）。收据 {number} 也已收到，"
        "由财务查看是否同一张支票。",
        _PASS: "{bank} 的支票 {cheque} 已经记在另一张收据上（{other}）。收据 {number} 同样有效。",
    },
    "cheque_post_dated": {
        _PASS: "收据 {number} 的支票日期是 {cheque_on}。已收到，届时送银行。",
        _KEEP: "收据 {number} 的支票日期是 {cheque_on}。已收到，由财务决定是否留到那时。",
    },
    "collection_twin": {
        _TWIN: "{store} 同一天已付过 {amount_minor}：收据 {other}，{other_rep} 开于 "
        "{other_captured}。收据 {number} 也已收到，由财务查看是否同一笔款。",
        _PASS: "{store} 同一天已付过 {amount_minor}：收据 {other}，{other_rep} 开于 "
        "{other_captured}。收据 {number} 同样有效。",
    },
    "allocation_exceeds": {
        "limit_to_amount": "收据 {number} 的金额是 {now_minor}，而要付的项目合计 {yours_minor}。"
        "按您给的顺序付，付完为止。",
    },
    "item_unknown": {
        _REST: "收据 {number} 要为 {item} 付 {yours_minor}，但它不在 {store} 的未结项目中。"
        "{rest_minor} 暂记账上，由财务另行安排。",
    },
    "item_cleared": {
        _REST: "{store} 的 {item} 已经付清。收据 {number} 中的 {rest_minor} 暂记账上，"
        "由财务另行安排。",
    },
    "item_less_open": {
        _REST: "{item} 只剩 {now_minor} 未付，不是 {yours_minor}。收据 {number} 中的 {rest_minor} "
        "暂记账上，由财务另行安排。",
    },
    "collection_bounced": {
        "as_answered": "{store} 的收据 {number}（{amount_minor}）未能兑付：{reason}。"
        "原已付清的项目重新变为未付。",
    },
    "collection_refused": {
        "as_answered": "财务没有入账 {store} 的收据 {number}（{amount_minor}）：{reason}。",
    },
}
