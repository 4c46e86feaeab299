// @ts-check
// The columns of each kind as a pull of the newest version carries them, in wire order, and what
// each version of the protocol added and renamed: what schemas/rows.py and schemas/versions.py say.
// A test holds the two against each other.

/** Kind -> its columns. Every kind starts with id, scope, version.
 * @type {Readonly<Record<string, readonly string[]>>} */
export const ROWS = {
  product: [
    "id", "scope", "version", "name", "brand", "category", "status", "volume_ml", "weight_g",
    "tax_class", "min_quantity", "multiple", "substitute", "uoms",
  ],
  price_list: [
    "id", "scope", "version", "name", "currency", "level", "banner", "channel", "store_class",
  ],
  price: ["id", "scope", "version", "product", "price", "min_quantity", "valid_from", "valid_to"],
  promotion: [
    "id", "scope", "version", "code", "name", "kind", "products", "store", "banner", "channel",
    "store_class", "percent", "amount_minor", "tier_by", "tiers", "buy", "get", "get_product",
    "stacks", "priority", "valid_from", "valid_to", "state",
  ],
  tax_rate: ["id", "scope", "version", "tax_class", "name", "percent", "valid_from", "valid_to"],
  must_stock: [
    "id", "scope", "version", "banner", "channel", "store_class", "product", "min_facings",
    "valid_from", "valid_to",
  ],
  period: ["id", "scope", "version", "year", "no", "first_day", "last_day", "state"],
  policy: ["id", "scope", "version", "banner", "store", "rule", "choice", "params"],
  warehouse: ["id", "scope", "version", "name", "zone", "cut_off", "stock_as_of"],
  stock: ["id", "scope", "version", "product", "available", "due_quantity", "due_on"],
  store: [
    "id", "scope", "version", "code", "name", "status", "status_reason", "merged_into",
    "address", "city", "region", "postcode", "lat_deg", "lon_deg", "geo_source", "banner",
    "channel", "store_class", "price_list", "warehouse", "zone", "terms_days", "lead_days",
    "delivery_days", "visits_per_4w", "phone", "opening_hours", "tax_id", "geo_accuracy_m",
  ],
  contact: [
    "id", "scope", "version", "store", "name", "role", "phone", "email", "preferred_time",
    "state",
  ],
  receivable: [
    "id", "scope", "version", "limit_minor", "open_minor", "on_account_minor", "blocked_reason",
    "as_of", "items",
  ],
  visit: [
    "id", "scope", "version", "store", "rep", "state", "planned_on", "started_at", "ended_at",
    "distance_m", "reason", "note",
  ],
  card: [
    "id", "scope", "version", "store", "visit", "rep", "captured_at", "state", "lines",
    "amendments", "competitors",
  ],
  order: [
    "id", "scope", "version", "number", "store", "rep", "visit", "type", "revision", "state",
    "holds", "captured_at", "received_at", "deliver_on", "po_no", "note", "currency",
    "net_minor", "external_no", "about", "invoice_no", "steps", "lines",
  ],
  collection: [
    "id", "scope", "version", "number", "store", "rep", "visit", "method", "amount_minor",
    "currency", "cheque_no", "cheque_bank", "cheque_on", "allocation", "note", "captured_at",
    "day", "state", "handed_in_at", "posted_at", "applied", "on_account_minor", "bounced_at",
    "reason",
  ],
  plan_stop: [
    "id", "scope", "version", "rep", "store", "day", "sequence", "state", "pinned", "reason",
    "visit",
  ],
  target: [
    "id", "scope", "version", "rep", "first_day", "last_day", "net_minor", "working_days", "state",
  ],
  conflict: [
    "id", "scope", "version", "item", "store", "order_id", "subject", "change", "line", "field",
    "rule", "decision", "base", "yours", "now", "needs", "message", "arguments", "says",
    "proposed", "answers", "owner", "state", "due_at", "escalated_at", "answer", "answer_note",
    "answer_by", "resolution", "resolved_by", "resolved_at", "at",
  ],
};

/** "kind.column" -> the columns of an aggregate's parts, such as an order's lines.
 * @type {Readonly<Record<string, readonly string[]>>} */
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
  "conflict.answers": ["name", "says"],
  "card.amendments": ["at", "by", "product", "field", "was", "now", "stands", "why"],
  "card.competitors": ["name", "price_minor", "facings", "promotion_seen", "note"],
  "order.steps": ["word", "at"],
  "order.lines": [
    "n", "product", "uom", "typed", "ordered", "unit_price", "discount_minor", "net_minor",
    "confirmed", "backordered", "cut", "cut_reason", "shipped", "delivered", "state",
    "promotions",
  ],
};

/** One version of the protocol: `added`: kind -> fields; `renamed`: kind -> former name -> new name;
 * `kinds`: those that no earlier version has.
 * @typedef {{version: number, added?: Record<string, string[]>, kinds?: string[],
 *   renamed?: Record<string, Record<string, string>>}} Step */

/** In order, from version 2 on. @type {readonly Step[]} */
export const STEPS = [
  { version: 2, added: { contact: ["email"] } },
  { version: 3, renamed: { store: { opening: "opening_hours" } } },
  { version: 4, added: { card: ["competitors"] } },
  { version: 5, kinds: ["target"] },
];

/** The version this program speaks. */
export const NEWEST = 1 + STEPS.length;

/** Kinds whose rows lie in the scope of their store, st:<store>. */
export const OF_STORES = new Set([
  "store", "contact", "receivable", "visit", "card", "order", "collection",
]);

/**
 * What a version calls a field of today; null where it has none.
 * @param {string} kind @param {string} name @param {number} version @returns {string | null}
 */
export function nameAt(kind, name, version) {
  let found = name;
  for (const step of [...STEPS].reverse()) {
    if (step.version <= version) break;
    if (step.kinds?.includes(kind)) return null;
    for (const [old, now] of Object.entries(step.renamed?.[kind] ?? {})) {
      if (now === found) found = old;
    }
    if (step.added?.[kind]?.includes(found)) return null;
  }
  return found;
}

/**
 * What a field is called today that any version called so; a name nobody knows stays.
 * @param {string} kind @param {string} name @returns {string}
 */
export function todayName(kind, name) {
  return STEPS.reduce((so_far, step) => step.renamed?.[kind]?.[so_far] ?? so_far, name);
}

/**
 * An aggregate's part, such as an order's lines, as objects with the names of PARTS.
 * @param {string} kind @param {string} name @param {any[][] | null | undefined} rows
 * @returns {Record<string, any>[]}
 */
export function parts(kind, name, rows) {
  const columns = PARTS[`${kind}.${name}`];
  if (columns === undefined) throw new Error(`${kind} has no parts called ${name}`);
  return (rows ?? []).map((row) => {
    /** @type {Record<string, any>} */
    const one = {}; // a year of cards has thousands of these: no pairs, no entries
    for (let at = 0; at < columns.length; at++) one[columns[at]] = row[at] ?? null;
    return one;
  });
}
