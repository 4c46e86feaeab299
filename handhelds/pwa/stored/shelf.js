// @ts-check
// Segments on the handheld: their pieces until a pull is swapped in. See fetching.js.

import { PREPARED, areWhole, readText } from "../answers.js";
import { sha256Hex } from "./hash.js";
import { store } from "./field.js";

/** @typedef {import("../answers.js").Rows} Rows */
/** @typedef {import("../answers.js").Segment} Segment */
/** @typedef {import("../fetching.js").Lacking} Lacking */
/** @typedef {import("./idb.js").Database} Database */
/** @typedef {import("./idb.js").Transaction} Transaction */

/** @param {string} segment every piece of it */
const piecesOf = (segment) => IDBKeyRange.bound([segment], [segment, []]);

/** The pieces of the segments that staged pages name. They are what many handhelds carry alike
 * (products, prices, stock), and are not sealed: they come compressed, and stay minutes. */
export class Shelved {
  /** @param {Database} db */
  constructor(db) {
    this.db = db;
  }

  /** Remember what a page names. @param {Transaction} tx @param {Segment[]} segments */
  async expect(tx, segments) {
    const into = store(tx, "segment");
    for (const { id, scope, bytes, sha256 } of segments) {
      if ((await into.index("id").getKey(id)) !== undefined) continue;
      await into.add({ id, scope, bytes, sha256, whole: false });
    }
  }

  /** What is named and not whole, with how much of it is here. @returns {Promise<Lacking[]>} */
  async lacking() {
    /** @type {any[]} */
    const named = await this.db.getAll("segment");
    return Promise.all(
      named
        .filter((one) => !one.whole)
        .map(async ({ id, scope, bytes, sha256 }) => ({
          ...{ id, scope, bytes, sha256 },
          have: (await this._body(id)).length,
        })),
    );
  }

  /**
   * Keep a piece; one from the beginning takes the place of all there was. Returns how many bytes
   * are here. A piece that begins inside another is cut to what is new.
   * @param {string} segment
   * @param {number} first
   * @param {Uint8Array} data
   * @returns {Promise<number>}
   */
  async keepPiece(segment, first, data) {
    const tx = this.db.transaction("piece", "readwrite");
    if (first === 0) await tx.store.delete(piecesOf(segment));
    /** @type {Uint8Array[]} */
    const there = await tx.store.getAll(piecesOf(segment));
    let have = there.reduce((sum, one) => sum + one.length, 0);
    if (first <= have && have < first + data.length) {
      await tx.store.put(data.slice(have - first), [segment, have]);
      have = first + data.length;
    }
    await tx.done;
    return have;
  }

  /**
   * Hold what came against its checksum, and look whether it can be read. Sound, it counts as whole
   * from now on; else all of it is thrown away.
   * @param {Lacking} segment @returns {Promise<boolean>}
   */
  async isSound({ id, sha256 }) {
    const body = await this._body(id);
    const sound = sha256Hex(body) === sha256 && (await unpacked(body)) !== null;
    const tx = this.db.transaction(["segment", "piece"], "readwrite");
    if (sound) {
      const named = await tx.objectStore("segment").index("id").get(id);
      await tx.objectStore("segment").put({ ...named, whole: true });
    } else {
      await tx.objectStore("piece").delete(piecesOf(id));
    }
    await tx.done;
    return sound;
  }

  /** @param {string} segment @returns {Promise<Uint8Array>} */
  async _body(segment) {
    /** @type {Uint8Array[]} */
    const pieces = await this.db.getAll("piece", piecesOf(segment));
    const body = new Uint8Array(pieces.reduce((sum, one) => sum + one.length, 0));
    let at = 0;
    for (const one of pieces) {
      body.set(one, at);
      at += one.length;
    }
    return body;
  }

  /**
   * The rows of a whole segment.
   * @param {string} segment
   * @returns {Promise<Record<string, Rows>>}
   */
  async rowsOf(segment) {
    const rows = await unpacked(await this._body(segment));
    if (rows === null) throw new Error(`segment ${segment} cannot be read`);
    return rows;
  }

  /**
   * How many bytes of the segments named are here, and how many there are.
   * @returns {Promise<{have: number, thereAre: number}>}
   */
  async received() {
    /** @type {any[]} */
    const named = await this.db.getAll("segment");
    /** @type {Uint8Array[]} */
    const pieces = await this.db.getAll("piece");
    return {
      have: pieces.reduce((sum, one) => sum + one.length, 0),
      thereAre: named.reduce((sum, one) => sum + one.bytes, 0),
    };
  }
}

/**
 * kind -> rows; null when it is not that.
 * @param {Uint8Array} body
 * @returns {Promise<Record<string, Rows> | null>}
 */
async function unpacked(body) {
  const { decompress } = await import("../vendor/zstd.js");
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(decompress(body));
  } catch {
    return null; // no zstd, or no text
  }
  const rows = readText(text, PREPARED);
  return rows !== null && areWhole(rows) ? rows : null;
}
