// @ts-check
// The one place that names where idb comes from, and its types as they are used here.

export { openDB, unwrap } from "../vendor/shell.js";

/** @typedef {import("idb").IDBPDatabase<any>} Database */
/** @typedef {import("idb").IDBPTransaction<any, any, "versionchange">} Upgrade */
/** @typedef {import("idb").IDBPTransaction<any, any, IDBTransactionMode>} Transaction */
