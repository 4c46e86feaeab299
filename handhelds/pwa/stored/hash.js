// @ts-check
// The hashes of the protocol, and where they come from.

import { sha256 } from "../vendor/hash.js";

const encoder = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, one) => one.toString(16).padStart(2, "0"));

/** SHA-256 in hexadecimal digits. @param {string | Uint8Array} what @returns {string} */
export function sha256Hex(what) {
  let text = "";
  for (const one of sha256(typeof what === "string" ? encoder.encode(what) : what))
    text += HEX[one];
  return text;
}

/** What tells a damaged text from the one that was saved. @param {string} text @returns {string} */
export function hashOf(text) {
  return sha256Hex(text).slice(0, 32);
}

/** The first 64 bits of a text's BLAKE2b. @typedef {(text: string) => bigint} Blake64 */

/** @type {Promise<Blake64> | undefined} */
let made;

/** BLAKE2b, made when it is first needed. @returns {Promise<Blake64>} */
export function blake64() {
  made ??= make();
  return made;
}

/** @returns {Promise<Blake64>} */
async function make() {
  const { blake2b, createBLAKE2b } = await import("../vendor/blake.js");
  const compiled = await createBLAKE2b(64).catch(() => null); // forbidden here
  if (compiled === null) return (text) => asNumber(blake2b(encoder.encode(text), { dkLen: 8 }));
  return (text) => asNumber(compiled.init().update(encoder.encode(text)).digest("binary"));
}

/** @param {Uint8Array} bytes eight of them @returns {bigint} */
function asNumber(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0);
}
