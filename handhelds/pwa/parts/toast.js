// A word after an act, with its undo, that goes by itself: say("saved", {undo}).

import { html, signal } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Mark } from "./mark.js";
import { saidOf } from "./said.js";

const SHOWN_MS = 6000;
const now = signal(/** @type {{text: string, undo?: () => unknown, tone?: string} | null} */ (null));
let ends = 0;

/**
 * Say what was done. undo: takes it back, and why it cannot is said. tone "stop": it could not be
 * done.
 * @param {string} text
 * @param {{undo?: () => unknown, tone?: "stop" | "done"}} [more]
 */
export function say(text, more = {}) {
  now.value = { text, ...more };
  clearTimeout(ends);
  ends = window.setTimeout(hush, SHOWN_MS);
}

export function hush() {
  clearTimeout(ends);
  now.value = null;
}

/** Take back what was done, and say so, or why not. @param {() => unknown} undo */
async function takeBack(undo) {
  hush();
  try {
    await undo();
    if (now.value === null) say(t("undone"));
  } catch (no) {
    say(saidOf(no), { tone: "stop" });
  }
}

/** Where toasts are shown; stands once in the app. */
export function Toasts() {
  const told = now.value;
  const undo = told?.undo;
  return html`<div class="toasts" role="status" aria-live="polite">${told && html`<div class="toast">
    <${Mark} name=${told.tone === "stop" ? "hand" : "check"} size=${20} /><span>${told.text}</span>
    ${undo && html`<button type="button" class="button" onClick=${() => takeBack(undo)}>${t("undo")}</button>`}
  </div>`}</div>`;
}
