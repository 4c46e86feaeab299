// @ts-check
// Pages applied to the copy in memory, text by text, before any of it is written.
//
// The copy is one sealed text for each kind and scope. A page touches few of them; those are read,
// changed here, and written back together in one transaction when the whole pull is there. Only one
// tab syncs at a time (link.js), so nobody else writes them meanwhile.

import { NEWEST, OF_STORES, ROWS } from "./columns.js";
import { columnsAt } from "./reads.js";
import { opened, seal } from "./seal.js";

/** @typedef {import("../answers.js").Rows} Rows */
/** @typedef {import("./idb.js").Database} Database */
/** @typedef {import("./reads.js").Part} Part */

/** The rows of a kind in a scope. `rows`: id -> values in the columns of today, once looked at.
 * @typedef {{kind: string, scope: string, text: string | null, rows: Map<string, any[]> | null, changed: boolean}} Held */

/** More ids than this are looked for by reading texts, fewer by searching in them. */
const FEW = 32;

/**
 * The rows of a text, by id, in the columns of today. A text that a failing disk has made
 * unreadable holds none: the next comparison with the server brings them again.
 * @param {string} kind @param {string | null} text @returns {Map<string, any[]>}
 */
export function rowsIn(kind, text) {
  if (text === null) return new Map();
  /** @type {Part} */
  let part;
  try {
    part = JSON.parse(text);
  } catch {
    return new Map();
  }
  if (part.v === NEWEST) return new Map(part.rows.map((row) => [row[0], row]));
  const columns = columnsAt(kind, part.v);
  const places = (ROWS[kind] ?? []).map((name) => columns.indexOf(name));
  return new Map(part.rows.map((row) => [row[0], places.map((at) => (at < 0 ? null : row[at]))]));
}

export class Overlay {
  /** @param {Database} db @param {boolean} isWhole begins from nothing, as before a whole copy */
  constructor(db, isWhole) {
    this.db = db;
    this.isWhole = isWhole;
    /** @type {Map<string, Held>} */
    this.held = new Map();
    /**
     * Where each row is, of a copy that begins from nothing.
     * @type {Map<string, Map<string, string>>}
     */
    this.homes = new Map();
  }

  /** @param {string} kind @param {string} scope @returns {Promise<Held>} */
  async part(kind, scope) {
    const name = `${kind} ${scope}`;
    let found = this.held.get(name);
    if (found === undefined) {
      const sealed = this.isWhole ? undefined : await this.db.get("pulled", [kind, scope]);
      const text = sealed === undefined ? null : await opened(sealed);
      found = { kind, scope, text, rows: null, changed: false };
      this.held.set(name, found);
    }
    return found;
  }

  /** @param {Held} held @returns {Map<string, any[]>} */
  _open(held) {
    held.rows ??= rowsIn(held.kind, held.text);
    return held.rows;
  }

  /** Replace whole rows; columns we do not know are passed over, missing ones are empty.
   * @param {string} kind @param {Rows} part @returns {Promise<number>} */
  async put(kind, { columns, data }) {
    const names = ROWS[kind] ?? [];
    const places = names.map((name) => columns.indexOf(name));
    const isSame = columns.length === names.length && places.every((at, place) => at === place);
    /** @type {Map<string, any[][]>} */
    const byScope = new Map();
    for (const values of data) {
      const row = isSame ? values : places.map((at) => (at < 0 ? null : (values[at] ?? null)));
      const list = byScope.get(row[1]);
      if (list === undefined) byScope.set(row[1], [row]);
      else list.push(row);
    }
    await this._leaveHomes(kind, byScope);
    for (const [scope, rows] of byScope) {
      const held = await this.part(kind, scope);
      const there = this._open(held);
      for (const row of rows) there.set(row[0], row);
      held.changed = true;
    }
    return data.length;
  }

  /**
   * Rows that come into a scope leave the one they were in.
   * @param {string} kind
   * @param {Map<string, any[][]>} byScope
   */
  async _leaveHomes(kind, byScope) {
    /** @type {Map<string, string>} */
    const coming = new Map();
    for (const [scope, rows] of byScope) {
      const there = this._open(await this.part(kind, scope));
      for (const [id] of rows) if (!there.has(id)) coming.set(id, scope);
    }
    if (this.isWhole) await this._leaveKnown(kind, coming);
    else if (coming.size && canMove(kind)) await this.take(kind, [...coming.keys()]);
  }

  /** @param {string} kind @param {Map<string, string>} coming */
  async _leaveKnown(kind, coming) {
    let homes = this.homes.get(kind);
    if (homes === undefined) this.homes.set(kind, (homes = new Map()));
    for (const [id, scope] of coming) {
      const home = homes.get(id);
      if (home !== undefined && home !== scope) this._take(await this.part(kind, home), [id]);
      homes.set(id, scope);
    }
  }

  /** Take rows away, wherever they are. @param {string} kind @param {string[]} ids */
  async take(kind, ids) {
    if (!this.isWhole) await this._loadAll(kind, ids);
    for (const held of [...this.held.values()]) {
      if (held.kind === kind) this._take(held, ids);
    }
  }

  /** @param {Held} held @param {string[]} ids */
  _take(held, ids) {
    const text = held.text;
    if (held.rows === null && text !== null && ids.length <= FEW) {
      if (!ids.some((id) => text.includes(JSON.stringify(id)))) return;
    }
    const rows = this._open(held);
    for (const id of ids) if (rows.delete(id)) held.changed = true;
  }

  /**
   * Every text of a kind in which one of these ids may be.
   * @param {string} kind
   * @param {string[]} ids
   */
  async _loadAll(kind, ids) {
    const range = IDBKeyRange.bound([kind], [kind, []]);
    const tx = this.db.transaction("pulled");
    const [keys, texts] = await Promise.all([tx.store.getAllKeys(range), tx.store.getAll(range)]);
    for (const [place, key] of keys.entries()) {
      const [, scope] = /** @type {[string, string]} */ (key);
      const name = `${kind} ${scope}`;
      if (this.held.has(name)) continue;
      const text = await opened(texts[place]);
      if (ids.length <= FEW && !ids.some((id) => text.includes(JSON.stringify(id)))) continue;
      this.held.set(name, { kind, scope, text, rows: null, changed: false });
    }
  }

  /** Let go of all rows of a scope. @param {string} scope */
  async drop(scope) {
    for (const kind of Object.keys(ROWS)) {
      const held = await this.part(kind, scope);
      for (const id of this._open(held).keys()) this.homes.get(kind)?.delete(id);
      Object.assign(held, { text: null, rows: null, changed: true });
    }
  }

  /** Put a text back as it was. @param {string} kind @param {string} scope @param {string} text */
  async keep(kind, scope, text) {
    Object.assign(await this.part(kind, scope), { text, rows: null, changed: true });
  }

  /** Whether any row of a kind is in a scope. @param {string} kind @param {string} scope */
  async has(kind, scope) {
    return this._open(await this.part(kind, scope)).size > 0;
  }

  /** Turn what was looked at into text again: it takes a fraction of the memory. */
  settle() {
    for (const held of this.held.values()) {
      if (held.rows === null) continue;
      if (held.changed) held.text = written(held.rows);
      held.rows = null;
    }
  }

  /**
   * What is to be written: [[kind, scope], sealed text, or null where no row is left].
   * @returns {Promise<[[string, string], string | null][]>}
   */
  async sealed() {
    this.settle();
    const changed = [...this.held.values()].filter((held) => held.changed);
    return Promise.all(
      changed.map(async ({ kind, scope, text }) => {
        const kept = text === null ? null : await seal(text);
        return /** @type {[[string, string], string | null]} */ ([[kind, scope], kept]);
      }),
    );
  }
}

/** @param {Map<string, any[]>} rows */
function written(rows) {
  return rows.size ? JSON.stringify({ v: NEWEST, rows: [...rows.values()] }) : null;
}

/**
 * Whether rows of a kind may come into another scope: those of stores and reps do.
 * @param {string} kind
 */
function canMove(kind) {
  return OF_STORES.has(kind) || kind === "plan_stop" || kind === "conflict";
}
