"""What is said about one line: its product, price, promotion, quantity and stock."""

from collections.abc import Mapping

_HOLD = "hold_for_office"
_FILL = "confirm_available_backorder_rest"

SENTENCES: Mapping[str, Mapping[str, str]] = {
    "product_unknown": {
        "reject_line": "没有商品 {code}；这一行未接收。",
    },
    "product_blocked": {
        "reject_line": "{product} 已停售；这一行未接收。可替代商品：{substitute}。",
        _HOLD: "{product} 已停售。由内勤决定。可替代商品：{substitute}。",
    },
    "product_planned": {
        "reject_line": "{product} 尚未上市；这一行未接收。",
        "let_pass": "{product} 尚未上市；按预订单接收。",
    },
    "price_unknown": {
        _HOLD: "{product} 今天在该门店没有价格；您的报价是 {yours}。由内勤决定。",
        "honour_quoted_price": "{product} 今天在该门店没有价格；按您的报价 {yours} 执行。",
    },
    "price_lowered": {
        "apply_price_now": "{product} 已降价：{now}，原报价 {yours}。门店享受较低价格。",
        "honour_quoted_price": "{product} 现价 {now}；仍按您的报价 {yours} 执行。",
    },
    "price_kept": {
        "honour_quoted_price": "{product} 现价 {now}。按您的报价 {yours} 执行：您 {price_as_of} "
        "的资料中该价格有效。",
        _HOLD: "{product} 现价 {now}；您按 {price_as_of} 的资料报价 {yours}。由内勤决定。",
        "apply_price_now": "{product} 现价 {now}，不再是您 {price_as_of} 资料中的 {yours}。"
        "按新价执行。",
    },
    "price_raised": {
        _HOLD: "{product} 现价 {now}；您按 {price_as_of} 的资料报价 {yours}，该资料过旧或从无此价。"
        "由内勤决定。",
        "honour_quoted_price": "{product} 现价 {now}；仍按您的报价 {yours} 执行。",
        "apply_price_now": "{product} 现价 {now}，不是您报的 {yours}。按新价执行。",
    },
    "promotion_unknown": {
        _HOLD: "这里没有 {product} 的这项促销；您优惠了 {yours_minor}。由内勤决定。",
        "drop_discount": "这里没有 {product} 的这项促销；{yours_minor} 的优惠已收回。",
    },
    "promotion_not_for_this": {
        _HOLD: "{promotion} 不适用于该门店的 {product}；您优惠了 {yours_minor}。由内勤决定。",
        "drop_discount": "{promotion} 不适用于该门店的 {product}；{yours_minor} 的优惠已收回。",
    },
    "promotion_ended": {
        _HOLD: "{captured} 时 {promotion} 不在有效期内（{began} 至 {ended}）。您给 {product} "
        "优惠了 {yours_minor}；由内勤决定。",
        "drop_discount": "{captured} 时 {promotion} 不在有效期内（{began} 至 {ended}）。"
        "{product} 的 {yours_minor} 优惠已收回。",
        "honour_discount": "{captured} 时 {promotion} 不在有效期内（{began} 至 {ended}）。"
        "您给 {product} 的 {yours_minor} 优惠仍然有效。",
    },
    "discount_differs": {
        _HOLD: "{promotion} 对 {product} 这一行优惠 {now_minor}；您优惠了 {yours_minor}。"
        "由内勤决定。",
        "apply_promotion": "{promotion} 对 {product} 这一行优惠 {now_minor}，不是 {yours_minor}。"
        "按促销执行。",
    },
    "promotion_used_up": {
        _HOLD: "{promotion} 只剩 {left_minor}；{product} 这一行需要 {yours_minor}。由内勤决定。",
        "limit_to_budget": "{promotion} 只剩 {left_minor}，因此 {product} 只优惠这么多，"
        "而不是 {yours_minor}。",
    },
    "discount_not_granted": {
        _HOLD: "您在没有促销的情况下给 {product} 优惠了 {yours_minor}。由内勤决定。",
        "drop_discount": "您在没有促销的情况下给 {product} 优惠了 {yours_minor}；该优惠已收回。",
    },
    "quantity_not_positive": {
        "reject_line": "您订了 {yours} 件 {product}；这一行未接收。",
    },
    "uom_unknown": {
        _HOLD: "{product} 没有 {uom} 这个单位，只有 {now}。由内勤决定。",
    },
    "quantity_differs": {
        _HOLD: "您录入 {product} {typed} x {uom}，合 {each} 件；订单写的是 {yours}。由内勤决定。",
        "apply_typed": "您录入 {product} {typed} x {uom}；合 {each} 件，不是 {yours}。",
    },
    "quantity_absurd": {
        _HOLD: "您订了 {yours} 件 {product}；一行超过 {now} 件必须核实。",
    },
    "line_total_differs": {
        _HOLD: "{product} 这一行应为 {now_minor}；订单写的是 {yours_minor}。由内勤决定。",
        "apply_arithmetic": "{product} 这一行应为 {now_minor}，不是 {yours_minor}。",
    },
    "quantity_below_minimum": {
        _HOLD: "您订了 {yours} 件 {product}；起订量为 {minimum} 件。由内勤决定。",
        "raise_to_whole": "您订了 {yours} 件 {product}；起订量为 {minimum} 件，"
        "因此改为 {whole} 件。",
        "reject_line": "您订了 {yours} 件 {product}；起订量为 {minimum} 件。这一行未接收。",
    },
    "quantity_not_multiple": {
        _HOLD: "您订了 {yours} 件 {product}，该商品须按 {multiple} 的倍数订货。由内勤决定。",
        "raise_to_whole": "您订了 {yours} 件 {product}，该商品须按 {multiple} 的倍数订货，"
        "因此改为 {whole} 件。",
        "reject_line": "您订了 {yours} 件 {product}，该商品须按 {multiple} 的倍数订货。"
        "这一行未接收。",
    },
    "stock_unknown": {
        _FILL: "没有 {product} 的库存数据：{backordered} 件待补。",
        "confirm_all": "没有 {product} 的库存数据：未查库存即确认 {confirmed} 件。",
        _HOLD: "没有 {product} 的库存数据。由内勤决定。",
    },
    "product_sell_out": {
        "cut": "{product} 正在清仓：您订了 {yours} 件，只剩 {now} 件。确认 {confirmed} 件，"
        "取消 {cut} 件。",
        "substitute": "{product} 正在清仓：您订了 {yours} 件，只剩 {now} 件。确认 {confirmed} 件，"
        "{substituted} 件改发 {substitute}。",
    },
    "stock_out": {
        _FILL: "您在 {captured} 订了 {yours} 件 {product}，依据 {stock_as_of} 的库存；"
        "现已无货。{backordered} 件待补。",
        "cut": "您在 {captured} 订了 {yours} 件 {product}，依据 {stock_as_of} 的库存；"
        "现已无货。取消 {cut} 件。",
        "substitute": "您在 {captured} 订了 {yours} 件 {product}，依据 {stock_as_of} 的库存；"
        "现已无货。{substituted} 件改发 {substitute}，{backordered} 件待补。",
        _HOLD: "您在 {captured} 订了 {yours} 件 {product}，依据 {stock_as_of} 的库存；"
        "现已无货。由内勤决定。",
    },
    "stock_kept": {
        "leave_what_is_kept": "您订了 {yours} 件 {product}；可供 {now} 件，"
        "最后 {kept} 件留给重点客户。"
        "确认 {confirmed} 件，{backordered} 件待补，取消 {cut} 件。",
    },
    "stock_short": {
        _FILL: "您在 {captured} 订了 {yours} 件 {product}，依据 {stock_as_of} 的库存；"
        "只剩 {now} 件。确认 {confirmed} 件，{backordered} 件待补。",
        "cut": "您在 {captured} 订了 {yours} 件 {product}，依据 {stock_as_of} 的库存；"
        "只剩 {now} 件。确认 {confirmed} 件，取消 {cut} 件。",
        "substitute": "您在 {captured} 订了 {yours} 件 {product}，依据 {stock_as_of} 的库存；"
        "只剩 {now} 件。确认 {confirmed} 件，{substituted} 件改发 {substitute}，"
        "{backordered} 件待补。",
        _HOLD: "您在 {captured} 订了 {yours} 件 {product}，依据 {stock_as_of} 的库存；"
        "只剩 {now} 件。其余由内勤决定。",
    },
}
