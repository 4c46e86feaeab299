// @ts-check
// Digests: how a server and a handheld find out that they hold the same rows without sending them.
//
// A row's hash is 64 bits of BLAKE2b over its kind and values, spelled in one way only
// (`canonical`). A digest of any set of rows is how many they are and the sum of their hashes,
// modulo 2^64: sums do not hang on an order, and those of parts add up to that of the whole. A set
// is cut into slices by the hexadecimal digits of the SHA-256 of "kind/id", sixteen at a time.

import { blake64, sha256Hex } from "./hash.js";

/**
 * How many rows there are, and the sum of their hashes.
 * @typedef {{rows: number, sum: bigint}} Digest
 */

/** Digits a slice is named by at most. */
export const DEEPEST = 8;
/** @type {Digest} */
export const NOTHING = Object.freeze({ rows: 0, sum: 0n });

/** @param {Digest} one @param {Digest} other @returns {Digest} */
export function plus(one, other) {
  return { rows: one.rows + other.rows, sum: BigInt.asUintN(64, one.sum + other.sum) };
}

/** @param {Digest} one @param {Digest} other */
export function isSame(one, other) {
  return one.rows === other.rows && one.sum === other.sum;
}

/** As it travels: the count, a colon, the sum in sixteen hexadecimal digits. @param {Digest} one */
export function spelled(one) {
  return `${one.rows}:${one.sum.toString(16).padStart(16, "0")}`;
}

/** A digest as it travels. @param {string} text @returns {Digest} */
export function readDigest(text) {
  const [rows, sum] = text.split(":");
  return { rows: Number(rows), sum: BigInt(`0x${sum}`) };
}

/**
 * A JSON value spelled in the one way that is hashed.
 *
 * No spaces. Keys of objects in the order of their code points. In texts only `"`, `\` and the
 * characters below U+0020 are escaped. A whole number has neither point nor exponent, however it
 * came; any other number has the fewest digits that read back as the same double, and never an
 * exponent. JSON.stringify does all of it but for keys and very large or small numbers.
 * @param {any} value @returns {string}
 */
export function canonical(value) {
  const text = JSON.stringify(value);
  return ODD.test(text) ? spelledOut(value) : text;
}

/** A text in which there may be a key, or a number with an exponent. */
const ODD = /\{"|\de[+-]/;

/** @param {any} value @returns {string} */
function spelledOut(value) {
  if (typeof value === "number") return plain(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(spelledOut).join(",")}]`;
  const keys = Object.keys(value).sort(byCodePoint);
  return `{${keys.map((key) => `${JSON.stringify(key)}:${spelledOut(value[key])}`).join(",")}}`;
}

/** A number without exponent. @param {number} value @returns {string} */
function plain(value) {
  const text = String(value);
  if (!text.includes("e")) return text === "-0" ? "0" : text;
  if (Number.isInteger(value)) return BigInt(value).toString();
  const [digits = "", exponent] = text.replace(/^-/, "").split("e-");
  const figures = digits.replace(".", "");
  const point = digits.indexOf(".") < 0 ? digits.length : digits.indexOf(".");
  return `${value < 0 ? "-" : ""}0.${"0".repeat(Number(exponent) - point)}${figures}`;
}

/**
 * Texts in the order of their code points (the browser's own goes by halves of pairs).
 * @param {string} one
 * @param {string} other
 */
function byCodePoint(one, other) {
  for (let at = 0; ; at++) {
    const [a, b] = [one.codePointAt(at), other.codePointAt(at)];
    if (a !== b || a === undefined || b === undefined) return (a ?? -1) - (b ?? -1);
    if (a > 0xffff) at++;
  }
}

/**
 * What hashes a row: its values in the columns and the order of its schema version.
 * @returns {Promise<(kind: string, values: any[]) => bigint>}
 */
export async function rowHasher() {
  const blake = await blake64();
  return (kind, values) => blake(canonical([kind, ...values]));
}

/**
 * The digits that name the slices a row lies in, outermost first.
 * @param {string} kind
 * @param {string} id
 */
export function keyDigits(kind, id) {
  return sha256Hex(`${kind}/${id}`).slice(0, DEEPEST);
}
