// @ts-check
// One product on the order pad: what it costs, what there is of it, what is suggested and why, and
// how much is ordered, by case, by piece, or typed.

import { html, useState } from "../vendor/shell.js";
import { amountWords, priceWords, unitName, unitWords } from "../parts/amount.js";
import { Button, Choice, MarkButton } from "../parts/button.js";
import { Mark } from "../parts/mark.js";
import { NumberPad } from "../parts/numberpad.js";
import { saidOf, warned, wordOr } from "../parts/said.js";
import { unitFor, unitsOf } from "../shown/order.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

/** How much there is of it, in words. @param {any} stock a line of shown/stock.js @param {Ctx} ctx */
function stockWords(stock, { t, day }) {
  const due = stock.due_on ? ` · ${t("stock.due", { n: stock.due_quantity, day: day(stock.due_on) })}` : "";
  return `${t(`stock.is.${stock.state}`, { n: Math.max(0, stock.available ?? 0) })}${due}`;
}

/** The arithmetic of a suggestion, step by step, as it would be done on paper.
 * @param {{ one: any, ctx: Ctx }} what */
function Arithmetic({ one, ctx: { t, day } }) {
  return html`<div class="arithmetic"><p class="small soft">${wordOr(`why.${one.method}`, one.method)}${
      one.counted_on ? ` ${t("why.counted", { day: day(one.counted_on) })}` : ""}</p>
    <table><tbody>${one.steps.map((/** @type {any} */ step) => html`<tr key=${step.name}>
      <th scope="row">${wordOr(`step.${step.name}`, step.name)}</th><td>${step.how.replaceAll(" x ", " × ")}</td><td>= ${step.value}</td></tr>`)}
    </tbody></table>${one.flag && html`<p class="small wait">${wordOr(`why.flag.${one.flag}`, one.flag)}</p>`}</div>`;
}

/**
 * @param {{ ctx: Ctx, product: any, quantity: number, stock: any, price: string | null,
 *   suggestion?: any, last?: any, line?: any, refused?: any, isAt: boolean,
 *   onPut: (quantity: number, uom?: string) => void, onType: () => void }} what
 */
export function OrderLine({ ctx, product, quantity, stock, price, suggestion, last, line, refused,
  isAt, onPut, onType }) {
  const { t, money, day } = ctx;
  const [why, setWhy] = useState(false);
  const units = unitsOf(product);
  const step = units.at(-1) ?? { uom: "each", each: 1 };
  const proposed = suggestion?.quantity ?? 0;
  const name = product.name;
  const sizes = step.each > 1 ? t("pad.in_case", { n: step.each }) : "";
  return html`<li class="pad-line ${quantity ? "has" : ""} ${isAt ? "is-at" : ""}">
    <div class="pad-words"><p class="row-title">${suggestion?.missing && html`<${Mark} name="star" size=${16} tone="wait" />
        <span class="unseen">${t("pad.missing")}: </span>`}${name}</p>
      <p class="row-text">${[priceWords(price), sizes].filter(Boolean).join(" · ")}</p>
      <p class="row-text ${stock.state === "there" ? "" : "wait"}">${stockWords(stock, ctx)}${
        product.status === "sell_out" ? ` · ${t("stock.sell_out")}` : ""}</p>
      ${last && html`<p class="row-text">${t("pad.last", { amount: amountWords(product, last.quantity), day: day(last.at) })}</p>`}
      ${refused && html`<p class="small fault" role="alert">${saidOf(refused)}</p>`}
      ${line?.warnings.map((/** @type {any} */ one) => html`<p class="small wait" key=${one.key}>${warned(one)}</p>`)}
      ${line?.promotions.map((/** @type {any} */ one) => html`<p class="small done" key=${one.promotion}>
        <${Mark} name="bulb" size=${16} />${one.name}: −${money(one.minor)}${one.free ? ` (${t("pad.free", { n: one.free })})` : ""}</p>`)}
    </div>
    <div class="pad-acts">${proposed > 0 && html`<span class="pad-suggest">
        <button type="button" class="button" aria-pressed=${quantity >= proposed}
          aria-label=${t("pad.suggest.of", { name, amount: amountWords(product, proposed) })}
          onClick=${() => onPut(quantity === proposed ? 0 : proposed)}><${Mark} name=${quantity >= proposed ? "check" : "plus"} size=${16} />
          ${amountWords(product, proposed)}</button>
        <button type="button" class="why" aria-expanded=${why} aria-label=${t("pad.why", { name })}
          onClick=${() => setWhy(!why)}><${Mark} name=${why ? "up" : "down"} size=${20} /></button></span>`}
      <span class="stepper"><${MarkButton} mark="minus" label=${t("pad.less", { unit: unitName(step.uom), name })}
          disabled=${!quantity} onClick=${() => onPut(quantity - step.each, step.uom)} />
        <button type="button" class="stepper-value" onClick=${onType}>${quantity ? amountWords(product, quantity) : "0"}<span
          class="unseen">, ${t("pad.type", { name })}</span></button>
        <${MarkButton} mark="plus" label=${t("pad.more", { unit: unitName(step.uom), name })}
          onClick=${() => onPut(quantity + step.each, step.uom)} /></span></div>
    ${why && html`<${Arithmetic} one=${suggestion} ctx=${ctx} />`}</li>`;
}

/** The keys: a quantity typed in cases or in pieces, in the place of the foot. `units`: those it may
 * be typed in, where they are not those it is ordered by.
 * @param {{ ctx: Ctx, product: any, quantity: number, uom: string, units?: import("../shown/order.js").Unit[],
 *   onPut: (quantity: number, uom: string) => void, onClose: () => void }} what */
export function OrderKeys({ ctx: { t }, product, quantity, uom, units: named, onPut, onClose }) {
  const units = named ?? unitsOf(product);
  const [unit, setUnit] = useState(unitFor(units, quantity, uom) ?? units[0]);
  const [typed, setTyped] = useState("");
  const type = (/** @type {string} */ value) => {
    setTyped(value);
    onPut(Number(value || 0) * unit.each, unit.uom);
  };
  const choose = (/** @type {string} */ name) => {
    const next = units.find((one) => one.uom === name) ?? unit;
    setUnit(next);
    if (typed) onPut(Number(typed) * next.each, next.uom);
  };
  const shown = typed || String(Math.floor(quantity / unit.each));
  return html`<div class="keys"><div class="keys-head"><div><strong>${product.name}</strong>
      <span class="small soft">${amountWords(product, quantity)}</span></div>
      <output class="keys-value">${unitWords(Number(shown), unit.uom)}</output></div>
    ${units.length > 1 && html`<${Choice} name="unit" label=${t("pad.unit")} hideLabel value=${unit.uom}
      options=${units.map((one) => [one.uom, one.each > 1 ? `${unitName(one.uom)} (${one.each})` : unitName(one.uom)])} onChange=${choose} />`}
    <${NumberPad} value=${typed} most=${5} label=${t("pad.type", { name: product.name })} onChange=${type}
      left=${[t("pad.none"), () => { setTyped(""); onPut(0, unit.uom); }]} />
    <${Button} kind="primary" wide mark="check" onClick=${onClose}>${t("keys.done")}</${Button}></div>`;
}
