// @ts-check
// Money at the store: what it owes and has paid, which items a payment is for, and what looks odd.
//
// Receipts on their way to the books are counted apart: cash and transfers as paid and not posted,
// cheques as pending. What they are meant for is not proposed again. The rep's own unsent receipts
// are among them, as everywhere on the handheld.

import { Refused } from "./refused.js";
import { propose } from "./terms/allocation.js";
import { chequeKey, METHODS, PENDING, pending } from "./terms/collection.js";
import { byParts, byText } from "./terms/compare.js";
import { localDay } from "./terms/cutoff.js";
import { moment } from "./terms/day.js";

/** @typedef {import("./queries.js").Known} Known */
/** @typedef {import("./queries.js").Row} Row */
/** @typedef {import("./terms/allocation.js").Use} Use */

/**
 * Money as a rep types it in. `wished` left out: proposed, oldest due first.
 * @typedef {object} Money
 * @property {string} method cash, cheque or transfer
 * @property {number} amount_minor
 * @property {string | null} [cheque_no]
 * @property {string | null} [cheque_bank]
 * @property {string | null} [cheque_on] a day
 * @property {Use[] | null} [wished]
 * @property {string | null} [note]
 */

/** What a rep should think of before writing a receipt: a sentence of words/*_verbs.js.
 * @typedef {{ key: string, values: Record<string, string | number> }} Warning */

/** Reads about the money of one store. Its reading has `collection`. */
export class Till {
  /** @param {Known} at */
  constructor(at) {
    this.at = at;
  }

  /** The store's receipts. @returns {Row[]} */
  _own() {
    return this.at.rows("collection").filter((row) => row.store === this.at.store.id);
  }

  /** The store's receipts, the newest first. @returns {Row[]} */
  receipts() {
    const at = (/** @type {Row} */ row) => String(row.captured_at ?? "");
    return this._own().sort((one, other) => byText(at(other), at(one)));
  }

  /** Money of the store that is in no books yet. */
  pending() {
    return pending(this._own().map((one) => [one.method, one.state, one.amount_minor]));
  }

  /**
   * The store's items: those open first, by the day they were due; `spoken_minor` = what receipts
   * on their way are meant to settle of it.
   * @returns {Row[]}
   */
  items() {
    const spoken = this._spokenFor();
    /** @type {Row[]} */
    const rows = this.at.parts("receivable", "items", this.at.owed)
      .map((item) => ({ ...item, spoken_minor: spoken.get(item.number) ?? 0 }));
    const rank = (/** @type {Row} */ one) =>
      [Number(one.open_minor === 0), one.due_on, one.number];
    return rows.sort((one, other) => byParts(rank(one), rank(other)));
  }

  /** @returns {Map<string, number>} */
  _spokenFor() {
    const sums = new Map();
    for (const one of this._own()) {
      if (!PENDING.has(one.state)) continue;
      for (const [number, minor] of one.allocation ?? []) {
        sums.set(number, (sums.get(number) ?? 0) + minor);
      }
    }
    return sums;
  }

  /** What a payment would settle: the oldest due first. @param {number} amount_minor */
  proposal(amount_minor) {
    return propose(amount_minor, this.items().map(openItem));
  }

  /**
   * What a rep should think of before writing this receipt; none = nothing.
   * @param {Money} money @param {readonly Readonly<Use>[]} uses @param {string} today
   * @returns {Warning[]}
   */
  warnings(money, uses, today) {
    const said = this._duplicates(money, today);
    const there = new Map(this.items().map((item) => [item.number, openItem(item)]));
    for (const [number, minor] of uses) {
      const item = there.get(number);
      const key = item === undefined || item.kind !== "invoice" ? "warned.no_item"
        : item.open_minor <= 0 ? "warned.item_paid"
        : minor > item.open_minor ? "warned.item_less_open"
        : item.disputed ? "warned.item_disputed" : null;
      if (key !== null) said.push({ key, values: { number } });
    }
    if (uses.reduce((sum, [, minor]) => sum + minor, 0) > money.amount_minor) {
      said.push({ key: "warned.items_exceed_money", values: {} });
    }
    if (money.cheque_on && money.cheque_on > today) {
      said.push({ key: "warned.cheque_dated", values: { day: money.cheque_on } });
    }
    return said;
  }

  /**
   * Receipts this may be the same money as; any that was read for a cheque.
   * @param {Money} money @param {string} today @returns {Warning[]}
   */
  _duplicates(money, today) {
    const said = [];
    const { store } = this.at;
    const mine = money.cheque_no ? chequeKey(money.cheque_bank, money.cheque_no) : null;
    for (const one of this.at.rows("collection")) {
      if (one.state === "refused") continue;
      const key = chequeKey(one.cheque_bank, one.cheque_no);
      if (mine !== null && one.method === "cheque" && key === mine) {
        said.push({ key: "warned.cheque_known", values: { number: one.number } });
      } else if (one.store === store.id && one.amount_minor === money.amount_minor &&
                 dayOf(one, store) === today) {
        said.push({ key: "warned.same_amount_today", values: { number: one.number } });
      }
    }
    return said;
  }
}

/** The day a receipt was taken, on the store's wall. @param {Row} receipt @param {Row} store */
export function dayOf(receipt, store) {
  return receipt.day || localDay(moment(receipt.captured_at), store.zone || "UTC");
}

/**
 * What travels of a receipt, but for its id, number and visit. Refused where it is no receipt.
 * @param {Money} money @param {Row} store @param {readonly Readonly<Use>[]} uses
 * @param {string} currency
 */
export function bodyOf(money, store, uses, currency) {
  if (!Number.isSafeInteger(money.amount_minor) || money.amount_minor <= 0) {
    throw new Refused("refused.no_amount");
  }
  if (!METHODS.includes(money.method)) throw new Refused("refused.no_method");
  return {
    store: store.id,
    method: money.method,
    amount_minor: money.amount_minor,
    currency,
    cheque_no: money.cheque_no ?? null,
    cheque_bank: money.cheque_bank ?? null,
    cheque_on: money.cheque_on ?? null,
    allocation: uses.map(([number, amount_minor]) => ({ number, amount_minor })),
    note: money.note ?? null,
  };
}

/**
 * Whether the firm lets cash count for the credit before it is posted: the policy of the store,
 * else of its banner, else of the company.
 * @param {Row[]} policies @param {Row} store
 */
export function countsAtOnce(policies, store) {
  let found = false;
  let strength = -1;
  for (const row of policies) {
    if (row.rule !== "credit_exceeded") continue;
    if (row.store !== null && row.store !== store.id) continue;
    if (row.banner !== null && row.banner !== (store.banner ?? null)) continue;
    const mine = row.store ? 2 : row.banner ? 1 : 0;
    const value = row.params?.count_unposted_cash ?? null;
    if (value !== null && mine > strength) [found, strength] = [value === 1, mine];
  }
  return found;
}

/** @param {Row} item @returns {import("./terms/allocation.js").OpenItem} */
function openItem(item) {
  return {
    number: item.number,
    due_on: item.due_on,
    open_minor: item.open_minor - item.spoken_minor,
    kind: item.kind,
    disputed: Boolean(item.disputed),
  };
}
