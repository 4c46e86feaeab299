// What a screen says when there is something to say first: banners, nothing there yet, something
// went wrong, something is on its way.

import { html } from "../vendor/shell.js";
import { number, t } from "../speech.js";
import { Mark } from "./mark.js";
import { Button } from "./button.js";

const MARKS = { go: "clock", done: "check", wait: "hand", stop: "hand", calm: "note" };

/**
 * A line across the screen. tone: go, done, wait, stop or calm; a word says it too.
 * @param {{tone?: keyof typeof MARKS, mark?: string, title?: string, children?: any, act?: string,
 *   onAct?: () => void}} what
 */
export function Banner({ tone = "calm", mark, title, children, act, onAct }) {
  return html`<div class="banner ${tone}" role=${tone === "stop" ? "alert" : "status"}>
    <${Mark} name=${mark ?? MARKS[tone]} size=${20} />
    <div class="banner-text">${title && html`<strong>${title}</strong>`}${children && html`<div>${children}</div>`}</div>
    ${act && html`<${Button} kind="quiet" onClick=${onAct}>${act}</${Button}>`}</div>`;
}

/**
 * Nothing there: says why, and what to do.
 * @param {{mark?: string, title: string, children?: any, act?: string, onAct?: () => void}} what
 */
export function Empty({ mark = "note", title, children, act, onAct }) {
  return html`<div class="empty"><${Mark} name=${mark} size=${40} /><h2>${title}</h2>
    ${children && html`<p>${children}</p>`}
    ${act && html`<${Button} onClick=${onAct}>${act}</${Button}>`}</div>`;
}

/**
 * Something went wrong here: nothing is lost, and what to do.
 * @param {{error: unknown, again?: () => void}} what
 */
export function Failed({ error, again }) {
  const said = error instanceof Error ? error.message : String(error);
  return html`<div class="empty" role="alert"><${Mark} name="hand" size=${40} tone="stop" />
    <h2>${t("failed.title")}</h2><p>${t("failed.text")}</p>
    <${Button} onClick=${again ?? (() => location.reload())}>${t("again")}</${Button}>
    <details class="quiet small"><summary>${t("failed.more")}</summary><code>${said}</code></details>
  </div>`;
}

/** Lines as grey bars, so that nothing jumps when they come. @param {{rows?: number}} what */
export function Waiting({ rows = 4 }) {
  return html`<div class="waiting" role="status" aria-label=${t("loading")}>
    ${Array.from({ length: rows }, (_, at) => html`<div key=${at} class="ghost"><i /><i /></div>`)}</div>`;
}

/**
 * How far something is. done of all; all 0: not known yet.
 * @param {{label: string, done: number, all: number, says?: string}} what
 */
export function Progress({ label, done, all, says }) {
  const known = all > 0;
  return html`<div class="progress"><div class="progress-words"><span>${label}</span>
    <span class="quiet">${says ?? (known ? `${number(done)} / ${number(all)}` : "")}</span></div>
    <progress aria-label=${label} max=${known ? all : undefined} value=${known ? done : undefined} /></div>`;
}
