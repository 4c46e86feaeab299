// @ts-check
// The handheld's own store: what is kept, and the one transaction that saves a row and its change.
//
//     const local = await open();
//     await local.save({ changes: [change] });           // on the disk when this returns
//     const orders = await local.rows("order", store);   // pulled rows, the rep's work over them
//     local.changed.addEventListener("rows", redraw);    // in every tab
//
// The rep's work commits with durability "strict"; the copy of the server's rows can be had again
// and is written faster. See stored/schema.js for what is kept, stored/work.js for changes,
// stored/reads.js for what the screens read, stored/pulled.js for how pulls are taken in,
// stored/seal.js for where encryption at rest will go.

import { MachineClock, moment } from "./clock.js";
import { openStore } from "./stored/schema.js";
import { Reads } from "./stored/reads.js";
import { Working } from "./stored/work.js";

export { NotSaved } from "./stored/field.js";
export { newId } from "./clock.js";
export { rowOf, linesOf } from "./stored/captured.js";
export { ROWS, PARTS, NEWEST, parts, todayName } from "./stored/columns.js";

/** @typedef {import("./clock.js").Clock} Clock */

/**
 * One thing a rep did, as it travels but without `n`. `v`: NEWEST. `captured`: reading(clock).
 * `seen`: how old the copy was: {stock_as_of?, credit_as_of?, price_as_of?}.
 * @typedef {object} Change
 * @property {string} id newId()
 * @property {string} kind
 * @property {string} act
 * @property {number} v
 * @property {string[]} depends_on
 * @property {import("./clock.js").Reading} captured
 * @property {Record<string, any>} seen
 * @property {Record<string, any>} body has the row's `id`, and its `store` where it is not the store itself
 */

/**
 * A row of a kind: the columns of ROWS, parts as arrays of arrays (see `parts`), and
 * `unsent`: it holds work that has no verdict yet; `outcome`: that of the newest change of it,
 * null while that is unsent or for rows of others.
 * @typedef {Record<string, any> & {id: string, unsent: boolean, outcome: string | null}} Row
 */

/**
 * A row as a change makes it: only what the change says, laid over the row that is there.
 * `change`: id of the change it belongs to; without, it belongs to the change at its own place.
 * @typedef {{kind: string, row: Record<string, any>, change?: string}} Made
 */

/**
 * What one act of the rep saves, all of it or nothing. rows: where left out, rowOf() makes them.
 * forget: keys of drafts that are done with.
 * @typedef {{changes: Change[], rows?: Made[], forget?: string[]}} Work
 */

/** Makes a work; `next(name)` is the next number of "order", "receipt" or "store".
 * @typedef {(next: (name: string) => number) => Work | Promise<Work>} Make */

/** @typedef {{changes: Change[]}} Saved */

/** The outbox in figures. `oldest`: instant of capture.
 * @typedef {{pending: number, oldest: string | null, acknowledged_through: number}} Queue */

/**
 * A change and what became of it. `state`: saved (never sent), waiting (sent, or the server waits
 * for something else), received, needs (held or rejected).
 * @typedef {object} Told
 * @property {string} id
 * @property {number | null} n
 * @property {string} kind
 * @property {string} act
 * @property {string} row_id
 * @property {string} store
 * @property {string} captured_at
 * @property {"saved" | "waiting" | "received" | "needs"} state
 * @property {string | null} outcome applied, adjusted, merged, held, waiting, rejected
 * @property {any} verdict as it came: {outcome, says, conflicts, refs, ...}
 * @property {string | null} answered_at
 * @property {string | null} read_at
 * @property {boolean} undoable it was never put into a batch: local.undo(id) takes it back
 * @property {boolean} damaged its bytes are not what was saved; it is not sent
 * @property {Change | null} change null if damaged
 */

/** One handheld's store, open. */
export class Local extends Working {
  /** @param {import("./stored/idb.js").Database} db @param {string} name @param {Clock} clock */
  constructor(db, name, clock) {
    super(db, name, clock);
    this.reads = new Reads(db);
    /** What is known of the copy: `await local.copy.mark("as_of")` ({stock, receivable}),
     * "server_time" and "pulled_at" of the last pull, "directives", "partial" while only the first
     * stores are here, "greyed" (scopes taken away). null when there is none. */
    this.copy = this.reads;
  }

  /**
   * Rows of a kind (of one store), the rep's live work laid over them.
   * @param {string} kind @param {string} [storeId] @returns {Promise<Row[]>}
   */
  rows(kind, storeId) {
    return this.reads.rows(kind, storeId);
  }

  /**
   * One row by id; null when there is none. Name its store where you know it: that is quicker.
   * @param {string} kind @param {string} id @param {string} [storeId] @returns {Promise<Row | null>}
   */
  row(kind, id, storeId) {
    return this.reads.row(kind, id, storeId);
  }

  /**
   * The time by the server's clock, in milliseconds since 1970, as well as it can be known here.
   *
   * Since the last talk: its time plus what the counter says has passed, whatever happened to the
   * wall clock. With another counter since: the wall clock plus the offset measured then, but never
   * earlier than that talk.
   * @returns {Promise<number>}
   */
  async now() {
    const kept = await this.fact("time");
    if (kept === null) return this.clock.now();
    const then = moment(kept.server);
    const passed = this.clock.monotonicMs() - kept.monotonic_ms;
    if (kept.boot === this.clock.boot() && passed >= 0) return then + passed;
    return Math.max(then, this.clock.now() + kept.offset_ms);
  }
}

/**
 * Open this browser's handheld.
 * @param {string} [name] of its database
 * @param {{clock?: Clock}} [given]
 * @returns {Promise<Local>}
 */
export async function open(name = "talaria", { clock = new MachineClock() } = {}) {
  /** @type {{local?: Local}} */
  const made = {};
  const db = await openStore(name, () => made.local?.tell("outdated"));
  made.local = new Local(db, name, clock);
  return made.local;
}
