// @ts-check
// The trade arithmetic of the browser's handheld plays every case of sync/contract/terms. What no
// case can list is in terms_chance.test.js.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

import { propose, settle } from "../../../handhelds/pwa/terms/allocation.js";
import * as collection from "../../../handhelds/pwa/terms/collection.js";
import * as credit from "../../../handhelds/pwa/terms/credit.js";
import { hasClosed, nextDeliveryDay } from "../../../handhelds/pwa/terms/cutoff.js";
import { moment } from "../../../handhelds/pwa/terms/day.js";
import { evaluate } from "../../../handhelds/pwa/terms/evaluate.js";
import { as14, find, ofScan, wrongWith } from "../../../handhelds/pwa/terms/gtin.js";
import { hints } from "../../../handhelds/pwa/terms/hint.js";
import { mustStock } from "../../../handhelds/pwa/terms/must_stock.js";
import * as price from "../../../handhelds/pwa/terms/price.js";
import { isForProduct, isForStore, isLive } from "../../../handhelds/pwa/terms/promotion.js";
import * as quantity from "../../../handhelds/pwa/terms/quantity.js";
import { spread } from "../../../handhelds/pwa/terms/spread.js";
import { suggest } from "../../../handhelds/pwa/terms/suggest.js";
import { rateAt, taxes, taxMinor } from "../../../handhelds/pwa/terms/tax.js";

/** @typedef {Record<string, any>} Given */

const FOLDER = new URL("../../../sync/contract/terms/", import.meta.url);
/** Played where rows are compared with the server's (digest.test.js). */
const ELSEWHERE = ["digest.json"];

const number = (/** @type {string | null | undefined} */ text) =>
  (text == null ? null : Number(text));
const instant = (/** @type {string | null | undefined} */ text) => (text ? moment(text) : null);
const ratio = (/** @type {Given} */ g) =>
  /** @type {[number, number]} */ ([Number(g.num), Number(g.den)]);

/** A version of a price, as terms take it. @param {Given} row */
function version(row) {
  return {
    price: row.price,
    min_quantity: Number(row.min_quantity ?? 1),
    valid_from_us: moment(row.valid_from),
    valid_to_us: instant(row.valid_to),
    superseded_at_us: instant(row.superseded_at),
  };
}

/** A promotion; what a case does not say is as it is for most. @param {Given} row */
function promotion(row) {
  return {
    id: row.id ?? "promo",
    kind: row.kind,
    percent: row.percent ?? null,
    amount_minor: number(row.amount_minor),
    tier_by: row.tier_by ?? "quantity",
    tiers: (row.tiers ?? []).map((/** @type {Given} */ one) => ({
      reach: Number(one.reach),
      percent: one.percent ?? null,
      amount_minor: number(one.amount_minor),
    })),
    buy: number(row.buy),
    get: number(row.get),
    get_product: row.get_product ?? null,
    priority: Number(row.priority ?? 0),
    stacks: row.stacks ?? false,
    valid_from_us: moment(row.valid_from ?? "2026-01-01T00:00:00Z"),
    valid_to_us: instant(row.valid_to),
    products: row.products ? new Set(row.products) : null,
    store: row.store ?? null,
    banner: row.banner ?? null,
    channel: row.channel ?? null,
    store_class: row.class_ ?? null,
  };
}

/** A line as promotions see it. @param {Given} row */
function bought(row) {
  return {
    n: Number(row.n),
    product: row.product,
    quantity: Number(row.quantity),
    gross_minor: Number(row.gross_minor),
    named: row.named ? new Set(row.named) : null,
  };
}

/** The store an order is for. @param {Given} row */
function atStore({ id, banner = null, channel = null, class_ = null }) {
  return { id, banner, channel, store_class: class_ };
}

/** @param {Given} row */
const closing = (row) => ({
  at: row.at,
  lead_days: Number(row.lead_days),
  weekdays: row.weekdays.map(Number),
  closed_on: row.closed_on ?? [],
});

/** @param {Given} row */
const listed = (row) => ({
  product: row.product,
  min_facings: number(row.min_facings),
  banner: row.banner ?? null,
  channel: row.channel ?? null,
  store_class: row.store_class ?? null,
  valid_from: row.valid_from,
  valid_to: row.valid_to ?? null,
});

/** @param {Given} row */
const rate = (row) => ({ ...row, valid_to: row.valid_to ?? null });

/** @param {Given} g */
function priced(g) {
  const found = new Map();
  for (const [key, rows] of Object.entries(g.prices)) {
    const [list, product] = key.split("/");
    if (product === g.product) found.set(list, rows.map(version));
  }
  return price.priceFor(g.lists, found, moment(g.when), Number(g.quantity ?? 1));
}

/** @param {Given} g */
function gross(g) {
  const exact = price.grossExactly(Number(g.quantity), g.unit_price, Number(g.digits));
  if (exact <= BigInt(Number.MAX_SAFE_INTEGER)) {
    assert.equal(
      price.grossMinor(Number(g.quantity), g.unit_price, Number(g.digits)), Number(exact));
  }
  return exact;
}

/** @param {Given} g */
function evaluated(g) {
  const found = evaluate(
    g.lines.map(bought),
    g.promotions.map(promotion),
    atStore(g.store ?? { id: "store-1" }),
    moment(g.when ?? "2026-11-21T12:00:00Z"),
  );
  return Object.fromEntries(
    [...found].map(([n, given]) => [n, given.map((one) => [one.promotion, one.minor])]),
  );
}

/** A hint or suggestion as the cases write it: what it does not speak of is left out.
 * @param {Given} found @param {unknown[]} silent */
const told = (found, silent) =>
  Object.fromEntries(Object.entries(found).filter(([, value]) => !silent.includes(value)));

/** @param {Given} g */
function suggested(g) {
  const shelf = Object.fromEntries(Object.entries(g).map(([name, value]) => [name, Number(value)]));
  const found = suggest(/** @type {import("../../../handhelds/pwa/terms/suggest.js").Shelf} */ (
    /** @type {unknown} */ (shelf)));
  const steps = found.steps.map((step) => [step.name, step.how, step.value]);
  return told({ ...found, steps }, [null]);
}

/** Every ask of every file. @type {Record<string, Record<string, (g: Given) => unknown>>} */
const ASKS = {
  allocation: {
    propose: (g) =>
      propose(Number(g.amount_minor), g.items.map((/** @type {Given} */ row) => ({
        kind: "invoice", disputed: false, ...row, open_minor: Number(row.open_minor) }))),
    settle: (g) =>
      settle(
        Number(g.amount_minor),
        g.wished.map((/** @type {string[]} */ [item, minor]) => [item, Number(minor)]),
        new Map(Object.entries(g.open_minor).map(([item, minor]) => [item, Number(minor)])),
      ),
  },
  collection: {
    after: (g) => collection.after(g.step, g.state, g.method),
    pending: (g) =>
      collection.pending(g.collections.map(
        (/** @type {string[]} */ [method, state, minor]) => [method, state, Number(minor)])),
    exposure_counting: (g) => collection.exposureCounting(
      Number(g.exposure_minor), Number(g.paid_minor), g.counts_at_once),
    cheque_key: (g) => collection.chequeKey(g.bank, g.number),
  },
  credit: {
    sums_minor: (g) => credit.sumsMinor(pairs(g.items)),
    exposure_minor: (g) => credit.exposureMinor(
      Number(g.open_minor), Number(g.ordered_minor), Number(g.on_account_minor)),
    exceeds: (g) =>
      credit.exceeds(number(g.limit_minor), Number(g.exposure_minor), Number(g.more_minor)),
    room_minor: (g) => credit.roomMinor(number(g.limit_minor), Number(g.exposure_minor)),
    bucket_of: (g) => credit.bucketOf(g.due_on, g.today),
    ageing: (g) => credit.ageing(pairs(g.items), g.today),
    overdue_minor: (g) => credit.overdueMinor(credit.ageing(pairs(g.items), g.today)),
  },
  cutoff: {
    has_closed: (g) => hasClosed(g.day, closing(g.closing), g.zone, moment(g.now)),
    next_delivery_day: (g) => nextDeliveryDay(g.day, closing(g.closing), g.zone, moment(g.now)),
  },
  gtin: {
    as_14: (g) => as14(g.text),
    wrong_with: (g) => wrongWith(g.text),
    of_scan: (g) => ofScan(g.text),
    find: (g) => find(g.text, g.printed.map((/** @type {string[]} */ [gtin, product, uom]) =>
      ({ gtin, product, uom }))).map((one) => [one.product, one.uom]),
  },
  hint: {
    hints: (g) =>
      hints(g.lines.map(bought), g.promotions.map(promotion)).map((one) => told(one, [null, 0])),
  },
  muststock: {
    must_stock: (g) => Object.fromEntries(mustStock(g.rows.map(listed), g.day, {
      banner: g.banner ?? null, channel: g.channel ?? null, store_class: g.store_class ?? null })),
  },
  price: {
    gross_minor: gross,
    minor_digits: (g) => price.minorDigits(g.currency),
    price_at: (g) =>
      price.priceAt(g.versions.map(version), moment(g.when), Number(g.quantity ?? 1)),
    lists_of: (g) => price.listsOf(
      { price_list: g.own, banner: g.banner, channel: g.channel, store_class: g.class_ },
      g.lists.map((/** @type {Given} */ row) => ({ ...row, store_class: row.class_ }))),
    price_for: priced,
    was_on_copy: (g) => price.wasOnCopy(
      g.versions.map(version), g.price, moment(g.captured_at), moment(g.copied_at),
      Number(g.quantity ?? 1)),
  },
  promotion: {
    evaluate: evaluated,
    is_live: (g) => isLive(promotion(g.promotion), moment(g.when)),
    is_for_store: (g) => isForStore(promotion(g.promotion), atStore(g.store)),
    is_for_product: (g) => isForProduct(promotion(g.promotion), g.product),
    spread: (g) => spread(Number(g.amount), g.weights.map(Number)),
  },
  quantity: {
    each_of: (g) => quantity.eachOf(g.typed, ratio(g)),
    case_and_each: (g) => quantity.caseAndEach(Number(g.quantity), ratio(g)),
    round_half_up: (g) => quantity.roundHalfUp(g.value),
    is_allowed: (g) =>
      quantity.isAllowed(Number(g.quantity), Number(g.minimum), Number(g.multiple)),
    raise_to_allowed: (g) =>
      quantity.raiseToAllowed(Number(g.quantity), Number(g.minimum), Number(g.multiple)),
  },
  suggest: { suggest: suggested },
  tax: {
    rate_at: (g) => rateAt(g.rates.map(rate), g.tax_class, g.day),
    tax_minor: (g) => taxMinor(Number(g.net_minor), g.percent),
    taxes: (g) =>
      taxes(pairs(g.lines), g.rates.map(rate), g.day).map((one) =>
        [one.tax_class, one.percent, one.net_minor, one.tax_minor]),
  },
};

/** @param {[any, string][]} rows @returns {[any, number][]} */
function pairs(rows) {
  return rows.map(([name, minor]) => [name, Number(minor)]);
}

/** Numbers as the cases write them. @param {any} value @returns {any} */
function plain(value) {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

const FILES = readdirSync(FOLDER).filter((name) => !name.startsWith("_"));

for (const name of FILES.filter((one) => !ELSEWHERE.includes(one))) {
  const { terms, cases } = JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
  const asks = ASKS[terms] ?? {};
  for (const one of cases) {
    test(`${one.id}: ${one.says}`, () => {
      const ask = asks[one.ask];
      assert.ok(ask, `nobody here can say ${one.ask}`);
      assert.deepEqual(plain(ask(one.given)), one.expect);
    });
  }
}
