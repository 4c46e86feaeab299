// @ts-check
/**
 * Which of two comes first, the same everywhere: texts by their code points, lists part by part.
 *
 * JavaScript compares texts by halves of UTF-16, which puts what lies beyond U+FFFF before some of
 * what lies below; servers and databases do not.
 */

/**
 * @param {string} one
 * @param {string} other
 * @returns {number} below 0, 0 or above 0
 */
export function byText(one, other) {
  if (one === other) return 0;
  const most = Math.min(one.length, other.length);
  for (let at = 0; at < most; at += 1) {
    const mine = one.charCodeAt(at);
    const theirs = other.charCodeAt(at);
    if (mine !== theirs) return turned(mine) - turned(theirs);
  }
  return one.length - other.length;
}

/**
 * A half of UTF-16 moved to where its code point stands: surrogates above all else.
 * @param {number} unit
 */
function turned(unit) {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/**
 * Numbers and texts side by side, the first that differ decide; kinds are the same place by place.
 * @param {readonly (number | string)[]} one
 * @param {readonly (number | string)[]} other
 * @returns {number}
 */
export function byParts(one, other) {
  for (let at = 0; at < one.length; at += 1) {
    const mine = one[at];
    const theirs = other[at];
    if (mine === theirs || mine === undefined || theirs === undefined) continue;
    if (typeof mine === "number" && typeof theirs === "number") return mine - theirs;
    return byText(String(mine), String(theirs));
  }
  return 0;
}
