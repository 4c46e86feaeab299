// @ts-check
// The talk that fetches segments: prepared rows that a page only names, as bytes.
//
// They come in pieces, each kept as it came, also the last one before the line was cut: the next
// try asks for what is missing. Whole, they are held against their checksum, and what does not fit
// it is thrown away and fetched again: it never becomes rows.

import { ending, judge } from "./answers.js";

/** @typedef {import("./answers.js").Call} Call */
/** @typedef {import("./answers.js").Ending} Ending */

/** Asked for at once: so much is lost at most when the handheld dies while a piece is coming. */
const PIECE_BYTES = 256 * 1024;
/** So often a segment is fetched that turns out wrong; then a later sync tries again. */
const MOST_WRONG = 2;

/** A segment that staged pages name and that is not whole yet; `have`: bytes kept so far.
 * @typedef {{id: string, scope: string, bytes: number, sha256: string, have: number}} Lacking */

/**
 * Where pieces are kept; stored/shelf.js. Each call is kept when it returns.
 * @typedef {object} Shelf
 * @property {() => Promise<Lacking[]>} lacking
 * @property {(segment: string, first: number, data: Uint8Array) => Promise<number>} keepPiece
 * @property {(segment: Lacking) => Promise<boolean>} isSound
 */

/**
 * Fetch what staged pages name; null when all of it is here, whole and sound.
 * @param {Shelf} shelf @param {string} secret
 * @returns {import("./answers.js").Talk<Ending | null>}
 */
export async function* fetchSegments(shelf, secret) {
  for (const one of await shelf.lacking()) {
    let wrong = 0;
    let have = one.have;
    for (;;) {
      if (have >= one.bytes) {
        if (await shelf.isSound(one)) break;
        wrong += 1;
        have = 0;
        if (wrong === MOST_WRONG)
          return ending("cut", `what came of ${one.scope} is not what was sent`);
      }
      const reply = yield call(one, have, secret);
      const trouble = judge(reply);
      if (trouble !== null) return trouble;
      if (reply === null || (reply.first ?? 0) > have || !reply.body.length) {
        return ending("cut", `nothing more of ${one.scope} came`);
      }
      have = await shelf.keepPiece(one.id, reply.first ?? 0, asBytes(reply.body));
      if (reply.is_cut) return ending("cut");
    }
  }
  return null;
}

/** @param {Lacking} one @param {number} have @param {string} secret @returns {Call} */
function call(one, have, secret) {
  const stop = one.bytes - have > PIECE_BYTES ? have + PIECE_BYTES : null;
  const path = `/sync/v1/segments/${one.id}`;
  return { method: "GET", path, body: "", secret, first: have, stop, tag: one.sha256 };
}

/** @param {string | Uint8Array} body @returns {Uint8Array} */
function asBytes(body) {
  return typeof body === "string" ? new TextEncoder().encode(body) : body;
}
