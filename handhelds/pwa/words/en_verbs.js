// What verbs refuse and warn of, in English.

/** @type {Record<string, import("../speech.js").Sentence>} */
export const words = {};
