// @ts-check
// The screen of a store and the screens on its money and stock, as plain data.

import assert from "node:assert/strict";
import { test } from "node:test";

import { age, tooOld } from "../../../handhelds/pwa/shown/ages.js";
import { Catalogue } from "../../../handhelds/pwa/shown/catalogue.js";
import {
  ageingBar, itemsOwed, offers, owedScreen, pocketScreen, receiptScreen, toSettle,
} from "../../../handhelds/pwa/shown/receivables.js";
import { stateOf, stockScreen } from "../../../handhelds/pwa/shown/stock.js";
import { banners, gaps, notes, payments, storeScreen } from "../../../handhelds/pwa/shown/store.js";
import { cardLine, orderLine, product } from "./shown_rows.js";

/** @typedef {Record<string, any>} Row */

const OWED = {
  limit_minor: 100_000, open_minor: 40_000, room_minor: 60_000, overdue_minor: 0,
  blocked_reason: null, ageing: {}, paid_minor: 0, cheques_minor: 0,
};
const STORE = { id: "s1", code: "1042", name: "Quick Stop", status: "active", warehouse: "w1" };
const item = (/** @type {string} */ number, /** @type {Row} */ more = {}) => Object.values({
  number, kind: "invoice", issued_on: "2026-10-01", due_on: "2026-11-01", amount_minor: 10_000,
  open_minor: 10_000, paid_on: null, disputed: false, ...more,
});
/** @param {Row} [more] @returns {any} */
const known = (more = {}) => ({
  store: STORE, orders: [], cards: [], visits: [], contacts: [], collections: [], stops: [],
  receivable: null, owed: OWED, must: [], offers: [], next_delivery: null, today: "2026-11-22",
  currency: "USD", ...more,
});

test("what stood beside ours is told from the newest card that has any", () => {
  const beside = [["Kola Zero", 129, 4, true, null]];
  const card = (/** @type {string} */ day, /** @type {any} */ competitors) =>
    ({ id: day, captured_at: `2026-11-${day}T08:00:00Z`, unsent: false, lines: [], competitors });
  const cards = [card("01", [["Old", 1, null, null, null]]), card("03", beside), card("05", null)];
  assert.deepEqual(storeScreen(known({ cards })).beside, { captured_at: "2026-11-03T08:00:00Z",
    lines: [{ name: "Kola Zero", price_minor: 129, facings: 4, promotion_seen: true, note: null }] });
  assert.equal(storeScreen(known({ cards: [card("05", null)] })).beside, null);
});

test("what stands in the way of an order is said first, worst before the rest", () => {
  const said = (/** @type {Row} */ more) => banners(known(more)).map((one) => one.what);
  assert.deepEqual(said({}), []);
  assert.deepEqual(said({ store: { ...STORE, status: "closed", status_reason: "sold" },
    owed: { ...OWED, blocked_reason: "two unpaid", overdue_minor: 5 } }),
  ["closed", "blocked", "overdue"]);
  assert.deepEqual(said({ owed: { ...OWED, room_minor: 0 } }), ["no_room"]);
  assert.deepEqual(said({ owed: { ...OWED, limit_minor: null, room_minor: null } }), []);
  assert.deepEqual(said({ grey: true, store: { ...STORE, status: "pending" } }),
    ["not_yours", "pending"]);
});

test("a store's screen shows the newest first, and no more than a screen holds", () => {
  const orders = Array.from({ length: 12 }, (_, n) => ({ id: `o${n}`, net_minor: n,
    captured_at: `2026-11-${String(n + 1).padStart(2, "0")}T08:00:00Z`,
    lines: [orderLine(1, "1")] }));
  const cards = [{ id: "c1", captured_at: "2026-11-01T08:00:00Z", unsent: false,
    lines: [cardLine("1"), cardLine("2", { on_shelf: false, out_of_stock: true })] }];
  const contacts = [{ id: "k1", state: "active" }, { id: "k2", state: "left" }];
  const shown = storeScreen(known({ orders, cards, contacts, must: ["2", "3", "1"],
    stops: [{ state: "planned", day: "2026-11-29" }, { state: "planned", day: "2026-11-21" },
      { state: "done", day: "2026-11-23" }] }));
  assert.equal(shown.orders.length, 10);
  assert.equal(shown.orders[0].id, "o11");
  assert.equal(shown.orders[0].lines[0].product, "1");
  const { products, on_shelf, out_of_stock } = shown.cards[0];
  assert.deepEqual([products, on_shelf, out_of_stock], [2, 1, 1]);
  assert.deepEqual(shown.contacts.map((/** @type {Row} */ one) => one.id), ["k1"]);
  assert.deepEqual(shown.gaps, [{ product: "2", name: "2" }, { product: "3", name: "3" }]);
  assert.equal(shown.next_visit, "2026-11-29");
  assert.equal(shown.open_visit, null);
});

test("before any card nothing is called a gap", () => {
  assert.deepEqual(gaps(["1"], []), []);
});

test("payments are the receipts and what the books say is paid, the newest first", () => {
  const collections = [{ id: "r1", number: "D1-R1", day: "2026-11-20", amount_minor: 500,
    state: "received", method: "cash" }];
  const items = [
    { number: "INV-1", paid_on: "2026-11-21", amount_minor: 900, open_minor: 0 },
    { number: "INV-2", paid_on: null, amount_minor: 900, open_minor: 900 },
  ];
  assert.deepEqual(payments(collections, items).map((one) => [one.number, one.amount_minor]),
    [["INV-1", 900], ["D1-R1", 500]]);
});

test("notes of visits and orders stand together, empty ones left out", () => {
  const found = notes(
    [{ id: "v", started_at: "2026-11-02T08:00:00Z", note: "ask for Ann" }, { id: "w", note: "" }],
    [{ id: "o", captured_at: "2026-11-03T08:00:00Z", note: "ring first" }],
  );
  assert.deepEqual(found.map((one) => [one.of, one.note]),
    [["order", "ring first"], ["visit", "ask for Ann"]]);
});

test("a copy's age is told in seconds, and an old one is asked about", () => {
  const now = Date.parse("2026-11-22T10:00:00Z");
  assert.deepEqual(age("2026-11-22T06:00:00Z", now), { as_of: "2026-11-22T06:00:00Z",
    age_s: 4 * 3600 });
  assert.deepEqual(age(null, now), { as_of: null, age_s: null });
  assert.equal(age("2026-11-22T11:00:00Z", now).age_s, 0, "a clock that is slow makes none young");
  assert.deepEqual(tooOld({ stock: "2026-11-21T09:00:00Z", receivable: "2026-11-21T09:00:00Z" },
    now), ["stock"]);
  assert.deepEqual(tooOld({ stock: null, receivable: "2026-11-19T09:00:00Z" }, now), ["receivable"]);
});

test("stock is told in a word, with what stands in and when more comes", () => {
  assert.deepEqual([null, 0, -3, 11, 12].map((left) => stateOf(left, 12)),
    ["unlisted", "none", "none", "low", "there"]);
  const catalogue = new Catalogue({
    product: [product("1", { name: "Rum", substitute: "2" }), product("2", { name: "Gin" })],
    warehouse: [{ id: "w0", name: "East" }, { id: "w1", name: "West",
      stock_as_of: "2026-11-22T06:00:00Z" }],
    stock: [{ scope: "wh:w1", product: "1", available: 0, due_quantity: 48, due_on: "2026-11-25" },
      { scope: "wh:w1", product: "2", available: 30 }],
  });
  const shown = stockScreen({ catalogue, words: "rum", store: STORE, as_of: null,
    now_ms: Date.parse("2026-11-22T10:00:00Z"), price_of: () => "5.03" });
  assert.equal(shown.warehouse, "West");
  assert.equal(shown.age.age_s, 4 * 3600);
  assert.deepEqual(shown.products.map((/** @type {Row} */ one) => [one.state, one.due_quantity,
    one.substitute_name, one.substitute_available, one.price]), [["none", 48, "Gin", 30, "5.03"]]);
  const anywhere = stockScreen({ catalogue, words: "", store: null, as_of: "2026-11-22T07:00:00Z",
    now_ms: Date.parse("2026-11-22T10:00:00Z") });
  assert.equal(anywhere.warehouse, "East");
  assert.equal(anywhere.age.age_s, 3 * 3600, "a depot that says no time has the copy's");
  assert.deepEqual(anywhere.products.map((/** @type {Row} */ one) => one.state),
    ["unlisted", "unlisted"]);
});

test("what is owed is sorted by when it was due, less what receipts on their way will settle", () => {
  const receivable = { items: [item("B", { due_on: "2026-11-05" }), item("A"),
    item("P", { open_minor: 0, due_on: "2026-09-01" }), item("D", { disputed: true }),
    item("C", { kind: "credit_note", open_minor: -500 })] };
  const collections = [
    { state: "received", allocation: [["A", 4_000]] },
    { state: "refused", allocation: [["A", 1_000]] },
    { state: "captured", allocation: [["A", 1_000], ["B", 10_000]] },
  ];
  const items = itemsOwed(receivable, collections);
  assert.deepEqual(items.map((one) => [one.number, one.spoken_minor]),
    [["A", 5_000], ["C", 0], ["D", 0], ["B", 10_000], ["P", 0]]);
  assert.deepEqual(toSettle(items), [{ number: "A", due_on: "2026-11-01", minor: 5_000 }],
    "no disputed item, no credit note, nothing that is spoken for");
});

test("the amounts offered are what is overdue, the oldest item and all of it, each once", () => {
  const open = [item("A"), item("B", { due_on: "2026-12-05", open_minor: 2_500 })];
  assert.deepEqual(offers(itemsOwed({ items: open }, []), "2026-11-22"),
    [{ what: "overdue", minor: 10_000 }, { what: "all", minor: 12_500 }]);
  assert.deepEqual(offers([], "2026-11-22"), []);
});

test("the ageing bar's shares add up, and a store that owes nothing has none", () => {
  const bar = ageingBar({ not_due: 1, "1_30": 1, "31_60": 1, "61_90": 0, over_90: 0 });
  assert.equal(bar.reduce((sum, one) => sum + one.share, 0), 1000);
  assert.deepEqual(bar.map((one) => one.name), ["not_due", "1_30", "31_60"]);
  assert.deepEqual(ageingBar({ not_due: 0 }), []);
  assert.equal(ageingBar({ not_due: -200, "1_30": 700 })[0].share, 0, "a credit note owes nothing");
});

test("a receipt shows what the books made of it once it is posted", () => {
  const row = { id: "r", number: "D1-R1", state: "captured", amount_minor: 1_000, rep: "r01",
    allocation: [["A", 700]], applied: [["B", 1_000]], captured_at: "2026-11-22T08:00:00Z" };
  const slip = receiptScreen({ row, store: STORE, company: "Acme" });
  assert.deepEqual([slip.uses, slip.on_account_minor],
    [[{ number: "A", amount_minor: 700 }], 300]);
  const booked = receiptScreen({ row: { ...row, state: "posted" }, store: STORE, company: "Acme" });
  assert.deepEqual([booked.uses, booked.on_account_minor],
    [[{ number: "B", amount_minor: 1_000 }], 0]);
});

test("what is in the rep's pocket is what was taken and not handed in, by method", () => {
  const row = (/** @type {Row} */ more) => ({ rep: "r01", method: "cash", state: "captured",
    amount_minor: 100, store: "s1", captured_at: "2026-11-22T08:00:00Z", ...more });
  const shown = pocketScreen([row({}), row({ state: "received", method: "cheque" }),
    row({ state: "handed_in" }), row({ rep: "r02" })], "r01", () => STORE);
  assert.deepEqual(shown.to_hand_in, { cash: 100, cheque: 100 });
  assert.equal(shown.receipts.length, 3);
});

test("the money screen of a store holds its bar, its items and its receipts", () => {
  const shown = owedScreen({ store: STORE, currency: "USD", receivable: { items: [item("A")] },
    owed: { ...OWED, ageing: { "1_30": 10_000 }, overdue_minor: 10_000 },
    collections: [{ id: "r", number: "D1-R1", captured_at: "2026-11-22T08:00:00Z", amount_minor: 1,
      method: "cash", state: "captured", allocation: [] }] });
  assert.equal(shown.to_settle_minor, 10_000);
  assert.equal(shown.receipts[0].day, "2026-11-22");
  assert.equal(shown.bar[0].share, 1000);
});
