// @ts-check
// An order that was saved: its number at once, and a slip to show, share or print.

import { html } from "../vendor/shell.js";
import { unitWords } from "../parts/amount.js";
import { Button } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { Mark } from "../parts/mark.js";
import { shareText } from "../parts/share.js";
import { SignedOrder } from "../parts/signature.js";
import { Empty } from "../parts/state.js";
import { parts } from "../stored/columns.js";

/** @param {any} what */
export function Saved({ ctx, read, id, up, made }) {
  const { t, money, moment } = ctx;
  const { store, catalogue, orders } = read;
  const order = made ?? orders.find((/** @type {any} */ row) => row.id === id);
  if (!order) return html`<${Frame} title=${t("act.order")} up=${up}><${Empty} mark="order"
    title=${t("order.taken_back")} act=${t("act.order")} onAct=${() => ctx.go(`${up}/order`, { replace: true })} /></${Frame}>`;
  const is_return = order.type === "return";
  const kind = t(is_return ? "order.type.return" : "act.order");
  const lines = parts("order", "lines", order.lines);
  const said = lines.map((line) => [catalogue.product(line.product)?.name ?? line.product,
    unitWords(Number(line.typed), line.uom), money(line.net_minor)]);
  const text = [`${read.pad.at.company.name}`, `${kind} ${order.number}`, store.name, moment(order.captured_at),
    "", ...said.map((one) => one.join("  ")), "", `${t("pad.net")} ${money(order.net_minor)}`].join("\n");
  return html`<${Frame} title=${t(is_return ? "back.is_saved" : "order.is_saved")} lead=${store.name} up=${up} foot=${html`
      <${Button} mark="share" onClick=${() => shareText(`${kind} ${order.number}`, text, ctx.say)}>${t("share")}</${Button}>
      <${Button} kind="primary" mark="check" onClick=${() => ctx.backTo(up)}>${t("keys.done")}</${Button}>`}>
    <section class="saved-head"><${Mark} name="check" size=${40} tone="done" /><p class="figure">${order.number}</p>
      <p class="soft">${t(order.unsent ? "order.saved.text" : "order.saved.sent")}</p></section>
    <section class="slip" aria-label=${kind}><header><strong>${read.pad.at.company.name}</strong>
        <span>${kind} ${order.number}</span><span>${store.name} (${store.code})</span><span>${moment(order.captured_at)}</span></header>
      <table><tbody>${said.map(([name, amount, net], n) => html`<tr key=${n}><td>${name}</td><td>${amount}</td><td>${net}</td></tr>`)}</tbody>
        <tfoot><tr><td colspan="2">${t("pad.net")}</td><td>${money(order.net_minor)}</td></tr></tfoot></table>
      ${order.deliver_on && html`<p>${t("order.comes", { day: ctx.day(order.deliver_on) })}</p>`}
      <${SignedOrder} ctx=${ctx} order=${id} /></section>
    <${Button} kind="quiet" onClick=${() => print()}>${t("print")}</${Button}></${Frame}>`;
}
