// What verbs refuse and warn of, in Simplified.

/** @type {Record<string, import("../speech.js").Sentence>} */
export const words = {};
// What verbs refuse and warn of, in Chinese.

/** @type {Record<string, import("../speech.js").Sentence>} */
export const words = {};
