// @ts-check
// The hashes of the protocol, and where they come from.

import { blake2b, sha256 } from "../vendor/hash.js";

const encoder = new TextEncoder();
const HEX = Array.from({ length: 256 }, (_, one) => one.toString(16).padStart(2, "0"));

/** @param {Uint8Array} bytes @returns {string} */
export function hex(bytes) {
  let text = "";
  for (const one of bytes) text += HEX[one];
  return text;
}

/** What tells a damaged text from the one that was saved. @param {string} text @returns {string} */
export function hashOf(text) {
  return hex(blake2b(encoder.encode(text), { dkLen: 16 }));
}

/**
 * The first bytes of BLAKE2b.
 * @param {string} text
 * @param {number} bytes how many
 * @returns {Uint8Array}
 */
export function blake(text, bytes) {
  return blake2b(encoder.encode(text), { dkLen: bytes });
}

/** SHA-256 in hexadecimal digits. @param {string | Uint8Array} what @returns {string} */
export function sha256Hex(what) {
  return hex(sha256(typeof what === "string" ? encoder.encode(what) : what));
}
