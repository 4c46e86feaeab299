// @ts-check
// The one way in which verbs save: the changes that travel and the rows that they make, together.

import { refuseUnreadable } from "./bodies.js";
import { newId, reading } from "./clock.js";
import { read } from "./queries.js";
import { rowOf } from "./stored/captured.js";
import { NEWEST, ROWS } from "./stored/columns.js";

/** @typedef {import("./local.js").Local} Local */
/** @typedef {import("./local.js").Change} Change */
/** @typedef {import("./local.js").Made} Made */
/** @typedef {import("./queries.js").Known} Known */
/** @typedef {import("./queries.js").Row} Row */

/** What verbs need of this handheld's store; local.js has it.
 * @typedef {import("./queries.js").Source & Pick<Local,
 *   "save" | "undo" | "fact" | "keepFact" | "photos" | "db" | "writing" | "tell"> & {
 *   clock: import("./clock.js").Clock }} Keeper */

/** One change to be made: its kind, act and body, and what the screens show of it where that does
 * not follow from the body. @typedef {{ kind: string, act: string, body: Row, row?: Row }} Act */

/** A row as it is shown from now on, with `change`: the id of the change that made it.
 * @typedef {Row & { id: string, change: string }} Saved */

/** @typedef {import("./queries.js").Catalogue} Catalogue */
/** Pictures saved with it. @typedef {import("./stored/photos.js").Kept[]} Pictures */
/** The next number of a counter. @typedef {(name: string) => number} Next */

/** Reads what is known of a store, and saves what a verb makes of it. */
export class Saving {
  /**
   * @param {Keeper} local
   * @param {() => Catalogue | Promise<Catalogue>} catalogue as it is now; waited for after a start
   * @param {() => string} [makeId]
   */
  constructor(local, catalogue, makeId = newId) {
    this.local = local;
    this.catalogue = catalogue;
    this.newId = makeId;
  }

  /** What is known of a store (or of none). @param {string | null} named @param {string[]} kinds */
  async at(named, ...kinds) {
    return read(this.local, await this.catalogue(), named, kinds);
  }

  /**
   * Make and save one change; returns its row.
   * @param {Known} at @param {string} kind @param {string} act @param {Row} body
   * @param {Row} [row] what the screens show of it, where that does not follow from the body
   * @param {string[]} [forget]
   * @returns {Promise<Saved>}
   */
  async keep(at, kind, act, body, row, forget) {
    const [saved] = await this.keepAll(at, [{ kind, act, body, ...(row && { row }) }], forget);
    return /** @type {Saved} */ (saved);
  }

  /** Several acts at once: all of them or none.
   * @param {Known} at @param {readonly Act[]} acts @param {string[]} [forget] */
  async keepAll(at, acts, forget) {
    const { changes, rows } = await this._make(at, acts);
    await this.local.save({ changes, rows, ...(forget && { forget }) });
    return rows.map((made) => shown(at, made));
  }

  /**
   * Save an order or receipt with the next number of this handheld, given as it is saved.
   * @param {Known} at @param {"order" | "collection"} kind
   * @param {(number: string) => Row} bodyOf @param {string[]} [forget] @param {Pictures} [photos]
   */
  async keepNumbered(at, kind, bodyOf, forget, photos) {
    const prefix = at.enrolment.number_prefix;
    const numbered = (/** @type {Next} */ next) => kind === "order"
      ? `${prefix}-${padded(next("order"), 6)}` : `${prefix}-R${padded(next("receipt"), 6)}`;
    return this.keepWith(at, (next) => ({ kind, act: "submit", body: bodyOf(numbered(next)) }),
                         forget, photos);
  }

  /**
   * Save an act that takes a number. Its ids stay when another tab took the number meanwhile.
   * @param {Known} at @param {(next: Next) => Act} actOf @param {string[]} [forget]
   * @param {Pictures} [photos]
   * @returns {Promise<Saved>}
   */
  async keepWith(at, actOf, forget, photos) {
    /** @type {string[]} */
    const ids = [];
    /** @type {Made[]} */
    let rows = [];
    await this.local.save(async (next) => {
      const made = await this._make(at, [actOf(next)], ids);
      rows = made.rows;
      return { ...made, ...(forget && { forget }), ...(photos && { photos }) };
    });
    return shown(at, /** @type {Made} */ (rows[0]));
  }

  /**
   * The changes of acts and the rows they make.
   *
   * A change depends on what is still unanswered of its own row, of its visit, and on its store if
   * that is new, so that the server decides them in order.
   * @param {Known} at @param {readonly Act[]} acts @param {string[]} [ids] of changes made before
   */
  async _make(at, acts, ids = []) {
    const rep = at.enrolment.rep.code;
    /** @type {Change[]} */
    const changes = [];
    /** @type {Made[]} */
    const rows = [];
    for (const [n, { kind, act, body, row }] of acts.entries()) {
      refuseUnreadable(kind, act, body);
      const store = body.store ?? body.id;
      const change = {
        id: (ids[n] ??= this.newId()),
        kind,
        act,
        v: NEWEST,
        depends_on: [...new Set([
          ...unanswered(at, body.id, changes), ...unanswered(at, body.visit, changes),
          ...unanswered(at, store, changes, "create"),
        ])],
        captured: reading(this.local.clock),
        seen: await this._seen(at, store),
        body,
      };
      changes.push(change);
      const made = row === undefined ? rowOf(change, rep) : { id: body.id, ...row };
      rows.push({ kind, row: made, change: change.id });
    }
    return { changes, rows };
  }

  /** What the rep knew: how old the copies were, and which versions.
   * @param {Known} at @param {string} storeId */
  async _seen(at, storeId) {
    const isHere = at.found?.id === storeId;
    const [store, receivable] = isHere ? [at.found, at.owed] : await Promise.all([
      this.local.row("store", storeId, storeId), this.local.row("receivable", storeId, storeId)]);
    const server_time = at.marks.server_time ?? null;
    return {
      cursor: at.marks.cursor ?? null,
      versions: store ? { [`store/${storeId}`]: store.version } : {},
      stock_as_of: at.asOf("stock"),
      credit_as_of: receivable?.as_of || at.asOf("receivable"),
      price_as_of: server_time,
      promotion_as_of: server_time,
    };
  }
}

/** A row just made, as the screens show it: over what was there. @param {Known} at
 * @param {Made} made @returns {Saved} */
function shown(at, { kind, row, change = "" }) {
  const there = kind === "store" && at.found?.id === row.id ? at.found
    : at.read.get(kind)?.find((one) => one.id === row.id);
  const empty = Object.fromEntries((ROWS[kind] ?? []).map((name) => [name, null]));
  const below = there ?? { ...empty, version: 0 };
  const told = { unsent: true, outcome: null, change };
  return /** @type {any} */ ({ ...below, ...row, ...told });
}

/**
 * The newest change of a row that has no verdict yet; made now, or before.
 * @param {Known} at @param {string | null | undefined} rowId @param {Change[]} made
 * @param {string} [act] only this act
 * @returns {string[]}
 */
function unanswered(at, rowId, made, act) {
  if (rowId === null || rowId === undefined) return [];
  const now = made.filter((one) => one.body.id === rowId && (!act || one.act === act)).at(-1);
  const found = now ??
    at.waiting.find((one) => one.row_id === rowId && (!act || one.act === act));
  return found === undefined ? [] : [found.id];
}

/** A number as it is printed. @param {number} number @param {number} digits */
export function padded(number, digits) {
  return String(number).padStart(digits, "0");
}
