// @ts-check
// What stands beside ours, under the products of a visit card: a row a competitor's product, filled
// in like theirs. A new one is a name; its figures go in by the same keys.

import { html, useState } from "../vendor/shell.js";
import { Button } from "../parts/button.js";
import { Field, Suggesting, Switch } from "../parts/field.js";
import { Facts } from "../parts/list.js";
import { Sheet } from "../parts/sheet.js";
import { BESIDE, MOST_BESIDE, isBeside, otherNames, withBeside } from "../shown/beside.js";
import { written } from "./card_line.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../shown/card.js").Card} Card */
/** @typedef {import("../shown/card.js").Line} Line */
/** @typedef {(gesture: import("../shown/card.js").Gesture) => void} Act */

const MOST_LETTERS = 200;
const MOST_OF_NOTE = 500;

/**
 * `row` draws a line, `more` is what the sheet is open for, `needs`: no product was looked at yet.
 * @param {{ card: Card, cards: any[], row: (line: Line) => any, act: Act, more: string | null,
 *   change: (next: (now: Card) => Card) => void, onClose: () => void, ctx: Ctx, needs: boolean }} what
 */
export function Beside({ card, cards, row, act, change, more, onClose, ctx, needs }) {
  const { t } = ctx;
  const [adding, setAdding] = useState(false);
  const lines = card.beside ?? [];
  const line = more !== null && isBeside(more) && lines.find((one) => one.product === more);
  const named = (/** @type {string} */ name) => {
    change((now) => withBeside(now, name));
    setAdding(false);
  };
  return html`<section class="beside" aria-label=${t("beside.title")}>
    <h2>${t("beside.title")}</h2>
    ${lines.length === 0 ? html`<p class="soft small">${t("beside.empty")}</p>` : html`
      <div class="matrix-line of-beside matrix-columns" aria-hidden="true">${BESIDE.map((cell) => html`
        <span key=${cell}>${t(`card.short.${cell}`)}</span>`)}<span>${t("beside.short.promotion")}</span></div>
      <ul class="matrix" aria-label=${t("beside.title")}>${lines.map(row)}</ul>`}
    ${needs && lines.some((one) => one.looked !== "unseen") &&
      html`<p class="soft small">${t("beside.least")}</p>`}
    ${lines.length < MOST_BESIDE && html`<${Button} mark="plus" wide
      onClick=${() => setAdding(true)}>${t("beside.add")}</${Button}>`}
    ${adding && html`<${Adding} words=${otherNames(cards, card)} t=${t} onNamed=${named}
      onClose=${() => setAdding(false)} />`}
    ${line && html`<${More} line=${line} act=${act} ctx=${ctx} onClose=${onClose} />`}</section>`;
}

/** @param {{ words: string[], t: Ctx["t"], onNamed: (name: string) => void, onClose: () => void }} what */
function Adding({ words, t, onNamed, onClose }) {
  const [name, setName] = useState("");
  const add = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (name.trim()) onNamed(name);
  };
  return html`<${Sheet} title=${t("beside.add")} onClose=${onClose} foot=${html`<${Button} kind="primary"
      mark="plus" disabled=${!name.trim()} onClick=${() => onNamed(name)}>${t("beside.add")}</${Button}>`}>
    <form onSubmit=${add}><${Suggesting} label=${t("beside.name")} value=${name} onInput=${setName}
      maxlength=${MOST_LETTERS} autocomplete="off" autofocus words=${words} /></form></${Sheet}>`;
}

/** What is seldom said of it. @param {{ line: Line, act: Act, ctx: Ctx, onClose: () => void }} what */
function More({ line, act, ctx, onClose }) {
  const { t } = ctx;
  const { product, now, last, looked } = line;
  const seen = looked !== "unseen";
  const pairs = last ? BESIDE.map((cell) => [t(`card.${cell}`), written(cell, last[cell], ctx)]) : [];
  const clear = () => {
    act({ does: "clear", product });
    onClose();
  };
  return html`<${Sheet} title=${line.name} onClose=${onClose} foot=${html`
      ${seen && html`<${Button} mark=${last ? "undo" : "trash"} onClick=${clear}>${
        t(last ? "card.clear" : "beside.remove")}</${Button}>`}
      <${Button} kind="primary" onClick=${onClose}>${t("keys.done")}</${Button}>`}>
    <${Switch} label=${t("card.promotion_seen")} on=${seen && Boolean(now.promotion_seen)}
      onChange=${() => act({ does: "flag", product, flag: "promotion_seen" })} />
    <${Field} label=${t("beside.note")} value=${now.note ?? ""} rows=${3} maxlength=${MOST_OF_NOTE}
      onInput=${(/** @type {string} */ note) => act({ does: "note", product, note })} />
    ${pairs.length > 0 && html`<h3>${t("card.last.title")}</h3><${Facts} pairs=${pairs} />`}</${Sheet}>`;
}
