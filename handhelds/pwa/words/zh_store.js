// The sentences of the screens of a store, in Simplified Chinese; the keys are those of en_store.js.

/** @type {Record<string, import("../speech.js").Sentence>} */
export const words = {};
