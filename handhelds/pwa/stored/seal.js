// @ts-check
// The one seam where encryption at rest will go.
//
// Everything of the company's or the rep's that is written into IndexedDB passes `seal` on its way
// in and `opened` on its way out: pulled rows, staged pages, changes, the rows they make, verdicts,
// drafts, facts. What stays readable beside it is only what is searched on: ids, kinds, counters,
// dates of capture, outcomes.
//
// Both may take time (a browser's cipher does). A transaction of IndexedDB ends as soon as nothing
// is asked of it, so whoever writes seals first and then opens the transaction, and whoever reads
// opens what came after it has ended. Keep to that, and a cipher here changes nothing elsewhere.

/** What is stored in place of a text. @typedef {string} Sealed */

/** @param {string} text @returns {Promise<Sealed>} */
export async function seal(text) {
  return text;
}

/** @param {Sealed} sealed @returns {Promise<string>} */
export async function opened(sealed) {
  return sealed;
}

/** A value of JSON, sealed. @param {unknown} value @returns {Promise<Sealed>} */
export async function sealValue(value) {
  return seal(JSON.stringify(value ?? null));
}

/**
 * The value again; null where nothing was kept.
 * @param {Sealed | undefined | null} sealed
 * @returns {Promise<any>}
 */
export async function openedValue(sealed) {
  return sealed === undefined || sealed === null ? null : JSON.parse(await opened(sealed));
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
export async function sealBytes(bytes) {
  return bytes;
}

/** @param {Uint8Array} sealed @returns {Promise<Uint8Array>} */
export async function openedBytes(sealed) {
  return sealed;
}
