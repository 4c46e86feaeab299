// The number pad: keys for a thumb instead of a keyboard that covers half the screen.

import { html } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Mark } from "./mark.js";

/**
 * `value` is what was typed ("12"), `onChange` gets what stands after a key. `left` is one more key
 * at the left of 0: [its word, what it does].
 * @param {{value: string, onChange: (value: string) => void, most?: number, left?: [any, () => void],
 *   label: string}} what
 */
export function NumberPad({ value, onChange, most = 6, left, label }) {
  const press = (/** @type {string} */ key) => {
    if (value.length >= most) return;
    onChange(value === "0" ? key : value + key);
  };
  const typed = (/** @type {KeyboardEvent} */ event) => {
    if (/^\d$/.test(event.key)) press(event.key);
    else if (event.key === "Backspace") onChange(value.slice(0, -1));
    else return;
    event.preventDefault();
  };
  return html`<div class="pad" role="group" aria-label=${label} onKeyDown=${typed}>
    ${["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((key) => html`<button type="button" key=${key}
      onClick=${() => press(key)}>${key}</button>`)}
    ${left ? html`<button type="button" class="soft" onClick=${left[1]}>${left[0]}</button>` : html`<span />`}
    <button type="button" onClick=${() => press("0")}>0</button>
    <button type="button" class="soft" aria-label=${t("pad.delete")} disabled=${value === ""}
      onClick=${() => onChange(value.slice(0, -1))}><${Mark} name="back" /></button></div>`;
}
