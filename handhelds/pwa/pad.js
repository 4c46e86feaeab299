// @ts-check
// The order pad: what a rep sees before ordering, worked out from the copy with terms/.
//
// Price, promotion, stock and credit here are what this handheld believes; the server decides again
// with what it knows. Each figure therefore comes with the age of the copy it was made from.

import { pieces, ratiosBack, ratiosOf } from "./counted.js";
import { Pricing } from "./pricing.js";
import { Refused } from "./refused.js";
import { countsAtOnce, Till } from "./till.js";
import { exposureCounting } from "./terms/collection.js";
import * as credit from "./terms/credit.js";
import { localDay, nextDeliveryDay } from "./terms/cutoff.js";
import { addDays } from "./terms/day.js";
import { grossMinor, minorDigits } from "./terms/price.js";
import { isAllowed, plain, raiseToAllowed } from "./terms/quantity.js";

/** @typedef {import("./queries.js").Known} Known */
/** @typedef {import("./queries.js").Row} Row */
/** @typedef {import("./pricing.js").Part} Part */
/** @typedef {import("./till.js").Warning} Warning */
/** @typedef {import("./counted.js").Wanted} Wanted */

/** States of an order that still count towards what the store owes. */
export const NOT_INVOICED = new Set(
  ("received accepted sent acknowledged allocated short picking dispatched delivered submitted")
    .split(" "),
);
/** States of an order whose goods may still arrive. */
export const ON_THE_WAY = new Set([...NOT_INVOICED, "held"]);
ON_THE_WAY.delete("delivered");

/** What the pad reads of a store. */
export const KINDS = ["order", "collection"];

/**
 * A line as it will be sent, with what the rep should know of it.
 * @typedef {object} PricedLine
 * @property {string} product
 * @property {string} name
 * @property {string} uom
 * @property {string} typed
 * @property {number} quantity
 * @property {string} unit_price
 * @property {string} price_list
 * @property {number} gross_minor
 * @property {number} discount_minor
 * @property {Part[]} promotions
 * @property {number} net_minor
 * @property {string | null} tax_class
 * @property {number} case pieces in a case
 * @property {number | null} available
 * @property {Warning[]} warnings
 */

/**
 * What a store owes and may still order, in minor units. `own_minor`: orders known here that are
 * not invoiced yet, unsent ones included. `paid_minor`: cash and transfers not posted yet,
 * `cheques_minor`: cheques that may still bounce. `room_minor` null = no limit.
 * @typedef {object} Credit
 * @property {number | null} limit_minor
 * @property {number} open_minor
 * @property {number} on_account_minor
 * @property {number} own_minor
 * @property {number} paid_minor
 * @property {number} cheques_minor
 * @property {number} exposure_minor
 * @property {number | null} room_minor
 * @property {number} overdue_minor
 * @property {credit.Ageing} ageing
 * @property {string | null} blocked_reason
 * @property {string | null} as_of
 */

/** Reads for the order pad of one store. */
export class Pad {
  /** @param {Known} at */
  constructor(at) {
    this.at = at;
    this.pricing = Pricing.of(at.catalogue);
    this.digits = minorDigits(at.company.currency);
  }

  get zone() {
    return this.at.found?.zone || this.at.company.zone || "UTC";
  }

  /** The date on the store's wall, or on the company's. */
  today() {
    return localDay(this.at.now_us, this.zone);
  }

  /** The date on the store's wall at a moment. @param {number} when_us */
  dayOf(when_us) {
    return localDay(when_us, this.zone);
  }

  // --- prices and lines ---------------------------------------------------------------------

  /** The price of each of so many pieces. @param {string} product @param {number} [quantity] */
  priceOf(product, quantity = 1) {
    return this.pricing.priced(this.at.store, product, this.at.now_us, quantity)?.[1] ?? null;
  }

  /**
   * Price an order's lines, with what promotions give on them together. Refused says what is wrong
   * with a line and what would do.
   * @param {Iterable<Wanted>} wanted
   * @returns {PricedLine[]}
   */
  lines(wanted) {
    return this.promoted(Array.from(wanted, (one) => this.line(one)));
  }

  /** Lines with what promotions give on them together. @param {readonly PricedLine[]} lines */
  promoted(lines) {
    const given = this.pricing.given(this.at.store, bought(lines), this.at.now_us);
    return lines.map((line, at) => {
      const promotions = given.get(at + 1) ?? [];
      const discount_minor = promotions.reduce((sum, one) => sum + one.minor, 0);
      return { ...line, promotions, discount_minor, net_minor: line.gross_minor - discount_minor };
    });
  }

  /**
   * A line of goods that go back, at the price of each they were sold at. What the product is now,
   * how many are sold at once, what it costs today and what the warehouse has of it are all the
   * same to them: the store has them. Refused says what is wrong with it.
   * @param {Wanted} wanted @param {string} unit_price @param {string} currency
   * @returns {PricedLine}
   */
  goingBack(wanted, unit_price, currency) {
    const product = this._product(wanted.product);
    const counted = pieces(product, wanted, ratiosBack(product));
    const gross_minor = grossMinor(counted.quantity, unit_price, minorDigits(currency));
    return { ...lineOf(product, counted), unit_price, gross_minor, net_minor: gross_minor };
  }

  /** @param {string} code @returns {Row} */
  _product(code) {
    const product = this.at.catalogue.product(code);
    if (product === null) throw new Refused("refused.no_product", { product: code });
    return product;
  }

  /** A line by itself, without promotions. @param {Wanted} wanted @returns {PricedLine} */
  line(wanted) {
    const { catalogue, store, now_us } = this.at;
    const code = wanted.product;
    const product = this._product(code);
    const { name } = product;
    if (product.status === "blocked") {
      const instead = product.substitute;
      if (!instead) throw new Refused("refused.not_sold", { name });
      const other = catalogue.product(instead)?.name ?? instead;
      throw new Refused("refused.not_sold_instead", { name, product: instead, other });
    }
    const counted = pieces(product, wanted, ratiosOf(product));
    const { quantity } = counted;
    const least = product.min_quantity || 1;
    const step = product.multiple || 1;
    if (!isAllowed(quantity, least, step)) {
      const right = raiseToAllowed(quantity, least, step);
      throw new Refused("refused.not_allowed", { name, least, step, right });
    }
    const found = this.pricing.priced(store, code, now_us, quantity);
    if (found === null) throw new Refused("refused.no_price", { name, store: store.name });
    const gross_minor = grossMinor(quantity, found[1], this.digits);
    return {
      ...lineOf(product, counted),
      unit_price: plain(found[1]),
      price_list: found[0],
      gross_minor,
      net_minor: gross_minor,
      ...this._stockOf(product, quantity),
    };
  }

  /**
   * What the warehouse has of it, and what the rep should say before promising.
   * @param {Row} product @param {number} quantity
   * @returns {{ available: number | null, warnings: Warning[] }}
   */
  _stockOf(product, quantity) {
    const stock = this.at.catalogue.stock(this.at.store.warehouse, product.id);
    if (stock === null) {
      return { available: null, warnings: [{ key: "warned.not_listed", values: {} }] };
    }
    const warnings = [];
    if (quantity > stock.available) {
      const left = Math.max(0, stock.available);
      warnings.push(stock.due_on
        ? { key: left ? "warned.short_due" : "warned.none_due",
            values: { left, due: stock.due_quantity ?? 0, day: stock.due_on } }
        : { key: left ? "warned.short" : "warned.none", values: { left } });
    }
    if (product.status === "sell_out") warnings.push({ key: "warned.sell_out", values: {} });
    return { available: stock.available, warnings };
  }

  /** What tax comes on top of lines, on the day they come. @param {readonly PricedLine[]} lines */
  taxes(lines) {
    return this.pricing.taxes(
      lines.map((line) => /** @type {const} */ ([line.tax_class, line.net_minor])),
      this.nextDelivery() ?? this.today(),
    );
  }

  /** What a little more would bring. @param {readonly PricedLine[]} lines */
  hints(lines) {
    return this.pricing.hints(this.at.store, bought(lines), this.at.now_us);
  }

  // --- credit -------------------------------------------------------------------------------

  /** The store's position: open items, money on account, own orders not invoiced yet.
   * @returns {Credit} */
  credit() {
    const { at } = this;
    const row = at.owed ?? {};
    const own_minor = at.rows("order")
      .filter((order) => NOT_INVOICED.has(order.state) && order.type === "sale")
      .reduce((sum, order) => sum + (order.net_minor ?? 0), 0);
    const open_minor = row.open_minor ?? 0;
    const on_account_minor = row.on_account_minor ?? 0;
    const { paid_minor, cheques_minor } = new Till(at).pending();
    const exposure_minor = exposureCounting(
      credit.exposureMinor(open_minor, own_minor, on_account_minor),
      paid_minor,
      countsAtOnce(at.catalogue.pulled("policy"), at.store),
    );
    const ageing = credit.ageing(
      at.parts("receivable", "items", row)
        .filter((item) => item.open_minor && item.kind !== "on_account")
        .map((item) => /** @type {const} */ ([item.due_on, item.open_minor])),
      this.today(),
    );
    const limit_minor = row.limit_minor ?? null;
    return {
      limit_minor,
      open_minor,
      on_account_minor,
      own_minor,
      paid_minor,
      cheques_minor,
      exposure_minor,
      room_minor: credit.roomMinor(limit_minor, exposure_minor),
      overdue_minor: credit.overdueMinor(ageing),
      ageing,
      blocked_reason: row.blocked_reason ?? null,
      as_of: row.as_of || at.asOf("receivable"),
    };
  }

  // --- delivery -----------------------------------------------------------------------------

  /** The first delivery day of the store that is still open. @returns {string | null} */
  nextDelivery() {
    const { store, catalogue, now_us } = this.at;
    const warehouse = catalogue.pulled("warehouse").find((row) => row.id === store.warehouse);
    const closing = {
      at: warehouse?.cut_off || "23:59",
      lead_days: 1,
      weekdays: store.delivery_days ?? [],
    };
    const first = addDays(this.today(), store.lead_days || 1);
    return nextDeliveryDay(first, closing, this.zone, now_us);
  }
}

/** A line before anything is said of its price and of the warehouse.
 * @param {Row} product @param {{ uom: string, typed: string, quantity: number }} counted
 * @returns {PricedLine} */
function lineOf(product, counted) {
  const [num, den] = ratiosOf(product).get("case") ?? [1, 1];
  return {
    product: product.id,
    name: product.name,
    ...counted,
    unit_price: "0",
    price_list: "",
    gross_minor: 0,
    discount_minor: 0,
    promotions: [],
    net_minor: 0,
    tax_class: product.tax_class,
    case: Math.floor(num / den),
    available: null,
    warnings: [],
  };
}

/** An order's lines as promotions see them, numbered from 1.
 * @param {readonly PricedLine[]} lines */
export function bought(lines) {
  return lines.map(({ product, quantity, gross_minor }, at) =>
    ({ n: at + 1, product, quantity, gross_minor }));
}

/** @param {readonly { net_minor: number }[]} lines */
export function totalMinor(lines) {
  return lines.reduce((sum, line) => sum + line.net_minor, 0);
}
