// @ts-check
// What the screen of one store shows, as plain data: what it is, owes and may order, its last
// orders, cards, visits and notes, what runs there, and what is missing on its shelf.

import { parts } from "../stored/columns.js";

/** @typedef {Record<string, any>} Row */

/**
 * Everything known of a store on this handheld.
 * @typedef {object} Known
 * @property {Row} store
 * @property {boolean} [grey] it is no longer the rep's
 * @property {Row[]} orders
 * @property {Row[]} cards
 * @property {Row[]} visits
 * @property {Row[]} contacts
 * @property {Row[]} collections
 * @property {Row[]} stops
 * @property {Row | null} receivable
 * @property {Row} owed its credit, as pad.js works it out
 * @property {string[]} must products that must be on its shelf
 * @property {Row[]} offers promotions that run there
 * @property {string | null} next_delivery a day
 * @property {string} today the day on the store's wall
 * @property {string} currency
 * @property {(code: string) => string} [name_of] a product's name
 */

const LINE = [
  "id", "code", "name", "address", "city", "status", "banner", "store_class", "phone",
  "opening_hours",
];
const ORDER = [
  "id", "number", "captured_at", "deliver_on", "state", "holds", "net_minor", "external_no",
  "unsent", "outcome", "po_no", "note", "currency", "type",
];
const OPEN_STATUS = "active";

/** Some fields of a row; null where it has none. @param {Row} row @param {string[]} names @returns {Row} */
const picked = (row, names) => Object.fromEntries(names.map((one) => [one, row[one] ?? null]));

/** A store as lists show it. @param {Row} row */
export const storeLine = (row) => picked(row, LINE);

/** @param {Row[]} rows @param {string} name @returns {Row[]} a copy, the newest first */
export function newestFirst(rows, name = "captured_at") {
  const at = (/** @type {Row} */ row) => String(row[name] ?? "");
  return [...rows].sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : 0));
}

/** @param {Row} order */
export function orderLine(order) {
  return { ...picked(order, ORDER), lines: parts("order", "lines", order.lines) };
}

/** A card in figures. @param {Row} card @returns {Row} */
export function cardLine(card) {
  const lines = parts("card", "lines", card.lines);
  return {
    id: card.id,
    captured_at: card.captured_at,
    products: lines.length,
    on_shelf: lines.filter((line) => line.on_shelf).length,
    out_of_stock: lines.filter((line) => line.out_of_stock).length,
    unsent: card.unsent,
    lines,
    competitors: parts("card", "competitors", card.competitors),
  };
}

/** What stood beside ours when somebody last noted it: the newest card that has any; null if none.
 * @param {Row[]} cards @returns {{ captured_at: string, lines: Row[] } | null} */
export function lastBeside(cards) {
  const card = newestFirst(cards).find((one) => one.competitors?.length);
  return card ? { captured_at: card.captured_at,
    lines: parts("card", "competitors", card.competitors) } : null;
}

/** The items of a receivable: those open first, by the day they were due. @param {Row | null} row */
export function itemsOf(row) {
  const settled = (/** @type {Row} */ one) => Number(one.open_minor === 0);
  return parts("receivable", "items", row?.items).sort(
    (a, b) => settled(a) - settled(b) || (a.due_on < b.due_on ? -1 : a.due_on > b.due_on ? 1 : 0),
  );
}

/** The visit begun and not ended, the newest if there are several. @param {Row[]} visits */
export function openVisit(visits) {
  const begun = visits.filter((row) => row.state === "started");
  return newestFirst(begun, "started_at")[0] ?? null;
}

/** Must-stock products that were not on the shelf when last looked; none before any card.
 * @param {string[]} must @param {Row[]} cards */
export function gaps(must, cards) {
  const last = newestFirst(cards)[0];
  if (!last) return [];
  const seen = parts("card", "lines", last.lines).filter((line) => line.on_shelf);
  const on_shelf = new Set(seen.map((line) => line.product));
  return must.filter((code) => !on_shelf.has(code)).sort();
}

/**
 * The first things to know, worst first: {what, tone, ...values for its sentence}. A banner is a
 * word and a mark; its tone only repeats it.
 * @param {Known} known @returns {Row[]}
 */
export function banners({ store, owed, grey }) {
  const found = [];
  if (grey) found.push({ what: "not_yours", tone: "wait" });
  if (store.status === "pending") found.push({ what: "pending", tone: "wait" });
  else if (store.status && store.status !== OPEN_STATUS) {
    found.push({ what: store.status, tone: "stop", reason: store.status_reason ?? "" });
  }
  if (owed.blocked_reason) {
    found.push({ what: "blocked", tone: "stop", reason: owed.blocked_reason });
  } else if (owed.limit_minor !== null && owed.room_minor === 0) {
    found.push({ what: "no_room", tone: "stop" });
  }
  if (owed.overdue_minor > 0) {
    found.push({ what: "overdue", tone: "wait", minor: owed.overdue_minor });
  }
  return found;
}

/** Payments, the newest first: the store's receipts, and items the books say are paid.
 * @param {Row[]} collections @param {Row[]} items @returns {Row[]} */
export function payments(collections, items) {
  const taken = collections.map((row) => ({
    ...picked(row, ["id", "number", "method", "amount_minor", "state", "reason", "unsent"]),
    day: row.day ?? String(row.captured_at ?? "").slice(0, 10),
  }));
  const booked = items.filter((one) => one.paid_on).map((one) => ({
    id: `item:${one.number}`, number: one.number, method: null, state: "posted", reason: null,
    unsent: false, amount_minor: one.amount_minor - one.open_minor, day: one.paid_on,
  }));
  return newestFirst([...taken, ...booked], "day");
}

/** What was written down here, the newest first. @param {Row[]} visits @param {Row[]} orders */
export function notes(visits, orders) {
  const told = [
    ...visits.map((row) => ({ at: row.started_at ?? row.planned_on, note: row.note, of: "visit",
      id: row.id })),
    ...orders.map((row) => ({ at: row.captured_at, note: row.note, of: "order", id: row.id })),
  ];
  return newestFirst(told.filter((one) => one.note), "at").slice(0, 5);
}

/** The next planned day after today, and today's stop. @param {Row[]} stops @param {string} today */
function planned(stops, today) {
  const ahead = stops.filter((row) => row.state === "planned" && row.day >= today);
  return ahead.map((row) => row.day).sort()[0] ?? null;
}

/** @param {Known} known @returns {Row} */
export function storeScreen(known) {
  const { store, visits, orders, cards } = known;
  const items = itemsOf(known.receivable);
  const last_orders = newestFirst(orders);
  return {
    store: { ...storeLine(store), grey: known.grey ?? false,
      status_reason: store.status_reason ?? null },
    place: { lat_deg: store.lat_deg ?? null, lon_deg: store.lon_deg ?? null },
    currency: known.currency,
    banners: banners(known),
    owed: known.owed,
    items,
    overdue_minor: known.owed.overdue_minor,
    payments: payments(known.collections, items).slice(0, 5),
    orders: last_orders.slice(0, 10).map(orderLine),
    cards: newestFirst(cards).slice(0, 5).map(cardLine),
    beside: lastBeside(cards),
    visits: newestFirst(visits, "started_at").slice(0, 5)
      .map((row) => picked(row, ["id", "state", "started_at", "ended_at", "unsent"])),
    open_visit: openVisit(visits),
    contacts: known.contacts.filter((row) => row.state !== "left"),
    notes: notes(visits, orders),
    promotions: known.offers,
    gaps: gaps(known.must, cards).map((code) => ({ product: code,
      name: known.name_of?.(code) ?? code })),
    next_delivery: known.next_delivery,
    next_visit: planned(known.stops, known.today),
  };
}
