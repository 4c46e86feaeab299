// @ts-check
// The rep's verbs in a store: visits, orders, receipts, cards. Each saves what was done in one
// transaction, and none needs a network.
//
//     const rep = new Rep(local, () => catalogue);
//     const order = await rep.order(storeId, [{ product: "20041", typed: "2", uom: "case" }]);
//
// Every verb makes changes: what will travel, and rows as the screens show them from now on. A verb
// that cannot be throws Refused (with a sentence), and nothing was saved then. Nothing here marks
// anything as "sending": what waits is what has no verdict (local.js). See orders.js, edits.js,
// stops.js and needs.js for the other verbs, verbs.js for all of them together.

import { instant } from "./clock.js";
import { KINDS as PAD_KINDS, Pad, totalMinor } from "./pad.js";
import { read } from "./queries.js";
import { Refused } from "./refused.js";
import { Saving } from "./saving.js";
import { PARTS } from "./stored/columns.js";
import { bodyOf, Till } from "./till.js";
import { byParts } from "./terms/compare.js";

/** @typedef {import("./pad.js").PricedLine} PricedLine */
/** @typedef {import("./pad.js").Wanted} Wanted */
/** @typedef {import("./queries.js").Known} Known */
/** @typedef {import("./queries.js").Row} Row */

/** What a rep does with one handheld. */
export class Rep extends Saving {
  /** The order pad of a store. @param {string} named @returns {Promise<Pad>} */
  async pad(named) {
    return new Pad(await this.at(named, ...PAD_KINDS));
  }

  /** The money of a store, beside all receipts of this handheld. @param {string} named */
  async till(named) {
    return new Till(await read(this.local, await this.catalogue(), named, [], ["collection"]));
  }

  // --- visits -------------------------------------------------------------------------------

  /** Begin a visit; the one already open in the store is handed back as it is.
   * @param {string} named @returns {Promise<Row>} */
  async startVisit(named) {
    const at = await this.at(named, "visit", "plan_stop");
    const already = openVisit(at);
    if (already !== null) return already;
    const today = new Pad(at).today();
    const stop = at.rows("plan_stop")
      .find((row) => row.store === at.store.id && row.day === today);
    return this.keep(at, "visit", "save", {
      id: this.newId(),
      store: at.store.id,
      state: "started",
      planned_on: stop?.day ?? null,
      started_at: instant(at.now_ms),
    });
  }

  /**
   * End the open visit of a store. reason: why no order was taken, if none was.
   * @param {string} named
   * @param {{ note?: string | null, reason?: string | null }} [told]
   */
  async endVisit(named, { note = null, reason = null } = {}) {
    const at = await this.at(named, "visit");
    const visit = openVisit(at);
    if (visit === null) throw new Refused("refused.no_open_visit", { store: at.store.name });
    const { id, store, planned_on, started_at, distance_m } = visit;
    return this.keep(at, "visit", "save", {
      id, store, planned_on, started_at, distance_m,
      reason,
      note: note ?? visit.note,
      state: "done",
      ended_at: instant(at.now_ms),
    });
  }

  /** Say why a store was not visited today. @param {string} named @param {string} reason */
  async skipVisit(named, reason) {
    const at = await this.at(named, "visit");
    const { name } = at.store;
    if (openVisit(at) !== null) throw new Refused("refused.visit_is_open", { store: name });
    return this.keep(at, "visit", "save", {
      id: this.newId(),
      store: at.store.id,
      state: "skipped",
      planned_on: new Pad(at).today(),
      reason,
    });
  }

  // --- orders -------------------------------------------------------------------------------

  /**
   * Take an order. When this returns, it is on the disk with its place in the outbox and its
   * number. about: the order it supplements, or was written again from. forget: keys of drafts that
   * are done with, signature: a picture of the store's, both in the same transaction.
   * @param {string} named
   * @param {readonly Wanted[]} wanted
   * @param {{ deliver_on?: string | null, po_no?: string | null, note?: string | null,
   *   about?: string | null, forget?: string[], signature?: Blob | null }} [told]
   */
  async order(named, wanted, { deliver_on, po_no, note, about, forget, signature } = {}) {
    const at = await this.at(named, "visit");
    const pad = new Pad(at);
    const lines = pad.lines(wanted);
    if (lines.length === 0) throw new Refused("refused.no_lines");
    const day = deliver_on ?? pad.nextDelivery();
    const place = { id: this.newId(), store: at.store.id, visit: openVisit(at)?.id ?? null };
    const photos = signature && [await this.local.photos.signed(place, signature, at.now_ms)];
    return this.keepNumbered(at, "order", (number) => ({
      number,
      ...place,
      type: "sale",
      about: about ?? null,
      deliver_on: day,
      po_no: po_no ?? null,
      note: note ?? null,
      currency: at.company.currency,
      net_minor: totalMinor(lines),
      lines: lines.map((line, n) => lineBody(n + 1, line)),
    }), forget, photos || undefined);
  }

  // --- money --------------------------------------------------------------------------------

  /**
   * Write a receipt. When this returns, it is on the disk with its place in the outbox.
   * @param {string} named @param {import("./till.js").Money} money @param {string[]} [forget]
   */
  async collect(named, money, forget) {
    const at = await this.at(named, "visit", "collection");
    const uses = money.wished ?? new Till(at).proposal(money.amount_minor);
    const body = bodyOf(money, at.store, uses, at.company.currency);
    const id = this.newId();
    const visit = openVisit(at)?.id ?? null;
    const numbered = (/** @type {string} */ number) => ({ id, number, visit, ...body });
    return this.keepNumbered(at, "collection", numbered, forget);
  }

  // --- visit cards --------------------------------------------------------------------------

  /**
   * Save a visit card. lines: product, on_shelf, and what else was seen (the names of PARTS).
   * competitors: what stands beside ours, each a name and what was noted of it.
   * @param {string} named @param {readonly Row[]} lines @param {string[]} [forget]
   * @param {readonly Row[]} [competitors]
   */
  async card(named, lines, forget, competitors = []) {
    const at = await this.at(named, "visit");
    if (lines.length === 0) throw new Refused("refused.no_products");
    for (const { product } of lines) {
      if (at.catalogue.product(product) === null) {
        throw new Refused("refused.no_product", { product });
      }
    }
    // A card without any says nothing of them.
    const others = competitors.length ? { competitors: said("competitors", competitors) } : {};
    return this.keep(at, "card", "submit", {
      id: this.newId(),
      store: at.store.id,
      visit: openVisit(at)?.id ?? null,
      lines: said("lines", lines),
      ...others,
    }, undefined, forget);
  }

  // --- taking back --------------------------------------------------------------------------

  /** Take back unsent work by its change's id; NotSaved says why it cannot be.
   * @param {string} changeId */
  undo(changeId) {
    return this.local.undo(changeId);
  }
}

/** The visit begun and not ended in a store, the newest if there are several.
 * @param {Known} at @returns {Row | null} */
export function openVisit(at) {
  const rank = (/** @type {Row} */ row) => [String(row.started_at ?? ""), row.id];
  const begun = at.rows("visit").filter((row) => row.state === "started");
  begun.sort((one, other) => byParts(rank(other), rank(one)));
  return begun[0] ?? null;
}

/** What is said of each line of a card, in the names of PARTS.
 * @param {string} part @param {readonly Row[]} rows */
function said(part, rows) {
  const names = PARTS[`card.${part}`] ?? [];
  return rows.map((row) => Object.fromEntries(
    names.filter((name) => (row[name] ?? null) !== null).map((name) => [name, row[name]])));
}

/** A line as it travels. @param {number} n @param {PricedLine} line */
export function lineBody(n, line) {
  return {
    n,
    product: line.product,
    uom: line.uom,
    typed: line.typed,
    quantity: line.quantity,
    unit_price: line.unit_price,
    discount_minor: line.discount_minor,
    promotions: line.promotions.map(({ promotion, minor }) =>
      ({ promotion, discount_minor: minor })),
    net_minor: line.net_minor,
  };
}
