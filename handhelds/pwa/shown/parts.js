// The parts of an aggregate row (an order's lines, a product's units) by name. A pull carries them
// as arrays, in the order of PARTS in schemas/rows.py; a test holds the two lists together.

/** @typedef {Record<string, any>} Row */

/** @type {Record<string, readonly string[]>} */
export const PARTS = {
  "product.uoms": ["uom", "num", "den", "gtin", "orderable"],
  "promotion.tiers": ["reach", "percent", "amount_minor"],
  "receivable.items": [
    "number", "kind", "issued_on", "due_on", "amount_minor", "open_minor", "paid_on", "disputed",
  ],
  "collection.allocation": ["number", "amount_minor"],
  "collection.applied": ["number", "amount_minor"],
  "card.lines": [
    "product", "listed", "on_shelf", "facings", "shelf_stock", "back_stock", "price_minor",
    "promotion_seen", "out_of_stock", "nearest_expiry",
  ],
  "card.amendments": ["at", "by", "product", "field", "was", "now", "stands", "why"],
  "conflict.answers": ["name", "says"],
  "order.steps": ["word", "at"],
  "order.lines": [
    "n", "product", "uom", "typed", "ordered", "unit_price", "discount_minor", "net_minor",
    "confirmed", "backordered", "cut", "cut_reason", "shipped", "delivered", "state", "promotions",
  ],
};

/** An aggregate's part as objects. @param {string} kind @param {string} name
 * @param {any[][] | null | undefined} rows @returns {Row[]} */
export function parts(kind, name, rows) {
  const names = PARTS[`${kind}.${name}`];
  return (rows ?? []).map((row) => Object.fromEntries(names.map((one, n) => [one, row[n]])));
}
