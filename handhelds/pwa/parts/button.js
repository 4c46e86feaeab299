// What is pressed: buttons of a word, round ones of a mark, chips that lead somewhere.

import { html, useRef } from "../vendor/shell.js";
import { Mark } from "./mark.js";

/**
 * @typedef {{children?: any, mark?: string, kind?: "plain" | "primary" | "danger" | "quiet",
 *   onClick?: (event: Event) => void, disabled?: boolean, wide?: boolean, type?: string,
 *   label?: string, busy?: boolean, pressed?: boolean}} ButtonProps
 */

/** A button of a word, with a mark before it. While what a tap began is not done, another tap does
 * nothing: two quick ones never save twice. @param {ButtonProps} what */
export function Button(what) {
  const { children, mark, kind = "plain", wide, busy, label, pressed, onClick, ...rest } = what;
  const going = useRef(false);
  const tapped = (/** @type {Event} */ event) => {
    if (going.current) return;
    const work = /** @type {any} */ (onClick?.(event));
    if (typeof work?.then !== "function") return;
    going.current = true;
    const done = () => { going.current = false; };
    work.then(done, (/** @type {unknown} */ fault) => { done(); throw fault; });
  };
  return html`<button type="button" class="button ${kind} ${wide ? "wide" : ""}" aria-label=${label}
    aria-pressed=${pressed} aria-busy=${busy} disabled=${busy} ...${rest} onClick=${tapped}>
    ${mark && html`<${Mark} name=${mark} size=${20} />`}<span>${children}</span></button>`;
}

/**
 * A button of only a mark; `label` is what it is called.
 * @param {{mark: string, label: string, onClick: (event: Event) => void, disabled?: boolean,
 *   kind?: string}} what
 */
export function MarkButton({ mark, label, onClick, disabled, kind = "" }) {
  return html`<button type="button" class="mark-button ${kind}" aria-label=${label} title=${label}
    onClick=${onClick} disabled=${disabled}><${Mark} name=${mark} /></button>`;
}

/**
 * A chip: a state in a word and a mark; pressed it leads to what it tells of. Without onClick it
 * only tells. tone: go, done, wait, stop or calm. label: the whole of what it tells, where it shows
 * only a figure.
 * @param {{children?: any, mark?: string, tone?: string, onClick?: () => void, label?: string}} what
 */
export function Chip({ children, mark, tone = "calm", onClick, label }) {
  const inside = html`${mark && html`<${Mark} name=${mark} size=${16} />`}
    <span aria-hidden=${label ? "true" : undefined}>${children}</span>
    ${label && html`<span class="unseen">${label}</span>`}`;
  return onClick
    ? html`<button type="button" class="chip ${tone}" onClick=${onClick}>${inside}</button>`
    : html`<span class="chip ${tone}">${inside}</span>`;
}

/**
 * One of a few: a row of words of which one is chosen.
 * @param {{name: string, label: string, value: string, options: [string, string][],
 *   onChange: (value: string) => void, hideLabel?: boolean}} what
 */
export function Choice({ name, label, value, options, onChange, hideLabel }) {
  return html`<fieldset class="choice"><legend class=${hideLabel ? "unseen" : ""}>${label}</legend>
    <div class="choice-row">${options.map(([key, word]) => html`<label key=${key}
      class=${key === value ? "chosen" : ""}><input type="radio" name=${name} value=${key}
      checked=${key === value} onChange=${() => onChange(key)} /><span>${word}</span></label>`)}
    </div></fieldset>`;
}
