// @ts-check
// What the screens on money show, as plain data: what a store owes by age, item by item, what it
// has paid, and one receipt, whole, as it is shown to the shopkeeper.

import { parts } from "../stored/columns.js";
import { PENDING } from "../terms/collection.js";
import { BUCKETS } from "../terms/credit.js";
import { newestFirst, storeLine } from "./store.js";

/** @typedef {Record<string, any>} Row */

/** What receipts on their way are meant to settle, by item. @param {Row[]} collections */
export function spokenFor(collections) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const row of collections.filter((one) => PENDING.has(one.state))) {
    for (const use of parts("collection", "allocation", row.allocation)) {
      sums.set(use.number, (sums.get(use.number) ?? 0) + use.amount_minor);
    }
  }
  return sums;
}

/** The store's items: open ones first, by the day they were due; `spoken_minor`: what receipts on
 * their way are meant to settle of it. @param {Row | null} receivable @param {Row[]} collections
 * @returns {Row[]} */
export function itemsOwed(receivable, collections) {
  const spoken = spokenFor(collections);
  const rows = parts("receivable", "items", receivable?.items)
    .map((item) => ({ ...item, spoken_minor: spoken.get(item.number) ?? 0 }));
  const key = (/** @type {Row} */ one) => `${Number(one.open_minor === 0)} ${one.due_on} ${one.number}`;
  return rows.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

/** An ageing bar: each bucket with its share of what is open, in thousandths that add up to 1000.
 * @param {Record<string, number>} ageing minor units by bucket */
export function ageingBar(ageing) {
  const owing = BUCKETS.map((name) => Math.max(0, ageing[name] ?? 0));
  const whole = owing.reduce((sum, minor) => sum + minor, 0);
  if (!whole) return [];
  const shares = owing.map((minor) => Math.floor((minor * 1000) / whole));
  const most = owing.indexOf(Math.max(...owing));
  shares[most] += 1000 - shares.reduce((sum, one) => sum + one, 0);
  return BUCKETS.map((name, n) => ({ name, minor: ageing[name] ?? 0, share: shares[n] }))
    .filter((one) => one.minor !== 0);
}

/** A receipt in a list. @param {Row} row @param {Row | null} store @returns {Row} */
export function receiptLine(row, store) {
  const names = ["id", "number", "method", "amount_minor", "currency", "state", "reason", "unsent"];
  return {
    ...Object.fromEntries(names.map((name) => [name, row[name] ?? null])),
    store: store ? storeLine(store) : null,
    day: row.day ?? String(row.captured_at ?? "").slice(0, 10),
    captured_at: row.captured_at,
  };
}

/**
 * @param {{ store: Row, owed: Row, receivable: Row | null, collections: Row[], currency: string }}
 *   known owed: its credit, as pad.js works it out
 * @returns {Row}
 */
export function owedScreen({ store, owed, receivable, collections, currency }) {
  const items = itemsOwed(receivable, collections);
  return {
    store: storeLine(store),
    currency,
    owed,
    bar: ageingBar(owed.ageing ?? {}),
    paid_minor: owed.paid_minor,
    cheques_minor: owed.cheques_minor,
    items,
    to_settle_minor: toSettle(items).reduce((sum, one) => sum + one.minor, 0),
    overdue_minor: owed.overdue_minor,
    receipts: newestFirst(collections).map((row) => receiptLine(row, store)),
  };
}

/** What a payment may settle, oldest due first: an invoice with something open that the store does
 * not dispute. @param {Row[]} items as itemsOwed gives them */
export function toSettle(items) {
  return items
    .filter((one) => one.kind === "invoice" && !one.disputed)
    .map((one) => ({ number: one.number, due_on: one.due_on,
      minor: one.open_minor - one.spoken_minor }))
    .filter((one) => one.minor > 0);
}

/** The amounts that are offered in one tap: all that is overdue, the oldest item, all of it; each
 * once. @param {Row[]} items @param {string} today */
export function offers(items, today) {
  const open = toSettle(items);
  const sum = (/** @type {{ minor: number }[]} */ rows) =>
    rows.reduce((total, one) => total + one.minor, 0);
  const made = [
    { what: "overdue", minor: sum(open.filter((one) => one.due_on < today)) },
    { what: "oldest", minor: open[0]?.minor ?? 0 },
    { what: "all", minor: sum(open) },
  ];
  const known = new Set();
  return made.filter(({ minor }) => minor > 0 && !known.has(minor) && known.add(minor));
}

/**
 * One receipt, whole.
 * @param {{ row: Row, store: Row | null, company: string }} known
 * @returns {Row}
 */
export function receiptScreen({ row, store, company }) {
  const uses = parts("collection", row.state === "posted" ? "applied" : "allocation",
    row.state === "posted" ? row.applied : row.allocation);
  const rest = row.amount_minor - uses.reduce((sum, use) => sum + use.amount_minor, 0);
  return {
    ...receiptLine(row, store),
    company,
    taken_by: row.rep,
    cheque_no: row.cheque_no ?? null,
    cheque_bank: row.cheque_bank ?? null,
    cheque_on: row.cheque_on ?? null,
    uses,
    on_account_minor: Math.max(0, rest),
    note: row.note ?? null,
  };
}

/** The rep's own money: receipts, the newest first, and what is to be handed in.
 * @param {Row[]} collections @param {string} me @param {(id: string) => Row | null} store */
export function pocketScreen(collections, me, store) {
  const mine = newestFirst(collections.filter((row) => row.rep === me));
  const pocket = mine.filter((row) => row.state === "captured" || row.state === "received");
  const sum = (/** @type {string} */ method) => pocket.filter((row) => row.method === method)
    .reduce((total, row) => total + row.amount_minor, 0);
  return {
    receipts: mine.map((row) => receiptLine(row, store(row.store))),
    to_hand_in: { cash: sum("cash"), cheque: sum("cheque") },
  };
}
