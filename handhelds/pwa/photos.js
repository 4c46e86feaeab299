// @ts-check
// The talk that sends photos: a channel of their own beside the sync, so that none ever holds up an
// order. It begins when the outbox is empty, and stops before the next piece when something was
// captured. A photo goes in pieces, and on from where the server has it, whatever was cut.

import { PHOTO, ending, judge, read } from "./answers.js";

/** @typedef {import("./answers.js").Ending} Ending */
/** @typedef {import("./device.js").Identity} Identity */
/** @typedef {import("./stored/photos.js").Taken} Taken */
/**
 * @typedef {{id: string, state: "coming" | "whole" | "expired", received_bytes: number}}
 *   PhotoAnswer
 */

const PIECE_BYTES = 128 * 1024;
/** So often the server may tell us another place than we thought, or that it came damaged. */
const MOST_WRONG = 3;

/**
 * What a talk needs remembered; local.js.
 * @typedef {object} Keeper
 * @property {() => Promise<Identity | null>} identity
 * @property {() => Promise<{pending: number}>} queue
 * @property {{waiting: () => Promise<Taken[]>, sent: (id: string) => Promise<void>,
 *   piece: (id: string, from: number, to: number) => Promise<Uint8Array | null>}} photos
 */

/**
 * Send what waits, oldest first. A photo that the server refuses keeps no other from being sent.
 * @param {Keeper} keeper @returns {import("./answers.js").Talk}
 */
export async function* sendPhotos(keeper) {
  const identity = await keeper.identity();
  if (identity === null) return ending("enrol");
  /** @type {Ending | null} */
  let refused = null;
  for (const photo of await keeper.photos.waiting()) {
    const trouble = yield* sendOne(keeper, identity, photo);
    if (trouble?.state === "refused") refused = trouble;
    else if (trouble !== null) return trouble;
  }
  return refused ?? ending("done");
}

/**
 * @param {Keeper} keeper @param {Identity} identity @param {Taken} photo
 * @returns {import("./answers.js").Talk<Ending | null>}
 */
async function* sendOne(keeper, { device, install, secret }, photo) {
  const { id } = photo;
  const { state: _, is_signature: __, ...said } = photo; // these two are the handheld's own
  const path = "/sync/v1/photos";
  for (let wrong = 0; wrong < MOST_WRONG; wrong++) {
    const body = JSON.stringify({ device, install, ...said });
    let reply = yield { method: "POST", path, body, secret };
    for (;;) {
      const trouble = judge(reply);
      if (trouble?.state === "refused" && isOdd(reply)) break; // ask where to go on
      if (trouble !== null) return trouble;
      /** @type {PhotoAnswer | null} */
      const answer = read(reply, PHOTO);
      if (answer === null) return ending("cut", "the answer could not be read");
      if (answer.state !== "coming") {
        await keeper.photos.sent(id);
        return null;
      }
      if ((await keeper.queue()).pending) return ending("later", "work comes before photos");
      const from = answer.received_bytes;
      const data = await keeper.photos.piece(id, from, from + PIECE_BYTES);
      if (data === null) return null; // taken back meanwhile
      reply = yield { method: "PATCH", path: `${path}/${id}`, body: "", secret, data, first: from };
    }
  }
  return ending("later", "the photo did not come whole");
}

/**
 * Whether another byte was next, or what came was damaged.
 * @param {import("./answers.js").Reply | null} reply
 */
function isOdd(reply) {
  const code = /"code":\s*"photo_(offset|damaged|unknown)"/;
  return typeof reply?.body === "string" && code.test(reply.body);
}
