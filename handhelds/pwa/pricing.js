// @ts-check
// Prices, promotions and tax as this handheld's copy has them, worked out with terms/.
//
// The very sums that the server does; what differs is only how old the copy is. A pad asks on every
// key, so what a catalogue's rows say is read into figures once and kept beside the catalogue.

import { moment } from "./terms/day.js";
import { evaluate } from "./terms/evaluate.js";
import { hints } from "./terms/hint.js";
import { listsOf, pricedBy } from "./terms/price.js";
import { freeOf, isForStore, isLive, linesOf, tiersOf } from "./terms/promotion.js";
import { byValue } from "./terms/quantity.js";
import { taxes } from "./terms/tax.js";

/** @typedef {import("./queries.js").Catalogue} Catalogue */
/** @typedef {import("./queries.js").Row} Row */
/** @typedef {import("./terms/promotion.js").Bought} Bought */
/** @typedef {import("./terms/promotion.js").Promotion & { name: string }} Offer */
/** @typedef {Map<string, import("./terms/price.js").PriceVersion[]>} Versions by list */

/**
 * What one promotion takes off a line; `free`: so many of its pieces cost nothing.
 * @typedef {{ promotion: string, name: string, minor: number, free: number }} Part
 */

/** @type {WeakMap<Catalogue, Pricing>} */
const known = new WeakMap();

/** What things cost in the stores of a catalogue. */
export class Pricing {
  /** @param {Catalogue} catalogue */
  constructor(catalogue) {
    this.catalogue = catalogue;
    /** @type {Map<string, Versions>} */
    this._versions = new Map();
    /** @type {Map<string, string[]>} */
    this._lists = new Map();
    /** @type {Offer[] | null} */
    this._offers = null;
  }

  /** The pricing of a catalogue, with what it knows already. @param {Catalogue} catalogue */
  static of(catalogue) {
    let found = known.get(catalogue);
    if (found === undefined) {
      found = new Pricing(catalogue);
      known.set(catalogue, found);
    }
    return found;
  }

  /** The store's price lists on this handheld, strongest first. @param {Row} store */
  listsOf(store) {
    const { price_list, banner, channel, store_class } = store;
    const key = JSON.stringify([price_list, banner, channel, store_class]);
    let found = this._lists.get(key);
    if (found === undefined) {
      const lists = this.catalogue.pulled("price_list")
        .filter((row) => row.level !== "store")
        .map(({ id, ...row }) => /** @type {import("./terms/price.js").ListFor} */ (
          { list: id, level: row.level, banner: row.banner, channel: row.channel,
            store_class: row.store_class }));
      found = listsOf({ price_list, banner, channel, store_class }, lists);
      this._lists.set(key, found);
    }
    return found;
  }

  /**
   * The list that prices so many pieces of a product, and the price of each; null: none has one.
   * @param {Row} store @param {string} product @param {number} when_us @param {number} [quantity]
   * @returns {[list: string, price: string] | null}
   */
  priced(store, product, when_us, quantity = 1) {
    let versions = this._versions.get(product);
    if (versions === undefined) {
      versions = versionsOf(this.catalogue.prices(product));
      this._versions.set(product, versions);
    }
    return pricedBy(this.listsOf(store), versions, when_us, quantity);
  }

  /** Promotions that run at a moment in a store. @param {Row} store @param {number} when_us */
  offers(store, when_us) {
    this._offers ??= this.catalogue.pulled("promotion")
      .filter((row) => row.state === "live")
      .map(offerOf);
    const at = where(store);
    return this._offers.filter((one) => isLive(one, when_us) && isForStore(one, at));
  }

  /**
   * Line -> what promotions take off it.
   * @param {Row} store @param {readonly Bought[]} bought @param {number} when_us
   * @returns {Map<number, Part[]>}
   */
  given(store, bought, when_us) {
    const offers = new Map(this.offers(store, when_us).map((one) => [one.id, one]));
    const given = evaluate(bought, offers.values(), where(store), when_us);
    /** @type {Map<string, Map<number, number>>} */
    const free = new Map();
    for (const one of offers.values()) {
      if (one.kind === "buy_get") free.set(one.id, freePieces(one, bought));
    }
    return new Map([...given].map(([n, granted]) => [
      n,
      granted.map(({ promotion, minor }) => ({
        promotion,
        name: offers.get(promotion)?.name ?? promotion,
        minor,
        free: free.get(promotion)?.get(n) ?? 0,
      })),
    ]));
  }

  /**
   * What a little more would bring, with the promotion that would bring it.
   * @param {Row} store @param {readonly Bought[]} bought @param {number} when_us
   */
  hints(store, bought, when_us) {
    const offers = new Map(this.offers(store, when_us).map((one) => [one.id, one]));
    return hints(bought, offers.values()).map((hint) => ({
      hint, offer: /** @type {Offer} */ (offers.get(hint.promotion)),
    }));
  }

  /**
   * Tax by class on [tax class, net in minor units] for a day.
   * @param {Iterable<readonly [string | null, number]>} lines @param {string} day
   */
  taxes(lines, day) {
    const rates = this.catalogue.pulled("tax_rate").map((row) => ({
      tax_class: row.tax_class,
      percent: String(row.percent),
      valid_from: row.valid_from,
      valid_to: row.valid_to || null,
    }));
    return taxes(lines, rates, day);
  }
}

/** A store as promotions see it. @param {Row} store */
export function where(store) {
  const { id, banner = null, channel = null, store_class = null } = store;
  return { id, banner, channel, store_class };
}

/** @param {Row[]} rows @returns {Versions} */
function versionsOf(rows) {
  /** @type {Versions} */
  const found = new Map();
  for (const row of rows) {
    const version = {
      price: String(row.price),
      min_quantity: row.min_quantity || 1,
      valid_from_us: moment(row.valid_from),
      valid_to_us: row.valid_to ? moment(row.valid_to) : null,
      superseded_at_us: null,
    };
    const there = found.get(row.list);
    if (there) there.push(version);
    else found.set(row.list, [version]);
  }
  return found;
}

/** @param {Row} row @returns {Offer} */
function offerOf(row) {
  const text = (/** @type {any} */ value) => (value === null ? null : String(value));
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    valid_from_us: moment(row.valid_from),
    valid_to_us: row.valid_to ? moment(row.valid_to) : null,
    percent: text(row.percent),
    amount_minor: row.amount_minor,
    products: row.products === null ? null : new Set(row.products),
    store: row.store,
    banner: row.banner,
    channel: row.channel,
    store_class: row.store_class,
    tier_by: row.tier_by || "quantity",
    tiers: tiersOf((row.tiers ?? []).map(
      (/** @type {[number, any, number | null]} */ [reach, percent, amount_minor]) =>
        /** @type {[number, string | null, number | null]} */ (
          [reach, text(percent), amount_minor]))),
    buy: row.buy,
    get: row.get,
    get_product: row.get_product,
    priority: row.priority || 0,
    stacks: Boolean(row.stacks),
  };
}

/**
 * Line -> pieces that cost nothing by it; none where they only cost less.
 * @param {Offer} one @param {readonly Bought[]} bought
 */
function freePieces(one, bought) {
  if (one.percent !== null && byValue(one.percent, "100") < 0) return new Map();
  return freeOf(one, linesOf(one, bought));
}
