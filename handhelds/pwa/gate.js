// Who may look: a handheld that is nobody's must be enrolled, a locked one asks for its PIN, one
// that was taken out of use offers what it still holds.

import { signal } from "./vendor/shell.js";
import { isLocked } from "./pin.js";

/** @typedef {"enrol" | "first" | "pin" | "revoked" | null} Gate */

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
  else gate.value = welcomed ? null : "first";
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
