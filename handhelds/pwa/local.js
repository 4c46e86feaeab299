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
import { later } from "./later.js";
import { openStore } from "./stored/schema.js";
import { ROWS } from "./stored/columns.js";
import { Offered } from "./stored/offered.js";
import { Pulled } from "./stored/pulled.js";

export { NotSaved } from "./stored/field.js";
export { newId } from "./clock.js";
export { rowOf, linesOf } from "./stored/captured.js";
export { ROWS, PARTS, NEWEST, parts, todayName } from "./stored/columns.js";

/** @typedef {import("./answers.js").Page} Page */
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
 * forget: keys of drafts that are done with. photos: pictures that belong to it (stored/photos.js).
 * @typedef {{changes: Change[], rows?: Made[], forget?: string[],
 *   photos?: import("./stored/photos.js").Kept[]}} Work
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

/** A pull stops while less than this is free, so that the room fills up with orders, not news. */
const ROOM_FOR_ORDERS_BYTES = 20 * 1024 * 1024;

/** One handheld's store, open. */
export class Local extends Offered {
  /**
   * @param {import("./stored/idb.js").Database} db @param {string} name @param {Clock} clock
   * @param {string} app the program and its version, for the office's page of handhelds
   */
  constructor(db, name, clock, app) {
    super(db, name, clock);
    this.app = app;
    /** What is known of the copy: `await local.copy.mark("as_of")` ({stock, receivable}),
     * "server_time" and "pulled_at" of the last pull, "directives", "partial" while only the first
     * stores are here, "greyed" (scopes taken away). null when there is none. */
    this.copy = new Pulled(db, clock, () => this.unsentScopes());
    /**
     * The copy held against the server's; only a sync asks.
     * @type {import("./stored/checked.js").Checked}
     */
    this.checked = later(async () => {
      const { Checked } = await import("./stored/checked.js");
      return new Checked(this.copy, clock, this.app);
    }).there;
    this.shelf = this.copy.shelf;
    /**
     * Photos: `await local.photos.keep({ store, card, media_type }, blob)`, `list()`,
     * `picture(id)`.
     * @type {import("./stored/photos.js").Photos}
     */
    this.photos = later(async () => {
      const { Photos } = await import("./stored/photos.js");
      return new Photos(this);
    }).there;
    this.makeRoom = async () =>
      (await this.copy.makeRoom()) ||
      (await this.photos.giveUp()) ||
      (await this.copy.giveUpCards());
  }

  /**
   * Rows of a kind (of one store), the rep's live work laid over them.
   * @param {string} kind @param {string} [storeId] @returns {Promise<Row[]>}
   */
  rows(kind, storeId) {
    return this.copy.rows(kind, storeId);
  }

  /**
   * Rows of a kind of several stores, in one look: store -> rows.
   * @param {string} kind @param {readonly string[]} stores @returns {Promise<Map<string, Row[]>>}
   */
  rowsByStore(kind, stores) {
    return this.copy.rowsByStore(kind, stores);
  }

  /**
   * One row by id; null when there is none. Name its store where you know it: that is quicker.
   * @param {string} kind
   * @param {string} id
   * @param {string} [storeId]
   * @returns {Promise<Row | null>}
   */
  row(kind, id, storeId) {
    return this.copy.row(kind, id, storeId);
  }

  // --- what device.js asks to have remembered -------------------------------------------------

  async position() {
    return this.copy.position();
  }

  /** @param {Page} page @param {string} body */
  async stage(page, body) {
    await this._noteMark(page);
    await this.copy.stage(page, body, await this.counted("answer"));
    this.tell("staged");
  }

  /**
   * Take the staged pages and this last one in, all at once; how many rows came.
   * @param {Page} [page] none when the last one is staged too, because its segments were to come
   */
  async swapIn(page) {
    if (page !== undefined) await this._noteMark(page);
    const { rows, newest, covered, kinds } = await this.copy.swapIn(
      page ?? null,
      await this.counted("answer"),
    );
    if (newest !== null) {
      await this.keepFacts({ epoch: newest.epoch, ...this.timeOf(newest.server_time) });
    }
    await this.settle(covered);
    this.tell("rows", { kinds });
    return rows;
  }

  /**
   * A mark below the one we were told means: the server lost what it had of us.
   * @param {Page} page
   */
  async _noteMark({ acknowledged_through: mark }) {
    const told = Number((await this.fact("acknowledged_through")) ?? 0);
    if (mark !== null && mark < told) await this.noteLoss();
  }

  async isStagedWhole() {
    return this.copy.isStagedWhole();
  }

  async useWhatCame() {
    const taken = await this.copy.useWhatCame();
    if (taken) this.tell("rows", { kinds: Object.keys(ROWS) });
    return taken;
  }

  async forgetStaged() {
    await this.copy.forgetStaged();
  }

  async forgetCursor() {
    await this.copy.forgetCursor();
  }

  async forgetCopy() {
    await this.copy.wipe();
    this.tell("rows", { kinds: Object.keys(ROWS) });
  }

  /** @param {import("./answers.js").PushAnswer} answer */
  async keepVerdicts(answer) {
    const kept = await super.keepVerdicts(answer);
    await this.copy.dropGreyed();
    return kept;
  }

  /** Why the copy is to be compared with the server's now; null when it is not. */
  async verifyDue() {
    const kept = await this.fact("enrolment");
    if (kept === null) return null;
    return this.checked.due(await this.now(), kept.company.zone ?? "UTC", kept.install);
  }

  /** So much room the browser still gives, in bytes. @returns {Promise<number>} */
  async freeBytes() {
    const { quota = Infinity, usage = 0 } =
      (await globalThis.navigator?.storage?.estimate?.()) ?? {};
    return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, quota - usage));
  }

  async hasRoom() {
    return (await this.freeBytes()) > ROOM_FOR_ORDERS_BYTES;
  }

  /** @returns {Promise<import("./device.js").Health>} */
  async health() {
    const wiped = Boolean(await this.fact("wiped"));
    return { app: this.app, free_bytes: await this.freeBytes(), wiped };
  }

  /** Forget the company's data. Only what the server has not answered stays. */
  async wipe() {
    await this.copy.wipe();
    await this.forgetAnswered();
    await this.photos.forgetSent();
    this.tell("rows", { kinds: Object.keys(ROWS) });
    this.tell("queue");
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
 * @param {{clock?: Clock, app?: string}} [given] app: the program and its version
 * @returns {Promise<Local>}
 */
export async function open(name = "talaria", { clock = new MachineClock(), app = "pwa" } = {}) {
  /** @type {{local?: Local}} */
  const made = {};
  const db = await openStore(name, () => made.local?.tell("outdated"));
  made.local = new Local(db, name, clock, app);
  return made.local;
}
