// @ts-check
// Pages applied to the copy in memory, text by text, before any of it is written.
//
// The copy is one sealed text for each kind and scope. A page touches few of them; those are read,
// changed here, and written back together in one transaction when the whole pull is there. Only one
// tab syncs at a time (link.js), so nobody else writes them meanwhile.

import { NEWEST, ROWS } from "./columns.js";
import { Homes } from "./homes.js";
import { columnsAt, partOf } from "./reads.js";
import { opened, seal } from "./seal.js";

/** @typedef {import("../answers.js").Rows} Rows */
/** @typedef {import("./idb.js").Database} Database */

/** The rows of a kind in a scope. `rows`: id -> values in the columns of today, once looked at.
 * @typedef {{kind: string, scope: string, text: string | null, rows: Map<string, any[]> | null, changed: boolean}} Held */

/**
 * The rows of a text, by id, in the columns of today.
 * @param {string} kind
 * @param {string | null} text
 * @returns {Map<string, any[]>}
 */
export function rowsIn(kind, text) {
  if (text === null) return new Map();
  const part = partOf(text);
  if (part.v === NEWEST) return new Map(part.rows.map((row) => [row[0], row]));
  const columns = columnsAt(kind, part.v);
  const places = (ROWS[kind] ?? []).map((name) => columns.indexOf(name));
  return new Map(part.rows.map((row) => [row[0], places.map((at) => (at < 0 ? null : row[at]))]));
}

export class Overlay {
  /**
   * @param {Database} db @param {boolean} isWhole begins from nothing, as before a whole copy
   * @param {Homes} [homes] where rows are, if that is known already
   */
  constructor(db, isWhole, homes = new Homes(db, isWhole)) {
    this.db = db;
    this.isWhole = isWhole;
    this.homes = homes;
    /** @type {Map<string, Held>} */
    this.held = new Map();
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
    if (!this.homes.canMove(kind)) return;
    for (const [scope, rows] of byScope) {
      const there = this._open(await this.part(kind, scope));
      const coming = rows.filter(([id]) => !there.has(id));
      if (!coming.length) continue;
      const homes = await this.homes.of(kind);
      for (const [id] of coming) {
        const home = homes.get(id);
        if (home !== undefined && home !== scope) this._take(await this.part(kind, home), [id]);
        homes.set(id, scope);
      }
    }
  }

  /** Take rows away, wherever they are. @param {string} kind @param {string[]} ids */
  async take(kind, ids) {
    if (this.homes.canMove(kind)) {
      const homes = await this.homes.of(kind);
      for (const id of ids) {
        const home = homes.get(id);
        if (home !== undefined) this._take(await this.part(kind, home), [id]);
        homes.delete(id);
      }
    } else {
      for (const held of await this._all(kind)) this._take(held, ids);
    }
  }

  /** @param {Held} held @param {string[]} ids */
  _take(held, ids) {
    const rows = this._open(held);
    for (const id of ids) if (rows.delete(id)) held.changed = true;
  }

  /** Every part of a kind: few, of those whose rows stay where they are. @param {string} kind */
  async _all(kind) {
    const range = IDBKeyRange.bound([kind], [kind, []]);
    const keys = this.isWhole ? [] : await this.db.getAllKeys("pulled", range);
    for (const key of keys) await this.part(kind, /** @type {any} */ (key)[1]);
    return [...this.held.values()].filter((held) => held.kind === kind);
  }

  /** Let go of all rows of a scope. @param {string} scope */
  async drop(scope) {
    for (const kind of Object.keys(ROWS)) {
      const held = await this.part(kind, scope);
      const homes = this.homes.known.get(kind);
      for (const id of this._open(held).keys()) homes?.delete(id);
      Object.assign(held, { text: null, rows: null, changed: true });
    }
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

  /** In how many scopes there are rows of a kind. @param {string} kind */
  count(kind) {
    this.settle();
    return [...this.held.values()].filter((held) => held.kind === kind && held.text).length;
  }

  /**
   * What changed since this was asked last, or all that is here: where it is kept and the sealed
   * text, or null where no row is left.
   * @param {boolean} isAll
   * @returns {Promise<import("./pulled.js").Doc[]>}
   */
  async sealed(isAll) {
    this.settle();
    const wanted = [...this.held.values()].filter((held) => isAll || held.changed);
    for (const held of wanted) held.changed = false;
    return Promise.all(
      wanted.map(async ({ kind, scope, text }) => {
        const kept = text === null ? null : await seal(text);
        return /** @type {import("./pulled.js").Doc} */ ([[kind, scope], kept]);
      }),
    );
  }
}

/** @param {Map<string, any[]>} rows */
function written(rows) {
  return rows.size ? JSON.stringify({ v: NEWEST, rows: [...rows.values()] }) : null;
}
