// @ts-check
// What a store owes by age, item by item, what it has paid, and the way to take a payment.

import { html, useState } from "../vendor/shell.js";
import { Age } from "../parts/age.js";
import { Button, Chip } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { saidOf, wordOr } from "../parts/said.js";
import { Banner, Empty, Failed, Waiting } from "../parts/state.js";
import { owedScreen } from "../shown/receivables.js";
import { storeKnown } from "../shown/reading.js";
import { Payment } from "./payment.js";
import { Item } from "./store_parts.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

/** State of a receipt -> the tone and mark that repeat its word. @type {Record<string, [string, string]>} */
const LOOK = {
  captured: ["go", "clock"], received: ["calm", "check"], handed_in: ["calm", "checks"],
  posted: ["done", "checks"], bounced: ["stop", "close"], refused: ["stop", "close"],
};

/** A receipt's state in a word and a mark. @param {{ row: any }} what */
export function ReceiptState({ row }) {
  const state = row.unsent ? "captured" : row.state;
  const [tone, mark] = LOOK[state] ?? ["calm", "note"];
  return html`<${Chip} tone=${tone} mark=${mark}>${wordOr(`receipt.is.${state}`, state)}</${Chip}>`;
}

/** @param {Ctx} ctx */
export function screen(ctx) {
  const id = ctx.params.store;
  const { value: known, error, again } = useShown(ctx.local.changed,
    () => storeKnown(ctx.local, id), [id]);
  const up = `/store/${id}`;
  if (known) return html`<${Owed} ctx=${ctx} known=${known} up=${up} />`;
  return html`<${Frame} title=${ctx.t("act.money")} up=${up}>${error
    ? html`<${Failed} error=${saidOf(error)} again=${again} />`
    : html`<${Waiting} rows=${8} />`}</${Frame}>`;
}

/** @param {{ ctx: Ctx, known: import("../shown/store.js").Known, up: string }} what */
function Owed({ ctx, known, up }) {
  const { t, money, day } = ctx;
  const shown = owedScreen(known);
  const { owed } = shown;
  const [takes, setTakes] = useState(Boolean(ctx.params.take));
  const room = owed.room_minor === null ? t("owed.no_limit") : money(owed.room_minor);
  const open = shown.items.filter((/** @type {any} */ one) => one.open_minor !== 0);
  const settled = shown.items.filter((/** @type {any} */ one) => one.open_minor === 0);
  return html`<${Frame} title=${t("act.money")} lead=${shown.store.name} up=${up}
      foot=${html`<${Button} kind="primary" mark="coin" onClick=${() => setTakes(true)}>${t("pay.take")}</${Button}>`}>
    ${owed.blocked_reason && html`<${Banner} tone="stop" title=${t("store.is.blocked")}>${
      t("store.means.blocked", { reason: owed.blocked_reason })}</${Banner}>`}
    <${Section} title=${t("owed.title")} flush end=${html`<${Age} age=${owed.age} />`}>
      <div class="figures"><span><b>${money(owed.open_minor)}</b>${t("owed.owes")}</span>
        <span class=${shown.overdue_minor > 0 ? "wait" : ""}><b>${money(shown.overdue_minor)}</b>${t("owed.overdue")}</span>
        <span><b>${room}</b>${t("owed.room")}</span></div>
      <${Bar} bar=${shown.bar} t=${t} money=${money} />
      ${(shown.paid_minor > 0 || shown.cheques_minor > 0 || owed.on_account_minor > 0) && html`<${List}>
        ${shown.paid_minor > 0 && html`<${Row} mark="coin" title=${t("owed.paid")} end=${money(shown.paid_minor)} />`}
        ${shown.cheques_minor > 0 && html`<${Row} mark="note" title=${t("owed.cheques")} end=${money(shown.cheques_minor)} />`}
        ${owed.on_account_minor > 0 && html`<${Row} mark="coin" title=${t("owed.on_account")} end=${money(owed.on_account_minor)} />`}</${List}>`}</${Section}>
    <${Section} title=${t("owed.items")} flush>${open.length
      ? html`<${List} label=${t("owed.items")}>${open.map((/** @type {any} */ one) => html`<${Item} key=${one.number}
          ctx=${ctx} one=${one} today=${known.today} />`)}</${List}>`
      : html`<${Empty} mark="check" title=${t("owed.clear.title")}>${t("owed.clear.text")}</${Empty}>`}</${Section}>
    <${Section} title=${t("receipt.title")} flush>${shown.receipts.length
      ? html`<${List} label=${t("receipt.title")}>${shown.receipts.map((/** @type {any} */ one) => html`<${Row} key=${one.id}
          title=${one.number} text=${`${day(one.day)} · ${t(`pay.method.${one.method}`)}${one.reason ? ` · ${one.reason}` : ""}`}
          end=${html`<span>${money(one.amount_minor)}</span><${ReceiptState} row=${one} />`}
          onClick=${() => ctx.go(`/receipt/${one.id}?store=${known.store.id}`)} />`)}</${List}>`
      : html`<${List}><${Row} title=${t("receipt.none")} text=${t("receipt.none.text")} /></${List}>`}</${Section}>
    ${settled.length > 0 && html`<${Section} title=${t("owed.settled")} flush><${List} label=${t("owed.settled")}>
      ${settled.map((/** @type {any} */ one) => html`<${Row} key=${one.number} mark="check" title=${one.number}
        text=${one.paid_on ? t("owed.paid_on", { day: day(one.paid_on) }) : t("item.due", { day: day(one.due_on) })}
        end=${money(one.amount_minor)} />`)}</${List}></${Section}>`}
    ${takes && html`<${Payment} ctx=${ctx} known=${known} shown=${shown} onClose=${() => setTakes(false)} />`}</${Frame}>`;
}

/** Debt by age: a bar whose older parts are hatched ever closer, and the figures it is made of.
 * @param {{ bar: any[], t: Ctx["t"], money: Ctx["money"] }} what */
function Bar({ bar, t, money }) {
  if (!bar.length) return null;
  return html`<div class="ageing"><div class="ageing-bar" aria-hidden="true">${bar.map((one) => html`
      <i key=${one.name} class=${`age-${one.name}`} style=${`flex-grow:${one.share}`}></i>`)}</div>
    <ul aria-label=${t("owed.by_age")}>${bar.map((one) => html`<li key=${one.name}><i class=${`age-${one.name}`} aria-hidden="true"></i>
      <span>${t(`owed.age.${one.name}`)}</span><b>${money(one.minor)}</b></li>`)}</ul></div>`;
}
