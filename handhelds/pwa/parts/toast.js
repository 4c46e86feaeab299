// A word after an act, with its undo, that goes by itself: say("saved", {undo}).

import { html, signal } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Mark } from "./mark.js";

const SHOWN_MS = 6000;
const now = signal(/** @type {{text: string, undo?: () => unknown, tone?: string} | null} */ (null));
let ends = 0;

/**
 * Say what was done. undo: takes it back. tone "stop": it could not be done.
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

/** Where toasts are shown; stands once in the app. */
export function Toasts() {
  const told = now.value;
  return html`<div class="toasts" role="status" aria-live="polite">${told && html`<div class="toast">
    <${Mark} name=${told.tone === "stop" ? "hand" : "check"} size=${20} /><span>${told.text}</span>
    ${told.undo && html`<button type="button" class="button" onClick=${() => {
      const undo = told.undo;
      hush();
      undo?.();
    }}>${t("undo")}</button>`}</div>`}</div>`;
}
