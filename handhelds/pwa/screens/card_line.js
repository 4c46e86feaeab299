// @ts-check
// One product on the visit card: its cells, what was said of it, the keys, and what is seldom asked.

import { html, useCallback, useEffect, useRef } from "../vendor/shell.js";
import { Button, Chip } from "../parts/button.js";
import { Field, Switch } from "../parts/field.js";
import { Facts } from "../parts/list.js";
import { Mark } from "../parts/mark.js";
import { NumberPad } from "../parts/numberpad.js";
import { Sheet } from "../parts/sheet.js";
import { useSwipe } from "../parts/swipe.js";
import { BESIDE } from "../shown/beside.js";
import { CELLS } from "../shown/card.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../shown/card.js").Card} Card */
/** @typedef {import("../shown/card.js").Line} Line */
/** @typedef {(gesture: import("../shown/card.js").Gesture) => void} Act */

/** A figure as it stands in a cell. @param {string} cell @param {any} value @param {Ctx} ctx */
export const written = (cell, value, ctx) => (value === null || value === undefined ? "–"
  : cell === "price_minor" ? ctx.money(value) : ctx.number(value));

/** @param {Line} line @param {string} cell */
const isChanged = (line, cell) => line.looked !== "unseen" && line.last !== null &&
  (line.now[cell] ?? null) !== (line.last[cell] ?? null);

/** @param {{ line: Line, at: Card["at"], act: Act, ctx: Ctx, onMore: (code: string) => void }} what */
export function Product({ line, at, act, ctx, onMore }) {
  const { t } = ctx;
  const { product, name, looked, now, last } = line;
  const own = useRef(/** @type {HTMLElement | null} */ (null));
  const same = useCallback(() => act({ does: "same", product }), [act, product]);
  useSwipe(own, same, last !== null && looked !== "same");
  useEffect(() => {
    if (at) own.current?.scrollIntoView({ block: "center" });
  }, [at !== null]);
  const out = looked !== "unseen" && Boolean(now.out_of_stock);
  const is_kept = line.saved && looked === "same";
  const state = `${is_kept ? "is-kept" : `is-${looked}`} ${out ? "is-out" : ""} ${at ? "is-at" : ""}`;
  return html`<li class="matrix-row ${state}" ref=${own}>
    <div class="matrix-name">
      <button type="button" class="matrix-title" onClick=${() => onMore(product)}>
        <span>${name}</span><span class="unseen">, ${t("card.more")}</span>
        <${Looked} line=${line} out=${out} t=${t} /></button>
      ${last && !is_kept && html`<button type="button" class="same-button" aria-pressed=${looked === "same"}
        aria-label=${t(line.saved ? "card.saved.of" : "card.same.of", { name })}
        onClick=${() => act({ does: looked === "same" ? "clear" : "same", product })}>
        <${Mark} name=${line.saved ? "undo" : looked === "same" ? "checks" : "check"} size=${20} /></button>`}</div>
    <div class="matrix-line ${line.beside ? "of-beside" : ""}">${(line.beside ? BESIDE : CELLS).map((cell) => html`<button type="button" key=${cell}
        class="cell ${at?.cell === cell ? "current" : ""} ${isChanged(line, cell) ? "changed" : ""}"
        onClick=${() => act({ does: "cell", product, cell })}>
        <span class="unseen">${t(`card.${cell}`)}, ${name}: </span>
        <span>${written(cell, now[cell], ctx)}</span>
        ${isChanged(line, cell) && html`<small><span class="unseen">, ${t("card.last.title")} </span
          >${written(cell, last?.[cell], ctx)}</small>`}</button>`)}
      ${line.beside ? html`<${Promoted} line=${line} act=${act} t=${t} />` : html`
      <button type="button" class="cell out" aria-pressed=${out} aria-label=${t("card.out.of", { name })}
        onClick=${() => act({ does: "out", product })}>
        <${Mark} name=${out ? "close" : "minus"} size=${20} /></button>`}</div></li>`;
}

/** Is it promoted? Of what stands beside ours one tap says so.
 * @param {{ line: Line, act: Act, t: Ctx["t"] }} what */
function Promoted({ line: { product, name, now }, act, t }) {
  const on = Boolean(now.promotion_seen);
  return html`<button type="button" class="cell promo" aria-pressed=${on}
    aria-label=${t("beside.promotion.of", { name })}
    onClick=${() => act({ does: "flag", product, flag: "promotion_seen" })}>
    <${Mark} name=${on ? "check" : "minus"} size=${20} /></button>`;
}

/** What was said of a line, in a word and a mark. @param {{ line: Line, out: boolean, t: any }} what */
function Looked({ line, out, t }) {
  const { looked, last, must } = line;
  const [tone, mark, word] = out ? ["stop", "close", "card.out"]
    : looked === "same" ? line.saved ? ["faint", "", "card.as_saved"] : ["done", "checks", "card.same"]
    : looked === "changed" ? ["go", "check", line.saved ? "card.corrected" : "card.changed"]
    : must && !last?.on_shelf ? ["wait", "star", "card.must"]
    : last || line.is_first ? ["faint", "", "card.unseen"] : ["calm", "plus", "card.new"];
  return html`<span class="looked ${tone}">${mark && html`<${Mark} name=${mark} size=${16} />`}${t(word)}</span>`;
}

/** The keys, in the place of the foot. @param {{ card: Card, act: Act, ctx: Ctx }} what */
export function Keys({ card, act, ctx }) {
  const { t } = ctx;
  const { product, cell, typed } = /** @type {NonNullable<Card["at"]>} */ (card.at);
  const line = [...card.lines, ...(card.beside ?? [])].find((one) => one.product === product);
  if (!line) return null;
  const before = line.last?.[cell] ?? null;
  const type = (/** @type {string} */ value) => act({ does: "key",
    key: value.length < typed.length ? "back" : (value.at(-1) ?? "0") });
  return html`<div class="keys"><div class="keys-head"><div><strong>${t(`card.${cell}`)}</strong>
      <span class="small soft">${line.name}${before !== null &&
        ` · ${t("card.was", { value: written(cell, before, ctx) })}`}</span></div>
      <output class="keys-value">${written(cell, line.now[cell], ctx)}</output></div>
    <${NumberPad} value=${typed} most=${9} label=${t(`card.${cell}`)} onChange=${type}
      left=${[t("card.next"), () => act({ does: "next" })]} />
    <${Button} kind="primary" wide mark="check" onClick=${() => act({ does: "close" })}
      >${t("keys.done")}</${Button}></div>`;
}

/** What is seldom asked of a product: is it listed, a promotion on the shelf, the nearest expiry.
 * @param {{ line: Line | undefined, act: Act, ctx: Ctx, onClose: () => void }} what */
export function More({ line, act, ctx, onClose }) {
  if (!line) return null;
  const { t } = ctx;
  const { product, now, last, looked } = line;
  const seen = looked !== "unseen";
  const may_clear = line.saved ? looked === "changed" : seen;
  const pairs = last ? CELLS.map((cell) => [t(`card.${cell}`), written(cell, last[cell], ctx)]) : [];
  const clear = () => {
    act({ does: "clear", product });
    onClose();
  };
  return html`<${Sheet} title=${line.name} onClose=${onClose} foot=${html`
      ${may_clear && html`<${Button} mark="undo" onClick=${clear}>${
        t(line.saved ? "card.as_saved" : "card.clear")}</${Button}>`}
      <${Button} kind="primary" onClick=${onClose}>${t("keys.done")}</${Button}>`}>
    ${line.must && html`<p><${Chip} tone="wait" mark="star">${t("card.facings.least", { n: line.min_facings })}</${Chip}></p>`}
    <${Switch} label=${t("card.on_shelf")} on=${seen && Boolean(now.on_shelf)}
      onChange=${() => act({ does: "flag", product, flag: "on_shelf" })} />
    <${Switch} label=${t("card.promotion_seen")} on=${seen && Boolean(now.promotion_seen)}
      onChange=${() => act({ does: "flag", product, flag: "promotion_seen" })} />
    <${Field} type="date" label=${t("card.nearest_expiry")} value=${(seen && now.nearest_expiry) || ""}
      onInput=${(/** @type {string} */ day) => act({ does: "expiry", product, day: day || null })} />
    ${pairs.length > 0 && html`<h3>${t(line.saved ? "card.as_saved" : "card.last.title")}</h3><${Facts} pairs=${pairs} />`}</${Sheet}>`;
}
