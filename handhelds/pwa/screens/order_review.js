// @ts-check
// An order looked at before it is saved: its lines, what promotions and tax do, what a little more
// would bring, the credit, the day it comes, and a signature if the store gives one.

import { html, useState } from "../vendor/shell.js";
import { amountWords, priceWords } from "../parts/amount.js";
import { ageWords } from "../parts/age.js";
import { Button } from "../parts/button.js";
import { Field } from "../parts/field.js";
import { Frame } from "../parts/frame.js";
import { Facts, List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { hintWords } from "../parts/hint.js";
import { saidOf, warned } from "../parts/said.js";
import { Signed, Signing, drawn } from "../parts/signature.js";
import { Banner, Empty } from "../parts/state.js";
import { CHANGES } from "../queries.js";
import { age, tooOld } from "../shown/ages.js";
import { creditAfter, put, revisedOf, signedWhat, wantedOf } from "../shown/order.js";
import { Sum } from "./order_pad.js";

/** @param {any} what */
export function Review(
  { ctx, read, draft, total, change, up, here, about, gone, changed, onSaved },
) {
  const { t, money, verbs } = ctx;
  const { catalogue, store, pad } = read;
  const [signs, setSigns] = useState(false);
  const product = (/** @type {string} */ code) => catalogue.product(code);
  const old = draft.asked ? [] : tooOld(read.as_of, read.now_ms);
  const { over_minor } = creditAfter(read.owed, total.net_minor);
  const tell = (/** @type {any} */ some) =>
    change((/** @type {any} */ now) => ({ ...now, ...some }));
  // One given for something else does not count: what the office is shown was signed as it stands.
  const what = signedWhat(draft, total);
  const is_signed = Boolean(draft.signature) && draft.signed_what === what;
  const save = async () => {
    try {
      const signature = is_signed // an order waits for no picture
        ? await drawn(draft.signature).catch(() => undefined) : null;
      const row = await saved(verbs, { about, changed, draft, store, product, signature });
      onSaved(row);
      const said = changed ? "order.changed"
        : signature === undefined ? "order.saved_unsigned" : "order.saved";
      ctx.say(t(said, { number: row.number }), { undo: () =>
        takeBack(ctx, row.change, about.key, draft) });
      ctx.go(`${up}/order?saved=${row.id}`, { replace: true });
      return true;
    } catch (no) {
      ctx.say(saidOf(no), { tone: "stop" });
      return false;
    }
  };
  const can = draft.lines.length > 0 && !total.refused.size && !old.length;
  return html`<${Frame} title=${t("pad.review.title")} lead=${store.name} up=${here}
      foot=${html`<${Sum} ctx=${ctx} read=${read} total=${total} />
        <${Save} ctx=${ctx} store=${store.id} disabled=${!can} onSave=${save}
          label=${t(changed ? "order.save_change" : "order.save")} />`}>
    ${old.map((what) => html`<${Banner} key=${what} tone="wait"
      title=${t(`pad.old.${what}`, {
        age: ageWords(age(/** @type {any} */ (read.as_of)[what], read.now_ms)) })}
      act=${t("pad.old.go_on")} onAct=${() => tell({ asked: true })}>
      ${t("pad.old.text")}</${Banner}>`)}
    ${gone.length > 0 && html`<${Banner} tone="wait" title=${t("pad.gone", { n: gone.length })}>
      ${gone.map((/** @type {string} */ code) => product(code)?.name ?? code).join(", ")}
    </${Banner}>`}
    ${draft.signature && !is_signed && html`<${Banner} tone="wait" title=${t("sign.void")}
      act=${t("sign.void.act")} onAct=${() => setSigns(true)}>${t("sign.void.text")}</${Banner}>`}
    ${over_minor > 0 && html`<${Banner} tone="wait"
      title=${t("pad.over", { amount: money(over_minor) })}>${t("pad.over.text")}</${Banner}>`}
    ${read.owed.blocked_reason && html`<${Banner} tone="stop" title=${t("store.is.blocked")}>
      ${t("store.means.blocked", { reason: read.owed.blocked_reason })}</${Banner}>`}
    ${!draft.lines.length && html`<${Empty} mark="order" title=${t("pad.nothing.title")}
      act=${t("pad.back")} onAct=${() => ctx.back(here)}>${t("pad.nothing.text")}</${Empty}>`}
    ${draft.lines.length > 0 && html`<${Section} flush>
      <${List} label=${t("lines", { n: draft.lines.length })}>
      ${draft.lines.map((/** @type {any} */ one) => html`<${Line} key=${one.product} ctx=${ctx}
        row=${product(one.product)} code=${one.product} quantity=${one.quantity}
        refused=${total.refused.get(one.product)}
        line=${total.lines.find((/** @type {any} */ line) => line.product === one.product)}
        onOff=${() => change((/** @type {any} */ now) => put(now, one.product, 0))} />`)}
      </${List}></${Section}>`}
    <${Hints} ctx=${ctx} pad=${pad} lines=${total.lines}
      nameOf=${(/** @type {string} */ code) => product(code)?.name ?? code} />
    <${Totals} ctx=${ctx} pad=${pad} total=${total} />
    ${!about.revise && !about.about && html`<${Section} title=${t("order.more")}><div class="stack">
      <${Field} type="date" label=${t("order.deliver_on")}
        value=${draft.deliver_on ?? read.next_delivery ?? ""}
        hint=${read.next_delivery
          ? t("store.next_delivery", { day: ctx.day(read.next_delivery) }) : t("store.no_delivery")}
        onInput=${(/** @type {string} */ day) => tell({ deliver_on: day || null })} />
      <${Field} label=${t("order.po_no")} value=${draft.po_no} maxlength=${60}
        autocomplete="off" onInput=${(/** @type {string} */ po_no) => tell({ po_no })} />
      <${Field} label=${t("order.note")} value=${draft.note} rows=${2} maxlength=${4000}
        onInput=${(/** @type {string} */ note) => tell({ note })} />
      ${is_signed ? html`<div><${Signed} path=${draft.signature} />
          <${Button} kind="quiet" onClick=${() => tell({ signature: null })}>
            ${t("sign.off")}</${Button}></div>`
        : html`<${Button} mark="note" onClick=${() => setSigns(true)}>
            ${t("sign.title")}</${Button}>`}</div></${Section}>`}
    ${signs && html`<${Signing} who=${`${store.name} · ${money(total.net_minor)}`}
      onClose=${() => setSigns(false)} onSigned=${(/** @type {string} */ signature) => {
        tell({ signature, signed_what: what });
        setSigns(false);
      }} />`}</${Frame}>`;
}

/** The button that saves it. That it is busy is its own: nothing else is drawn anew for it. While
 * it is looked at, what the save asks for is read again whenever a sync or another tab changed it.
 * @param {{ ctx: any, store: string, label: string, disabled: boolean,
 *   onSave: () => Promise<boolean> }} what */
function Save({ ctx, store, label, disabled, onSave }) {
  const [busy, setBusy] = useState(false);
  useShown(ctx.local.changed, () => ctx.verbs.ahead(store), [store], CHANGES);
  const save = async () => {
    setBusy(true);
    if (!(await onSave())) setBusy(false);
  };
  return html`<${Button} kind="primary" mark="check" busy=${busy} disabled=${disabled || busy}
    onClick=${save}>${label}</${Button}>`;
}

/** The verb that saves it. @param {any} verbs @param {any} what */
function saved(verbs, { about, changed, draft, store, product, signature }) {
  const forget = [about.key];
  const wanted = wantedOf(draft, product);
  if (changed) {
    const lines = revisedOf(draft, changed, product);
    return verbs.revise({ store: store.id, id: changed.id }, lines, forget);
  }
  if (about.about) return verbs.supplement({ store: store.id, id: about.about }, wanted, forget);
  return verbs.order(store.id, wanted, { deliver_on: draft.deliver_on,
    po_no: draft.po_no.trim() || null, note: draft.note.trim() || null, forget,
    signature: signature ?? null });
}

/** A saved order taken back: it is a draft again, as it was.
 * @param {any} ctx @param {string} change @param {string} key @param {any} draft */
async function takeBack(ctx, change, key, draft) {
  try {
    await ctx.verbs.undo(change);
    await ctx.local.keepDraft(key, draft);
    ctx.go(`/store/${ctx.params.store}/order`, { replace: true });
    ctx.say(ctx.t("order.back"));
  } catch (no) {
    ctx.say(saidOf(no), { tone: "stop" });
  }
}

/** @param {any} what */
function Line({ ctx: { t, money }, row, code, quantity, line, refused, onOff }) {
  const off = (line?.promotions ?? []).map((/** @type {any} */ one) =>
    `${one.name} −${money(one.minor)}`);
  const told = [line && priceWords(line.unit_price), ...off, ...(line?.warnings ?? []).map(warned)];
  return html`<${Row} title=${row?.name ?? code}
    text=${refused ? html`<span class="fault">${saidOf(refused)}</span>`
      : told.filter(Boolean).join(" · ")}
    end=${html`<span>${row ? amountWords(row, quantity) : quantity}</span>
      <b>${line ? money(line.net_minor) : ""}</b>`}
    more=${refused && html`<${Button} mark="trash" onClick=${onOff}>
      ${t("pad.off")}</${Button}>`} />`;
}

/** @param {any} what */
function Hints({ ctx, pad, lines, nameOf }) {
  const told = pad.hints(lines);
  if (!told.length) return null;
  return html`<${Section} title=${ctx.t("hint.title")} flush><${List}>
    ${told.map((/** @type {any} */ one) => html`<${Row} key=${one.hint.promotion} mark="bulb"
      title=${hintWords(one.hint, one.offer, nameOf)} text=${one.offer.name} />`)}
    </${List}></${Section}>`;
}

/** @param {any} what */
function Totals({ ctx: { t, money }, pad, total }) {
  const taxes = pad.taxes(total.lines);
  const is_known = taxes.every((/** @type {any} */ one) => one.tax_minor !== null);
  const tax = taxes.reduce((/** @type {number} */ sum, /** @type {any} */ one) =>
    sum + (one.tax_minor ?? 0), 0);
  /** @type {[any, any][]} */
  const pairs = [
    ...(total.discount_minor ? /** @type {[any, any][]} */ ([
      [t("pad.gross"), money(total.gross_minor)],
      [t("pad.off.total"), `−${money(total.discount_minor)}`]]) : []),
    [t("pad.net"), html`<b>${money(total.net_minor)}</b>`],
    ...taxes.map((/** @type {any} */ one) => [
      t("pad.tax", { name: one.tax_class, percent: one.percent ?? "?" }),
      one.tax_minor === null ? t("pad.tax.unknown") : money(one.tax_minor)]),
    ...(taxes.length && is_known ? /** @type {[any, any][]} */ (
      [[t("pad.with_tax"), money(total.net_minor + tax)]]) : []),
  ];
  return total.lines.length ? html`<${Section}><${Facts} pairs=${pairs} /></${Section}>` : null;
}
