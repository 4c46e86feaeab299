// @ts-check
// Rows turned on their side: one array a column in place of one array a row, which packs a quarter
// smaller. Arrays inside rows (an order's lines) are turned too, all rows' lines together, with how
// many each row has; a count of null is a value of null.

/** What does not fit each other is no answer. @param {boolean} holds @param {any} value */
function fits(holds, value) {
  if (!holds) throw new RangeError("arrays that do not fit each other");
  return value;
}

/**
 * Rows that came turned on their side, upright again.
 * @param {string[]} columns @param {any[]} turned @returns {any[][]}
 */
export function straighten(columns, turned) {
  fits(columns.length === turned.length, null);
  const sides = turned.map((side) => (Array.isArray(side) ? side : straightParts(side ?? {})));
  return upright(sides);
}

/** @param {any[][]} sides one array a column @returns {any[][]} */
function upright(sides) {
  const length = sides[0]?.length ?? 0;
  fits(
    sides.every((side) => Array.isArray(side) && side.length === length),
    null,
  );
  /** @type {any[][]} */
  const found = new Array(length);
  for (let at = 0; at < length; at++) {
    const row = new Array(sides.length);
    for (let n = 0; n < sides.length; n++) row[n] = /** @type {any[]} */ (sides[n])[at];
    found[at] = row;
  }
  return found;
}

/** @param {any} side @returns {any[]} */
function straightParts({ counts, turned }) {
  const flat = upright(fits(Array.isArray(turned), turned));
  let at = 0;
  const found = fits(Array.isArray(counts), counts).map((/** @type {any} */ count) => {
    if (count === null) return null;
    at += fits(Number.isSafeInteger(count) && count >= 0, count);
    return flat.slice(at - count, at);
  });
  fits(at === flat.length, null);
  return found;
}
