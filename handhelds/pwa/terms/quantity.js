// @ts-check
/*
 * This folder is trade arithmetic: what a rep, a shopkeeper and the office would each work out on
 * paper. It is sync/terms again, file by file and name by name, held to it by the cases in
 * sync/contract/terms. Exact and pure: numbers in, numbers out; it imports only its neighbours.
 * Of its own are day.js (days and moments) and compare.js (which comes first).
 */

/**
 * Case and each: turn what was typed into eaches and back, and round where it must be done.
 *
 * One rounding everywhere: half up, away from zero (2.5 -> 3, -2.5 -> -3). A unit's ratio is a pair
 * [num, den]: one of that unit is num/den each, so a case of 12 is [12, 1]. No binary fractions:
 * what could leave the whole numbers that are exact here is worked out with BigInt.
 */

/** @typedef {readonly [num: number, den: number]} Ratio */
/** @typedef {{ readonly num: bigint, readonly den: bigint }} Fraction `den` above 0 */

const DECIMAL = /^([+-]?)([0-9]+)(?:\.([0-9]+))?$/;
const TYPED = /^[0-9]{1,12}(?:\.[0-9]{1,6})?$/;

/**
 * A decimal as it is written, exactly. TypeError when it is none.
 * @param {string} text
 * @returns {Fraction}
 */
export function fraction(text) {
  const found = DECIMAL.exec(text);
  if (found === null) throw new TypeError(`${text} is no decimal`);
  const places = found[3] ?? "";
  const size = BigInt((found[2] ?? "") + places);
  return { num: found[1] === "-" ? -size : size, den: 10n ** BigInt(places.length) };
}

/**
 * A decimal as people write it: no zeros that say nothing ("1.290000" -> "1.29").
 * @param {string} text
 * @returns {string}
 */
export function plain(text) {
  const found = DECIMAL.exec(text);
  if (found === null) throw new TypeError(`${text} is no decimal`);
  const whole = (found[2] ?? "").replace(/^0+(?=[0-9])/, "");
  const places = (found[3] ?? "").replace(/0+$/, "");
  const minus = found[1] === "-" && /[1-9]/.test(whole + places) ? "-" : "";
  return minus + whole + (places && `.${places}`);
}

/**
 * Which of two decimals is larger: below 0, 0 or above 0.
 * @param {string} one
 * @param {string} other
 * @returns {number}
 */
export function byValue(one, other) {
  const mine = fraction(one);
  const theirs = fraction(other);
  const left = mine.num * theirs.den;
  const right = theirs.num * mine.den;
  return left < right ? -1 : Number(left > right);
}

/**
 * A whole number that JSON carries exactly. RangeError where it is too large for that.
 * @param {bigint} value
 * @returns {number}
 */
export function whole(value) {
  const found = Number(value);
  if (!Number.isSafeInteger(found)) throw new RangeError(`${value} is too large`);
  return found;
}

/**
 * a / b rounded down, for either sign. `den` above 0.
 * @param {bigint} num
 * @param {bigint} den
 * @returns {bigint}
 */
export function floorOf(num, den) {
  return num / den - (num % den < 0n ? 1n : 0n);
}

/**
 * The nearest whole number; a half goes away from zero.
 * @param {string} value a decimal
 * @returns {number}
 */
export function roundHalfUp(value) {
  const { num, den } = fraction(value);
  return whole(ratioHalfUp(num, den));
}

/**
 * num/den to the nearest whole number, a half away from zero. `den` above 0.
 * @param {bigint} num
 * @param {bigint} den
 * @returns {bigint}
 */
export function ratioHalfUp(num, den) {
  const nearest = (2n * (num < 0n ? -num : num) + den) / (2n * den);
  return num < 0n ? -nearest : nearest;
}

/**
 * value x num/den to the nearest whole number, a half away from zero. `den` above 0. Without
 * BigInt where nothing on the way can leave the whole numbers that are exact.
 * @param {number} value
 * @param {bigint} num
 * @param {bigint} den
 * @returns {number}
 */
export function timesRatio(value, num, den) {
  const top = value * Number(num);
  const bottom = Number(den);
  const twice = 2 * Math.abs(top) + bottom;
  if (twice > Number.MAX_SAFE_INTEGER) return whole(ratioHalfUp(BigInt(value) * num, den));
  const nearest = (twice - (twice % (2 * bottom))) / (2 * bottom);
  return top < 0 ? -nearest : nearest;
}

/**
 * Eaches in what was typed, or null when it is no number or not a whole number of eaches.
 * @param {string} typed
 * @param {Ratio} ratio
 * @returns {number | null}
 */
export function eachOf(typed, [num, den]) {
  if (!TYPED.test(typed)) return null;
  const { num: top, den: bottom } = fraction(typed);
  const over = bottom * BigInt(den);
  const each = top * BigInt(num);
  return each % over === 0n ? whole(each / over) : null;
}

/**
 * Whole units of this ratio and the eaches left over, as both are shown side by side.
 *
 * A unit that is no whole number of eaches cannot be shown so: [0, quantity].
 * @param {number} quantity
 * @param {Ratio} ratio
 * @returns {[number, number]}
 */
export function caseAndEach(quantity, [num, den]) {
  if (den !== 1 || num < 1 || quantity < 0) return [0, quantity];
  const rest = quantity % num;
  return [(quantity - rest) / num, rest];
}

/**
 * Whether a product with this minimum and multiple may be ordered in this quantity.
 * @param {number} quantity
 * @param {number} minimum
 * @param {number} multiple
 * @returns {boolean}
 */
export function isAllowed(quantity, minimum, multiple) {
  return quantity >= minimum && quantity % multiple === 0;
}

/**
 * The smallest allowed quantity that is not below `quantity`.
 * @param {number} quantity
 * @param {number} minimum
 * @param {number} multiple
 * @returns {number}
 */
export function raiseToAllowed(quantity, minimum, multiple) {
  const least = Math.max(quantity, minimum);
  const over = ((least % multiple) + multiple) % multiple;
  return over === 0 ? least : least + multiple - over;
}
