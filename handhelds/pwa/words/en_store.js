// The sentences of the screens of a store, in English; the same keys stand in zh_store.js.

/** @type {Record<string, import("../speech.js").Sentence>} */
export const words = {};
