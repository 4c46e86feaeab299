// Where something is typed: a labelled line, a line to search in, a switch.

import { html, useId } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Mark } from "./mark.js";
import { MarkButton } from "./button.js";

/** So many words are offered to choose from. */
const MOST_WORDS = 5;

/**
 * A labelled line. `hint` says how, `fault` what is wrong with it.
 * @param {{label: string, value: string, onInput: (value: string) => void, hint?: string,
 *   fault?: string, type?: string, inputmode?: string, autocomplete?: string, rows?: number,
 *   placeholder?: string, maxlength?: number, autofocus?: boolean, code?: boolean}} what
 */
export function Field({ label, value, onInput, hint, fault, rows, code, ...rest }) {
  const id = useId();
  const about = hint || fault ? `${id}-about` : undefined;
  const typed = (/** @type {any} */ event) => onInput(event.target.value);
  return html`<div class="field"><label for=${id}>${label}</label>
    ${rows
      ? html`<textarea id=${id} rows=${rows} value=${value} onInput=${typed}
          aria-describedby=${about} aria-invalid=${fault ? "true" : undefined} ...${rest} />`
      : html`<input id=${id} class=${code ? "code" : ""} value=${value} onInput=${typed}
          aria-describedby=${about} aria-invalid=${fault ? "true" : undefined} ...${rest} />`}
    ${about && html`<p id=${about} class=${fault ? "fault small" : "quiet small"}>${fault || hint}</p>`}
  </div>`;
}

/**
 * A labelled line with words to choose from, each a tap; while another is typed they are gone.
 * @param {Record<string, any> & {words: string[], value: string, onInput: (value: string) => void}} what
 */
export function Suggesting({ words, ...field }) {
  const is_typing = field.value !== "" && !words.includes(field.value);
  const others = is_typing ? [] : words.filter((word) => word !== field.value).slice(0, MOST_WORDS);
  return html`<div class="stack-tight"><${Field} ...${/** @type {any} */ (field)} />
    ${others.length > 0 && html`<div class="row-of" role="group" aria-label=${field.label}>${others.map(
      (word) => html`<button type="button" key=${word} class="button word"
        onClick=${() => field.onInput(word)}>${word}</button>`)}</div>`}</div>`;
}

/**
 * A line to search in: every key counts, so it answers at once.
 * @param {{label: string, value: string, onInput: (value: string) => void, end?: any,
 *   autofocus?: boolean}} what
 */
export function Search({ label, value, onInput, end, autofocus }) {
  return html`<div class="search" role="search"><${Mark} name="search" size=${20} />
    <input type="search" aria-label=${label} placeholder=${label} value=${value} autofocus=${autofocus}
      autocomplete="off" autocapitalize="off" spellcheck=${false} enterkeyhint="search"
      onInput=${(/** @type {any} */ event) => onInput(event.target.value)} />
    ${value && html`<${MarkButton} mark="close" label=${t("clear")} onClick=${() => onInput("")} />`}
    ${end}</div>`;
}

/**
 * On or off.
 * @param {{label: string, text?: string, on: boolean, onChange: (on: boolean) => void}} what
 */
export function Switch({ label, text, on, onChange }) {
  return html`<label class="switch"><span class="row-words"><span class="row-title">${label}</span>
    ${text && html`<span class="row-text">${text}</span>`}</span>
    <input type="checkbox" role="switch" checked=${on} onChange=${() => onChange(!on)} /></label>`;
}
