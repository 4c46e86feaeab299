// @ts-check
// What the screens read: pulled rows with the rep's own live work laid over them.
//
// A captured row is laid over the copy while it is live: it has no verdict, or its verdict came
// after the last complete pull began ("covered"), or it was not taken and no copy of it will come.

import { NEWEST, OF_STORES, ROWS, nameAt, todayName } from "./columns.js";
import { opened, openedValue } from "./seal.js";
import { UNTAKEN } from "./work.js";

/** @typedef {import("./idb.js").Database} Database */
/** @typedef {import("./work.js").Kept} Kept */
/** @typedef {import("../local.js").Row} Row */

/** Rows of one kind in one scope, as they are kept: `v` the version whose columns they have.
 * @typedef {{v: number, rows: any[][]}} Part */

/** The columns of a version, by the names of today; null for one that today has not.
 * @param {string} kind @param {number} version @returns {string[]} */
export function columnsAt(kind, version) {
  return (ROWS[kind] ?? []).filter((name) => nameAt(kind, name, version) !== null);
}

/** @param {string} kind @param {Part} part @returns {Row[]} */
export function asRows(kind, part) {
  const columns = columnsAt(kind, part.v);
  const missing = (ROWS[kind] ?? []).filter((name) => !columns.includes(name));
  return part.rows.map((values) => {
    /** @type {any} */
    const row = {};
    for (let at = 0; at < columns.length; at++)
      row[/** @type {string} */ (columns[at])] = values[at];
    for (const name of missing) row[name] = null;
    row.unsent = false;
    row.outcome = null;
    return row;
  });
}

/**
 * A text of the copy. One that a failing disk has made unreadable holds nothing, and keeps no other
 * from being read: the next comparison with the server brings its rows again.
 * @param {string} text @returns {Part}
 */
export function partOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { v: NEWEST, rows: [] };
  }
}

/**
 * Which records of `pulled` may hold what is asked for.
 * @param {string} kind
 * @param {string} [scope]
 */
function range(kind, scope) {
  return scope === undefined
    ? IDBKeyRange.bound([kind], [kind, []])
    : IDBKeyRange.only([kind, scope]);
}

/**
 * Rows of the copy alone, text by text.
 * @param {string[]} texts sealed
 * @param {string} kind
 * @param {string} [holding] only texts with this in them
 * @returns {Promise<Row[]>}
 */
async function read(texts, kind, holding) {
  const parts = await Promise.all(
    texts.map(async (sealed) => {
      const text = await opened(sealed);
      if (holding !== undefined && !text.includes(holding)) return [];
      return asRows(kind, partOf(text));
    }),
  );
  return parts.flat();
}

export class Reads {
  /** @param {Database} db */
  constructor(db) {
    this.db = db;
  }

  /**
   * A kept value of the copy; null when there is none.
   * @param {string} name
   * @returns {Promise<any>}
   */
  async mark(name) {
    return openedValue(await this.db.get("mark", name));
  }

  /**
   * Rows of the copy alone.
   * @param {string} kind
   * @param {string} [scope]
   * @returns {Promise<Row[]>}
   */
  async pulled(kind, scope) {
    return read(await this.db.getAll("pulled", range(kind, scope)), kind);
  }

  /**
   * Rows of a kind (of one store), the rep's live work laid over them.
   * @param {string} kind @param {string} [storeId] @returns {Promise<Row[]>}
   */
  async rows(kind, storeId) {
    const scope = storeId !== undefined && OF_STORES.has(kind) ? `st:${storeId}` : undefined;
    const { texts, live, covered } = await this._found(kind, scope);
    const whole = ROWS[kind]?.includes("store") ? "store" : "id";
    const wanted = (/** @type {any} */ row) => storeId === undefined || row[whole] === storeId;
    const pulled = (await read(texts, kind)).filter(wanted);
    return layOver(
      kind,
      pulled,
      live.filter((one) => storeId === undefined || one.store === storeId),
      covered,
    );
  }

  /**
   * Rows of a kind of several stores, read in one transaction: store -> rows.
   * @param {string} kind one that lies with stores @param {readonly string[]} stores
   * @returns {Promise<Map<string, Row[]>>}
   */
  async rowsByStore(kind, stores) {
    const tx = this.db.transaction(["pulled", "change", "mark"]);
    const [live, covered, ...texts] = await Promise.all([
      /** @type {Promise<Kept[]>} */ (tx.objectStore("change").index("live").getAll(kind)),
      tx.objectStore("mark").get("covered"),
      ...stores.map((id) => tx.objectStore("pulled").get([kind, `st:${id}`])),
    ]);
    const through = Number((await openedValue(covered)) ?? 0);
    /** @type {Map<string, Kept[]>} */
    const own = new Map(stores.map((id) => [id, []]));
    for (const one of live) own.get(one.store)?.push(one);
    const whole = ROWS[kind]?.includes("store") ? "store" : "id";
    return new Map(await Promise.all(stores.map(async (id, at) => {
      const pulled = await read(texts[at] === undefined ? [] : [texts[at]], kind);
      const wanted = pulled.filter((row) => row[whole] === id);
      const rows = await layOver(kind, wanted, own.get(id) ?? [], through);
      return /** @type {[string, Row[]]} */ ([id, rows]);
    })));
  }

  /**
   * One row by id, live work laid over it; null when there is none. Name its store where you know
   * it: of orders, cards, visits and collections every store's are looked through otherwise.
   * @param {string} kind
   * @param {string} id
   * @param {string} [storeId]
   * @returns {Promise<Row | null>}
   */
  async row(kind, id, storeId) {
    const own = kind === "store" || kind === "receivable" ? id : storeId;
    const scope = own !== undefined && OF_STORES.has(kind) ? `st:${own}` : undefined;
    const { texts, live, covered } = await this._found(kind, scope);
    const pulled = (await read(texts, kind, JSON.stringify(id))).filter((row) => row.id === id);
    const found = await layOver(kind, pulled, live, covered, id);
    return found.find((row) => row.id === id) ?? null;
  }

  /**
   * Everything that is looked at together, in one transaction.
   * @param {string} kind
   * @param {string} [scope]
   */
  async _found(kind, scope) {
    const tx = this.db.transaction(["pulled", "change", "mark"]);
    const [texts, live, covered] = await Promise.all([
      tx.objectStore("pulled").getAll(range(kind, scope)),
      /** @type {Promise<Kept[]>} */ (tx.objectStore("change").index("live").getAll(kind)),
      tx.objectStore("mark").get("covered"),
    ]);
    return { texts, live, covered: Number((await openedValue(covered)) ?? 0) };
  }
}

/**
 * Pulled rows, each with the rep's live changes laid over it in order of capture; work that was not
 * taken is shown only where no pulled row says otherwise.
 * @param {string} kind @param {Row[]} pulled @param {Kept[]} live @param {number} covered
 * @param {string} [id] only this row @returns {Promise<Row[]>}
 */
async function layOver(kind, pulled, live, covered, id) {
  const there = new Set(pulled.map((row) => row.id));
  /** @type {Map<string, Row>} */
  const found = new Map(pulled.map((row) => [row.id, row]));
  live.sort((one, other) => one.seq - other.seq);
  for (const one of live) {
    const above = one.outcome === null || (one.answer ?? 0) > covered;
    if (!above && !UNTAKEN.has(one.outcome ?? "")) continue;
    for (const made of await rowsOf(one)) {
      const { id: rowId } = made.row;
      if (made.kind !== kind || (id !== undefined && rowId !== id)) continue;
      if (!above && there.has(rowId)) continue;
      const below = found.get(rowId) ?? empty(kind);
      const today = Object.entries(made.row).map(([name, value]) => [todayName(kind, name), value]);
      const told = { unsent: one.outcome === null, outcome: one.outcome };
      found.set(rowId, { ...below, ...Object.fromEntries(today), ...told });
    }
  }
  return [...found.values()];
}

/** @param {Kept} one @returns {Promise<{kind: string, row: Row}[]>} */
async function rowsOf(one) {
  try {
    return await openedValue(one.rows);
  } catch {
    return []; // damaged on this disk; the outbox says so
  }
}

/** @param {string} kind @returns {Row} */
function empty(kind) {
  const row = Object.fromEntries((ROWS[kind] ?? []).map((name) => [name, null]));
  return /** @type {any} */ ({ ...row, version: 0 });
}
