// @ts-check
// One order: where it is, where it has been, what became of each line, and what can still be done.

import { html, useState } from "../vendor/shell.js";
import { parts } from "../stored/columns.js";
import { isOpen } from "../orders.js";
import { unitWords } from "../parts/amount.js";
import { Button, Chip } from "../parts/button.js";
import { Field } from "../parts/field.js";
import { List, Row } from "../parts/list.js";
import { Mark } from "../parts/mark.js";
import { saidOf, wordOr } from "../parts/said.js";
import { SignedOrder } from "../parts/signature.js";
import { Sheet } from "../parts/sheet.js";
import { Banner } from "../parts/state.js";
import { mayGoBack } from "../shown/giving_back.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

/** State -> the tone and mark that repeat its word. @type {Record<string, [string, string]>} */
const LOOK = {
  submitted: ["go", "clock"], held: ["wait", "hand"], rejected: ["stop", "close"],
  cancelled: ["stop", "close"], refused: ["stop", "close"], short: ["wait", "hand"],
  delivered: ["done", "check"], invoiced: ["done", "check"], closed: ["done", "check"],
};

/** An order's state in a word and a mark. @param {{ order: any }} what */
export function OrderState({ order }) {
  const state = order.unsent ? "submitted" : order.state;
  const [tone, mark] = LOOK[state] ?? ["calm", "truck"];
  return html`<${Chip} tone=${tone} mark=${mark}>${wordOr(`order.is.${state}`, state)}</${Chip}>`;
}

/** Figures of a line that say more than what was ordered. @param {any} line @param {Ctx} ctx */
function lineWords(line, { t }) {
  const told = ["confirmed", "backordered", "cut", "delivered"]
    .filter((name) => line[name] !== null && line[name] !== undefined && (line[name] || name === "confirmed"))
    .map((name) => t(`line.${name}`, { n: line[name] }));
  if (line.cut_reason) told.push(String(line.cut_reason).replaceAll("_", " "));
  return told.join(" · ");
}

/**
 * @param {{ ctx: Ctx, order: any, nameOf: (code: string) => string, onClose: () => void }} what
 */
export function OrderLife({ ctx, order, nameOf, onClose }) {
  const { t, money, moment } = ctx;
  const [cancels, setCancels] = useState(false);
  const [reason, setReason] = useState("");
  if (!order) return null;
  const lines = parts("order", "lines", order.lines);
  const steps = [{ word: "taken", at: order.captured_at }, ...parts("order", "steps", order.steps)];
  const cancel = async () => {
    try {
      const { change } = await ctx.verbs.cancel({ store: order.store, id: order.id }, reason.trim());
      onClose();
      ctx.say(t("order.cancelled", { number: order.number }), { undo: () => ctx.verbs.undo(change) });
    } catch (no) {
      ctx.say(saidOf(no), { tone: "stop" });
    }
  };
  const to = (/** @type {string} */ how) => () => {
    onClose();
    ctx.go(`/store/${order.store}/order?${how}=${order.id}`);
  };
  const foot = cancels
    ? html`<${Button} onClick=${() => setCancels(false)}>${t("keep_it")}</${Button}>
      <${Button} kind="danger" onClick=${cancel}>${t("order.cancel")}</${Button}>`
    : isOpen(order)
      ? html`<${Button} kind="danger" onClick=${() => setCancels(true)}>${t("order.cancel")}</${Button}>
        ${order.type !== "return" && html`<${Button} kind="primary" onClick=${to("revise")}>${t("order.change")}</${Button}>`}`
      : html`${mayGoBack(order) && html`<${Button} onClick=${() => {
          onClose();
          ctx.go(`/store/${order.store}/back/${order.id}`);
        }}>${t("back.act")}</${Button}>`}
        <${Button} kind="primary" onClick=${to("about")}>${t("order.supplement")}</${Button}>`;
  return html`<${Sheet} title=${order.number ?? t("orders.title")} onClose=${onClose} foot=${foot}>
    <div class="row-of"><${OrderState} order=${order} /><b class="figure-end">${money(order.net_minor ?? 0)}</b></div>
    ${cancels && html`<${Field} label=${t("order.cancel.why")} value=${reason} onInput=${setReason} maxlength=${200} autofocus />`}
    ${(order.holds ?? []).length > 0 && html`<${Banner} tone="wait" title=${t("order.held")}>${order.holds
      .map((/** @type {string} */ rule) => wordOr(`hold.${rule}`, rule)).join(", ")}</${Banner}>`}
    <ol class="steps">${steps.map((step, n) => html`<li key=${n}><${Mark} name="check" size=${16} />
      <span>${wordOr(`order.was.${step.word}`, step.word)}</span><span class="soft small">${step.at ? moment(step.at) : ""}</span></li>`)}
      ${order.unsent && html`<li><${Mark} name="clock" size=${16} /><span>${t("order.waits")}</span></li>`}</ol>
    <${List} label=${t("lines", { n: lines.length })}>${lines.map((line) => html`<${Row} key=${line.n}
      title=${nameOf(line.product)} text=${lineWords(line, ctx)}
      end=${html`<span>${unitWords(Number(line.typed), line.uom)}</span><span class="soft small">${money(line.net_minor)}</span>`} />`)}</${List}>
    ${order.note && html`<p class="icon-line"><${Mark} name="note" size=${20} />${order.note}</p>`}
    <${SignedOrder} ctx=${ctx} order=${order.id} /></${Sheet}>`;
}
