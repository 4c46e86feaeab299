// Who may look: a handheld that is nobody's must be enrolled, a locked one asks for its PIN, one
// that was taken out of use offers what it still holds.

import { signal } from "./vendor/shell.js";
import { isLocked } from "./pin.js";

/** @typedef {"enrol" | "first" | "pin" | "revoked" | "lease" | null} Gate */

/** What stands before the screens; null: nothing. */
export const gate = signal(/** @type {Gate} */ (null));

/** A code of the office that the address carried (#enrol=K7QX-2M4P). */
export const codeGiven = signal("");

/** @param {import("./local.js").Local} local */
export async function lookAtGate(local) {
  const [enrolment, wiped, welcomed] = await Promise.all([
    local.fact("enrolment"), local.fact("wiped"), local.fact("welcomed"),
  ]);
  if (wiped) gate.value = "revoked";
  else if (!enrolment) gate.value = "enrol";
  else if (await isLocked(local)) gate.value = "pin";
  else if ((await daysAway(local)) !== null) gate.value = "lease";
  else gate.value = welcomed ? null : "first";
}

const LEASE_DAYS = 90;
const DAY_MS = 86_400_000;

/** The offline lease: for how many days this handheld has not synced, if that is longer than the
 * company lets it; else null. By the server's clock; nothing but the screens is locked.
 * @param {import("./local.js").Local} local */
export async function daysAway(local) {
  const [directives, pulled, now_ms] = await Promise.all([
    local.copy.mark("directives"), local.copy.mark("server_time"), local.now(),
  ]);
  const told = (directives ?? []).findLast((/** @type {any} */ one) => one.kind === "lease")?.days;
  const days = Number.isInteger(told) && told >= 0 ? told : LEASE_DAYS;
  if (days === 0 || !pulled) return null;
  const away_ms = now_ms - new Date(pulled).getTime();
  return away_ms > days * DAY_MS ? Math.floor(away_ms / DAY_MS) : null;
}

/** The code in an address of the office's picture, or what was typed; "" when there is none.
 * @param {string} text */
export function codeIn(text) {
  const found = /#enrol=([0-9A-Za-z-]{8,9})$/.exec(text.trim());
  const bare = found ? found[1] : text.trim().replace(/[\s-]/g, "");
  const letters = bare.replace("-", "").toUpperCase();
  return /^[0-9A-Z]{8}$/.test(letters) ? `${letters.slice(0, 4)}-${letters.slice(4)}` : "";
}

/** Take the code out of the address, so that it stays in no history. */
export function enterByCode() {
  const take = () => {
    const code = codeIn(location.href);
    if (!code || !location.hash.startsWith("#enrol=")) return;
    codeGiven.value = code;
    history.replaceState(history.state, "", "#/day");
    dispatchEvent(new HashChangeEvent("hashchange"));
  };
  addEventListener("hashchange", take);
  take();
}
