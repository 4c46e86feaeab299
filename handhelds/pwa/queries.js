// @ts-check
// What verbs and the order pad look at: one reading of a store, and from then on nothing waits.
//
// Pulled rows with the rep's own unsent work laid over them come from local.js; what is looked up
// on every key (products, prices, promotions, stock) from the catalogue in memory. A `Known` is a
// reading of one moment: a verb reads, decides and saves; a screen reads again when rows changed.

import { parts } from "./stored/columns.js";
import { Refused } from "./refused.js";

/** @typedef {import("./local.js").Local} Local */
/** @typedef {{ id: string, kind: string, act: string, row_id: string }} Waiting a change */
/** @typedef {Record<string, any>} Row */

/**
 * What is held in memory of the whole company (shown/catalogue.js).
 * @typedef {object} Catalogue
 * @property {(kind: any) => Row[]} pulled
 * @property {(code: string) => Row | null} product
 * @property {(warehouse: string | null, product: string) => Row | null} stock
 * @property {(product: string) => Row[]} prices every version, with its `list`
 */

/** What a reading needs of this handheld's store; local.js has it.
 * @typedef {Pick<Local, "rows" | "row" | "fact" | "trail" | "unanswered" | "now"> & {
 *   copy: { mark(name: string): Promise<any> } } & Partial<Pick<Local, "changed" | "clock">>} Source */

/** Marks of the copy that a change tells of. */
const MARKS = /** @type {const} */ (["cursor", "as_of", "server_time", "greyed"]);

/** Kinds whose rows of all stores are looked at, not of one only. */
const OF_ALL = new Set(["plan_stop", "conflict"]);

/** One store (or none) as this handheld knows it at a moment. */
export class Known {
  /**
   * @param {object} read
   * @param {Row | null} read.store
   * @param {Row | null} read.owed its receivable
   * @param {Map<string, Row[]>} read.rows by kind
   * @param {Catalogue} read.catalogue
   * @param {Row} read.enrolment
   * @param {Record<string, any>} read.marks
   * @param {Waiting[]} read.waiting what has no verdict yet, newest first
   * @param {number} read.now_ms by the server's clock
   */
  constructor(read) {
    const { store, owed, rows, catalogue, enrolment, marks, waiting, now_ms } = read;
    this.all = read;
    this.found = store;
    this.owed = owed;
    this.read = rows;
    this.catalogue = catalogue;
    this.enrolment = enrolment;
    this.marks = marks;
    this.waiting = waiting;
    this.now_ms = now_ms;
    /** The moment in microseconds, as terms count. */
    this.now_us = Math.round(now_ms * 1000);
  }

  /** The store that was asked for. @returns {Row} */
  get store() {
    if (this.found === null) throw new Error("this reading is of no store");
    return this.found;
  }

  /** @returns {Row} */
  get company() {
    return this.enrolment.company;
  }

  /** Rows of a kind, of the store where the kind has one. @param {string} kind @returns {Row[]} */
  rows(kind) {
    const found = this.read.get(kind);
    if (found === undefined) throw new Error(`rows of ${kind} were not read`);
    return found;
  }

  /** A part of a row as objects.
   * @param {string} kind @param {string} name @param {Row | null} row */
  parts(kind, name, row) {
    return parts(kind, name, row?.[name]);
  }

  /** How old the server's own copy of stock or receivables was at the last pull.
   * @param {string} what @returns {string | null} */
  asOf(what) {
    return this.marks.as_of?.[what] ?? null;
  }
}

/**
 * The newest reading of a store, for who asks next: a screen and the verb that is begun on it ask
 * for much the same. It counts until anything changes. `turn`: how often that has happened.
 * @typedef {{ turn: number, known: Known | null, read_ms: number }} Held
 */

/** @type {WeakMap<object, Held>} */
const held = new WeakMap();
export const CHANGES = ["rows", "queue", "verdict", "fact", "sync"];

/** @param {Source} local @returns {Held | null} null where nobody tells of changes */
function heldOf(local) {
  if (!local.changed || !local.clock) return null;
  const there = held.get(local);
  if (there) return there;
  /** @type {Held} */
  const one = { turn: 0, known: null, read_ms: 0 };
  held.set(local, one);
  const sync = { bytes: 0, came: false };
  const forget = (/** @type {any} */ event) => {
    /** @type {{ state: string, bytes?: number } | undefined} */
    const told = event.what?.sync;
    if (told) {
      const bytes = told.bytes ?? sync.bytes;
      sync.came ||= bytes !== sync.bytes;
      sync.bytes = bytes;
      if (told.state !== "ended" || !sync.came) return; // on a dead network nothing came
      sync.came = false;
    }
    one.turn += 1;
    one.known = null;
  };
  for (const event of CHANGES) local.changed.addEventListener(event, forget, { capture: true });
  return one;
}

/** The reading of this store that is held, at this moment; null where it lacks a kind.
 * @param {Held | null} there @param {Source} local @param {Catalogue} catalogue
 * @param {string | null} named @param {readonly string[]} kinds */
function again(there, local, catalogue, named, kinds) {
  const known = there?.known;
  if (!there || !known || !local.clock || known.catalogue !== catalogue) return null;
  if (named === null || (known.found?.id !== named && known.found?.code !== named)) return null;
  if (kinds.some((kind) => !known.read.has(kind))) return null;
  const passed_ms = local.clock.monotonicMs() - there.read_ms;
  if (passed_ms < 0) return null;
  return new Known({ ...known.all, now_ms: known.now_ms + passed_ms });
}

/**
 * Read what is known of a store. Refused when this handheld does not carry it, or is not enrolled.
 * @param {Source} local
 * @param {Catalogue} catalogue
 * @param {string | null} named the store's id or code; null: no store is asked for
 * @param {readonly string[]} kinds whose rows are wanted, those of the store
 * @param {readonly string[]} [everywhere] kinds whose rows of all stores are wanted
 * @returns {Promise<Known>}
 */
export async function read(local, catalogue, named, kinds, everywhere = []) {
  const there = heldOf(local);
  const known = everywhere.length ? null : again(there, local, catalogue, named, kinds);
  if (known !== null) return known;
  const turn = there?.turn;
  const enrolment = await local.fact("enrolment");
  if (enrolment === null) throw new Refused("refused.not_enrolled");
  const store = named === null ? null : await storeCalled(local, catalogue, named);
  const own = store?.id;
  const [owed, now_ms, waiting, marks, ...rows] = await Promise.all([
    own === undefined ? null : local.row("receivable", own, own),
    local.now(),
    local.unanswered(),
    Promise.all(MARKS.map((name) => local.copy.mark(name))),
    ...kinds.map((kind) => local.rows(kind, OF_ALL.has(kind) ? undefined : own)),
    ...everywhere.map((kind) => local.rows(kind)),
  ]);
  const found = new Known({
    store,
    owed,
    rows: new Map([...kinds, ...everywhere].map((kind, at) =>
      [kind, /** @type {Row[]} */ (rows[at])])),
    catalogue,
    enrolment,
    marks: Object.fromEntries(MARKS.map((name, at) => [name, marks[at]])),
    waiting,
    now_ms,
  });
  // One of no store is asked for behind the screens, and must not push out the store that is shown.
  if (there && local.clock && there.turn === turn && own !== undefined && !everywhere.length) {
    Object.assign(there, { known: found, read_ms: local.clock.monotonicMs() });
  }
  return found;
}

/**
 * A store by its id or code, with `grey`: it was taken away, and unsent work holds it here.
 * @param {Source} local @param {Catalogue} catalogue @param {string} named @returns {Promise<Row>}
 */
async function storeCalled(local, catalogue, named) {
  const known = catalogue.pulled("store").find((row) => row.id === named || row.code === named);
  const row = (await local.row("store", known?.id ?? named)) ??
    (await local.rows("store")).find((one) => one.code === named) ?? null;
  if (row === null || row.code === null) {
    const isPartial = (await local.copy.mark("partial")) !== null;
    const key = isPartial ? "refused.no_store_yet" : "refused.no_store";
    throw new Refused(key, { store: named });
  }
  const greyed = (await local.copy.mark("greyed")) ?? [];
  return { ...row, grey: greyed.includes(row.scope) };
}
