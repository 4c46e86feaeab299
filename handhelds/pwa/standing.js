// How the handheld stands, for the chips of every screen: what waits, what needs the rep, whether
// there is a network. Read again whenever the local store says that something changed.

import { signal } from "./vendor/shell.js";

/**
 * @typedef {{enrolled: boolean, pending: number, oldest: string | null, needs: number,
 *   online: boolean, syncing: boolean, must_enrol: boolean}} Standing
 * must_enrol: the server does not take this handheld as it is; its work stays.
 */

export const standing = signal(/** @type {Standing} */ ({
  enrolled: false, pending: 0, oldest: null, needs: 0, online: navigator.onLine, syncing: false,
  must_enrol: false,
}));

/** @param {Partial<Standing>} news */
export function tell(news) {
  standing.value = { ...standing.value, ...news };
}

addEventListener("online", () => tell({ online: true }));
addEventListener("offline", () => tell({ online: false }));
