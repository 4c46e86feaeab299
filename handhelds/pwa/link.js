// @ts-check
// The network, when there is one: plays the talks of device.js over HTTP.
//
// One tab of one handheld syncs at a time, whatever is open: a Web Lock, which the browser lets go
// when its tab dies. Tries that failed wait 1, 2, 4 ... 60 seconds, each shortened by chance so that
// two hundred handhelds behind one revived server do not knock together; a rep's own wish never
// waits. Nothing here is asked of the rep: a sync begins when the line comes back, when the app is
// looked at, after a save, and by the clock.

import { TRIED_AGAIN, ending } from "./answers.js";
import { MachineClock, newId } from "./clock.js";
import * as device from "./device.js";
import { NotSaved } from "./stored/field.js";

/** @typedef {import("./answers.js").Call} Call */
/** @typedef {import("./answers.js").Ending} Ending */
/** @typedef {import("./answers.js").Reply} Reply */
/** @typedef {import("./answers.js").Talk} Talk */
/** @typedef {import("./local.js").Local} Local */
/** @typedef {(call: Call) => Promise<Reply | null>} Send */

/** Below this, gzip saves nothing on a line. */
const PRESSED_BYTES = 700;
const LONGEST_WAIT_S = 60;
/** No answer has begun after so long: the line is dead. */
const FIRST_WORD_MS = 40_000;
/**
 * Nothing more has come for so long: on a 56 kbit/s line a page takes minutes, but never silence.
 */
const SILENCE_MS = 60_000;
/** Without anything to do, news is asked for so often. */
const EVERY_MS = 5 * 60_000;
/** Changes saved together go out together. */
const AFTER_SAVE_MS = 1_500;

/**
 * Carry a talk to its end.
 * @param {Talk} talk @param {Send} send @returns {Promise<Ending>}
 */
export async function play(talk, send) {
  try {
    let turn = await talk.next();
    while (!turn.done) turn = await talk.next(await send(turn.value));
    return turn.value;
  } catch (trouble) {
    // no room even for a verdict: the server will say it again
    if (trouble instanceof NotSaved) return ending("no_room", trouble.message);
    throw trouble;
  }
}
