// @ts-check
// In which scope a row lies. The copy is kept by kind and scope, and a row that comes into a scope
// must leave the one it was in (stores are merged, stops are handed over); so somebody must know.
//
// Read from the copy once and kept in memory from then on: some ten thousand ids, two megabytes.

import { OF_STORES } from "./columns.js";
import { opened } from "./seal.js";

/** @typedef {import("./idb.js").Database} Database */

/** Kinds whose rows may come into another scope: those of stores and reps do. */
const MOVING = new Set([...OF_STORES, "plan_stop", "conflict"]);

/** A row begins with its id and its scope. */
const ROW_BEGINS = /\["((?:[^"\\]|\\.)*)","/y;

export class Homes {
  /** @param {Database} db @param {boolean} isEmpty of a copy that begins from nothing */
  constructor(db, isEmpty) {
    this.db = db;
    this.isEmpty = isEmpty;
    /** @type {Map<string, Map<string, string>>} */
    this.known = new Map();
  }

  /** Whether rows of a kind may move at all. @param {string} kind */
  canMove(kind) {
    return MOVING.has(kind);
  }

  /** id -> scope of a kind's rows; to be kept true by who moves them. @param {string} kind */
  async of(kind) {
    const known = this.known.get(kind);
    if (known !== undefined) return known;
    /** @type {Map<string, string>} */
    const found = new Map();
    if (!this.isEmpty) await this._read(kind, found);
    this.known.set(kind, found);
    return found;
  }

  /** @param {string} kind @param {Map<string, string>} found */
  async _read(kind, found) {
    const range = IDBKeyRange.bound([kind], [kind, []]);
    const tx = this.db.transaction("pulled");
    const [keys, texts] = await Promise.all([tx.store.getAllKeys(range), tx.store.getAll(range)]);
    for (const [place, key] of keys.entries()) {
      const [, scope] = /** @type {[string, string]} */ (key);
      for (const id of idsIn(await opened(texts[place]), scope)) found.set(id, scope);
    }
  }
}

/**
 * The ids of a text's rows, found without reading all of it.
 * @param {string} text @param {string} scope @returns {string[]}
 */
export function idsIn(text, scope) {
  const second = `",${JSON.stringify(scope)},`;
  const ids = [];
  for (let at = text.indexOf(second); at >= 0; at = text.indexOf(second, at + 1)) {
    ROW_BEGINS.lastIndex = text.lastIndexOf('["', at);
    const id = ROW_BEGINS.exec(text)?.[1];
    if (id !== undefined && ROW_BEGINS.lastIndex === at + 3) ids.push(JSON.parse(`"${id}"`));
  }
  return ids;
}
