// @ts-check
// The parts of a store's screen, one under the other: money, gaps, orders, cards, people, the rest.

import { html, useState } from "../vendor/shell.js";
import { Age } from "../parts/age.js";
import { Button } from "../parts/button.js";
import { Facts, List, Row, Section } from "../parts/list.js";
import { Mark } from "../parts/mark.js";
import { wordOr } from "../parts/said.js";
import { Contact } from "./contact.js";
import { OrderState } from "./order_life.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** What a part is handed: the screen's data, and the store's address in the app.
 * @typedef {{ ctx: Ctx, shown: any, path: string }} Part */

const MOST_ITEMS = 3;
const MOST_PAYMENTS = 2;
const MOST_ORDERS = 4;
const MOST_GAPS = 6;

/** An open item in a list. @param {{ ctx: Ctx, one: any, today: string }} what */
export function Item({ ctx: { t, money, day }, one, today }) {
  const late = one.open_minor > 0 && one.due_on < today;
  const words = [one.kind === "invoice" ? "" : wordOr(`item.${one.kind}`, one.kind), t("item.due", { day: day(one.due_on) }),
    one.disputed ? t("item.disputed") : "",
    one.spoken_minor ? t("item.spoken", { amount: money(one.spoken_minor) }) : ""];
  return html`<${Row} mark=${one.disputed ? "hand" : late ? "clock" : "note"} tone=${late ? "wait" : ""}
    title=${one.number} text=${words.filter(Boolean).join(" · ")}
    end=${html`<span>${money(one.open_minor)}</span>
      ${late && html`<span class="small wait">${t("item.late")}</span>`}`} />`;
}

/** What it owes and has paid. @param {Part & { today: string }} what */
export function Owed({ ctx, shown: { owed, overdue_minor, payments, items }, path, today }) {
  const { t, go, money, day } = ctx;
  const open = items.filter((/** @type {any} */ one) => one.open_minor !== 0).slice(0, MOST_ITEMS);
  const paid = payments.slice(0, MOST_PAYMENTS);
  const room = owed.room_minor === null ? t("owed.no_limit") : money(owed.room_minor);
  return html`<${Section} title=${t("owed.title")} flush end=${html`<${Age} age=${owed.age} />`}>
    <button type="button" class="figures" onClick=${() => go(`${path}/money`)}>
      <span><b>${money(owed.open_minor)}</b>${t("owed.owes")}</span>
      <span class=${overdue_minor > 0 ? "wait" : ""}><b>${money(overdue_minor)}</b>${t("owed.overdue")}</span>
      <span><b>${room}</b>${t("owed.room")}</span></button>
    <${List} label=${t("owed.title")}>
      ${open.map((/** @type {any} */ one) => html`<${Item} key=${one.number} ctx=${ctx} one=${one} today=${today} />`)}
      ${paid.map((/** @type {any} */ one) => html`<${Row} key=${one.id} mark="coin" title=${one.number}
        text=${`${wordOr(`receipt.is.${one.state}`, one.state)} · ${day(one.day)}`} end=${money(one.amount_minor)} />`)}
      ${!open.length && !paid.length && html`<${Row} mark="check" title=${t("owed.nothing")} />`}</${List}></${Section}>`;
}

/** Must-stock products that were not on the shelf. @param {Part} what */
export function Gaps({ ctx: { t, go }, shown: { gaps }, path }) {
  if (!gaps.length) return null;
  const more = gaps.length - MOST_GAPS;
  return html`<${Section} title=${t("gaps.title", { n: gaps.length })} flush>
    <${List} label=${t("gaps.title", { n: gaps.length })}>${gaps.slice(0, MOST_GAPS).map((/** @type {any} */ one) => html`
      <${Row} key=${one.product} mark="star" tone="wait" title=${one.name} />`)}</${List}>
    <div class="row-more">${more > 0 && html`<span class="soft small">${t("gaps.more", { n: more })}</span>`}
      <${Button} mark="order" onClick=${() => go(`${path}/order`)}>${t("gaps.order")}</${Button}></div></${Section}>`;
}

/** Its last orders, and the way to write the last one again.
 * @param {Part & { last: any, onOrder: (id: string) => void }} what */
export function Orders({ ctx, shown: { orders, next_delivery }, path, last, onOrder }) {
  const { t, go, money, day, moment } = ctx;
  const [all, setAll] = useState(false);
  const due = next_delivery ? t("store.next_delivery", { day: day(next_delivery) }) : t("store.no_delivery");
  if (!orders.length) return html`<${Section} title=${t("orders.title")}><p class="soft">${t("orders.none")}</p>
    <p class="icon-line"><${Mark} name="truck" size=${20} />${due}</p></${Section}>`;
  return html`<${Section} title=${t("orders.title")} flush>
    <p class="row-note icon-line"><${Mark} name="truck" size=${20} />${due}</p>
    <${List} label=${t("orders.title")}>${orders.slice(0, all ? undefined : MOST_ORDERS).map((/** @type {any} */ one) => html`
      <${Row} key=${one.id} title=${one.number ?? t("orders.unnumbered")} onClick=${() => onOrder(one.id)}
        text=${[one.type === "return" ? t("order.type.return") : "", moment(one.captured_at),
          t("lines", { n: one.lines.length }), one.external_no].filter(Boolean).join(" · ")}
        end=${html`<span>${money(one.net_minor ?? 0)}</span><${OrderState} order=${one} />`} />`)}</${List}>
    <div class="row-more">${last && html`<${Button} mark="sync"
        onClick=${() => go(`${path}/order?repeat=1`)}>${t("orders.repeat")}</${Button}>`}
      ${!all && orders.length > MOST_ORDERS && html`<${Button} kind="quiet"
        onClick=${() => setAll(true)}>${t("orders.more", { n: orders.length - MOST_ORDERS })}</${Button}>`}</div></${Section}>`;
}

/** Its cards as a trend: how much of what was looked at was on the shelf, and what was out of stock.
 * @param {Part} what */
export function Cards({ ctx, shown: { cards, beside }, path }) {
  const { t, go, day } = ctx;
  if (!cards.length) return html`<${Section} title=${t("cards.title")}><p class="soft">${t("cards.none")}</p>
    <div class="row-of"><${Button} mark="card" onClick=${() => go(`${path}/card`)}>${t("act.card")}</${Button}></div></${Section}>`;
  return html`<${Section} title=${t("cards.title")} lead=${t("cards.lead")}>
    <ol class="trend">${[...cards].reverse().map((/** @type {any} */ one) => {
      const share = one.products ? one.on_shelf / one.products : 0;
      const says = t("cards.says", { day: day(one.captured_at), on: one.on_shelf, all: one.products, out: one.out_of_stock });
      return html`<li key=${one.id} aria-label=${says}><b aria-hidden="true">${one.on_shelf}/${one.products}</b>
        <i aria-hidden="true"><u style=${`height:${Math.round(share * 100)}%`}></u></i>
        <span aria-hidden="true">${day(one.captured_at).replace(/^\S+ /, "")}</span>
        <span aria-hidden="true" class=${one.out_of_stock ? "stop small" : "faint small"}>${
          t("cards.out", { n: one.out_of_stock })}</span></li>`;
    })}</ol>
    ${beside && html`<div class="beside"><h3>${t("beside.title")}, ${day(beside.captured_at)}</h3>
      <ul class="beside-list">${beside.lines.map((/** @type {any} */ one, /** @type {number} */ n) => html`
        <li key=${n}><span>${one.name}</span><span class="soft small">${besideSays(ctx, one)}</span></li>`)}</ul></div>`}
    <div class="row-of"><${Button} mark="note" onClick=${() => go(`${path}/card/amend`)}>${t("amend.act")}</${Button}></div></${Section}>`;
}

/** What was noted of a competitor's product, in one line. @param {Ctx} ctx
 * @param {Record<string, any>} one */
function besideSays({ t, money }, { price_minor, facings, promotion_seen, note }) {
  const said = [price_minor === null ? "" : money(price_minor),
    facings === null ? "" : t("beside.facings", { n: facings }),
    promotion_seen ? t("beside.promoted") : "", note ?? ""].filter(Boolean);
  return said.join(" · ") || "–";
}

/** Who to ask for. @param {Part} what */
export function People({ ctx, shown: { contacts, store } }) {
  const { t } = ctx;
  const [edits, setEdits] = useState(/** @type {any} */ (null));
  return html`<${Section} title=${t("contacts.title")} flush end=${html`<${Button} kind="quiet" mark="plus"
      onClick=${() => setEdits({})}>${t("contacts.add")}</${Button}>`}>
    <${List} label=${t("contacts.title")}>${contacts.map((/** @type {any} */ one) => html`<${Row} key=${one.id}
      title=${one.name} text=${[one.role, one.phone, one.email, one.preferred_time].filter(Boolean).join(" · ")}
      onClick=${() => setEdits(one)} more=${one.phone && html`<a class="button" href=${`tel:${one.phone.replace(/[^+\d]/g, "")}`}>
        <${Mark} name="phone" size=${20} />${t("contacts.call", { name: one.name })}</a>`} />`)}
      ${!contacts.length && html`<${Row} title=${t("contacts.none")} text=${t("contacts.none.text")} />`}</${List}>
    ${edits && html`<${Contact} ctx=${ctx} store=${store.id} contact=${edits} onClose=${() => setEdits(null)} />`}</${Section}>`;
}

/** Promotions, notes, and what else is known of it. @param {Part & { store: any }} what */
export function About({ ctx: { t, go, day, moment }, shown: { promotions, notes, next_visit }, store, path }) {
  const week = (store.delivery_days ?? []).map((/** @type {number} */ n) => t(`weekday.${n}`)).join(", ");
  /** @type {[any, any][]} */
  const pairs = [
    [t("about.next_visit"), next_visit ? day(next_visit) : t("about.none_planned")],
    [t("about.delivery_days"), week || t("about.every_day")],
    [t("about.hours"), store.opening_hours], [t("about.class"), [store.channel, store.store_class].filter(Boolean).join(" · ")],
    [t("about.banner"), store.banner], [t("about.terms"), store.terms_days === null ? null : t("about.days", { n: store.terms_days })],
    [t("about.visits"), store.visits_per_4w], [t("about.tax_id"), store.tax_id],
  ];
  return html`
    ${promotions.length > 0 && html`<${Section} title=${t("promotions.title")} flush><${List} label=${t("promotions.title")}>
      ${promotions.map((/** @type {any} */ one) => html`<${Row} key=${one.id} mark="bulb" title=${one.name}
        text=${one.valid_to ? t("promotions.until", { day: day(one.valid_to) }) : t("promotions.open")} />`)}</${List}></${Section}>`}
    ${notes.length > 0 && html`<${Section} title=${t("notes.title")} flush><${List} label=${t("notes.title")}>
      ${notes.map((/** @type {any} */ one) => html`<${Row} key=${one.id} mark="note" title=${one.note}
        text=${`${t(`notes.of.${one.of}`)} · ${moment(one.at)}`} />`)}</${List}></${Section}>`}
    <${Section} title=${t("about.title")} end=${html`<${Button} kind="quiet" mark="note"
        onClick=${() => go(`${path}/edit`)}>${t("form.change")}</${Button}>`}><${Facts} pairs=${pairs.filter(([, value]) =>
      value !== null && value !== undefined && value !== "")} /></${Section}>`;
}
