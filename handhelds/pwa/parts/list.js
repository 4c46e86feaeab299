// Lists: sections with a heading, and rows that are read from left to right: mark, words, figure.

import { html } from "../vendor/shell.js";
import { Mark } from "./mark.js";

/**
 * A part of a screen under its heading.
 * @param {{title?: string, lead?: any, end?: any, children?: any, flush?: boolean, id?: string}} what
 */
export function Section({ title, lead, end, children, flush, id }) {
  return html`<section class="section" id=${id}>
    ${(title || end) && html`<div class="section-head"><h2>${title}</h2>${end}</div>`}
    ${lead && html`<p class="soft">${lead}</p>`}
    <div class=${flush ? "sheet flush" : "sheet"}>${children}</div></section>`;
}

/** @param {{children?: any, label?: string}} what */
export function List({ children, label }) {
  return html`<ul class="list" aria-label=${label}>${children}</ul>`;
}

/**
 * One row of a list. With onClick the whole row is a button. `title` and `text` are words, `end`
 * is what stands at the right (a figure, a chip), `start` what stands before (a mark, a number).
 * `side` stands at the right and `more` below, both outside the row's own button.
 * @param {{title: any, text?: any, end?: any, start?: any, mark?: string, tone?: string,
 *   onClick?: () => void, more?: any, current?: boolean, label?: string, side?: any}} what
 */
export function Row({ title, text, end, start, mark, tone, onClick, more, current, label, side }) {
  const inside = html`
    ${(start || mark) && html`<span class="row-start">${start ?? html`<${Mark} name=${mark} tone=${tone} />`}</span>`}
    <span class="row-words"><span class="row-title">${title}</span>${text && html`<span class="row-text">${text}</span>`}</span>
    ${end && html`<span class="row-end">${end}</span>`}
    ${onClick && !side && html`<${Mark} name="next" size=${20} tone="faint" />`}`;
  return html`<li class="row ${current ? "current" : ""} ${side ? "with-side" : ""}">${onClick
    ? html`<button type="button" class="row-main" onClick=${onClick} aria-label=${label}>${inside}</button>`
    : html`<div class="row-main">${inside}</div>`}${side}${more && html`<div class="row-more">${more}</div>`}</li>`;
}

/** Names and values, one a line. @param {{pairs: [any, any][]}} what */
export function Facts({ pairs }) {
  return html`<dl class="facts">${pairs.map(([name, value], at) => html`<div key=${at}><dt>${name}</dt>
    <dd>${value}</dd></div>`)}</dl>`;
}
