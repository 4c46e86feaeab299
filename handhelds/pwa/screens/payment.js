// @ts-check
// Money taken at the store: how much, how, and what it is for; the oldest items first unless the
// store says otherwise. The receipt has its number the moment it is saved.

import { html, useEffect, useState } from "../vendor/shell.js";
import { propose } from "../terms/allocation.js";
import { Button, Choice } from "../parts/button.js";
import { useDraft } from "../parts/draft.js";
import { Field } from "../parts/field.js";
import { NumberPad } from "../parts/numberpad.js";
import { saidOf, warned } from "../parts/said.js";
import { Sheet } from "../parts/sheet.js";
import { offers } from "../shown/receivables.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

const METHODS = ["cash", "cheque", "transfer"];
const NEW = { method: "cash", typed: "", skip: /** @type {string[]} */ ([]), cheque_no: "", cheque_bank: "",
  cheque_on: "", note: "" };

/** What the money is for: the oldest due first, less what the store does not want to pay now.
 * @param {any[]} items @param {number} amount_minor @param {string[]} skip */
function usesOf(items, amount_minor, skip) {
  return propose(amount_minor, items.filter((one) => !skip.includes(one.number)).map((one) => ({
    number: one.number, due_on: one.due_on, open_minor: one.open_minor - one.spoken_minor,
    kind: one.kind, disputed: Boolean(one.disputed) })));
}

/** @param {{ ctx: Ctx, known: any, shown: any, onClose: () => void }} what */
export function Payment({ ctx, known, shown, onClose }) {
  const { t, money, day } = ctx;
  const key = `pay/${known.store.id}`;
  const failed = (/** @type {unknown} */ no) => ctx.say(saidOf(no), { tone: "stop" });
  const { value: draft, change } = useDraft(ctx.local, key, (kept) =>
    /** @type {typeof NEW} */ ({ ...NEW, ...(kept ?? {}) }), failed);
  const [till, setTill] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);
  useEffect(() => { ctx.verbs.till(known.store.id).then(setTill, failed); }, []);
  if (!draft) return null;
  const tell = (/** @type {Partial<typeof NEW>} */ some) => change((/** @type {typeof NEW} */ now) => ({ ...now, ...some }));
  const amount_minor = Number(draft.typed || 0);
  const uses = usesOf(shown.items, amount_minor, draft.skip);
  const rest = amount_minor - uses.reduce((sum, [, minor]) => sum + minor, 0);
  const told = { method: draft.method, amount_minor, note: draft.note.trim() || null,
    cheque_no: draft.cheque_no.trim() || null, cheque_bank: draft.cheque_bank.trim() || null,
    cheque_on: draft.cheque_on || null };
  const warnings = till && amount_minor ? till.warnings(told, uses, known.today) : [];
  const is_cheque = draft.method === "cheque";
  const save = async () => {
    setBusy(true);
    try {
      const row = await ctx.verbs.collect(known.store.id, { ...told, ...(draft.skip.length
        ? { wished: uses.map(([number, minor]) => [number, minor]) } : {}) }, [key]);
      ctx.say(t("pay.saved", { number: row.number }), { undo: async () => {
        await ctx.verbs.undo(row.change);
        await ctx.local.keepDraft(key, draft);
        ctx.go(`/store/${known.store.id}/money`, { replace: true });
      } });
      ctx.go(`/receipt/${row.id}?store=${known.store.id}`);
    } catch (no) {
      setBusy(false);
      failed(no);
    }
  };
  const typed = (/** @type {string} */ value) => tell({ typed: value.replace(/^0+/, "") });
  return html`<${Sheet} title=${t("pay.take")} onClose=${onClose} foot=${html`<${Button} kind="primary" mark="check" busy=${busy}
      disabled=${!amount_minor || (is_cheque && !told.cheque_no)} onClick=${save}>${t("pay.save", { amount: money(amount_minor) })}</${Button}>`}>
    <output class="pay-amount" aria-live="polite">${money(amount_minor)}</output>
    <div class="row-of quick">${offers(shown.items, known.today).map((one) => html`<${Button} key=${one.what}
      pressed=${one.minor === amount_minor} onClick=${() => tell({ typed: String(one.minor) })}>
      <span class="offer">${t(`pay.offer.${one.what}`)}<b>${money(one.minor)}</b></span></${Button}>`)}</div>
    <${Choice} name="method" label=${t("pay.method")} hideLabel value=${draft.method} onChange=${(/** @type {string} */ method) => tell({ method })}
      options=${METHODS.map((one) => [one, t(`pay.method.${one}`)])} />
    ${is_cheque && html`<${Field} label=${t("pay.cheque_no")} value=${draft.cheque_no} inputmode="numeric" autocomplete="off" maxlength=${60}
        onInput=${(/** @type {string} */ cheque_no) => tell({ cheque_no })} />
      <${Field} label=${t("pay.cheque_bank")} value=${draft.cheque_bank} autocomplete="off" maxlength=${100}
        onInput=${(/** @type {string} */ cheque_bank) => tell({ cheque_bank })} />
      <${Field} type="date" label=${t("pay.cheque_on")} value=${draft.cheque_on} onInput=${(/** @type {string} */ cheque_on) => tell({ cheque_on })} />`}
    ${warnings.map((/** @type {any} */ one) => html`<p key=${one.key + JSON.stringify(one.values)} class="small wait" role="status">${warned(one)}</p>`)}
    ${amount_minor > 0 && html`<section class="uses"><h3>${t("pay.uses")}</h3>
      <ul>${uses.map(([number, minor]) => html`<li key=${number}><span>${number}<small class="soft"> ${
        day(shown.items.find((/** @type {any} */ one) => one.number === number)?.due_on ?? known.today)}</small></span><b>${money(minor)}</b>
        <button type="button" class="button quiet" onClick=${() =>
          tell({ skip: [...draft.skip, number] })}>${t("pay.skip")}<span class="unseen">: ${number}</span></button></li>`)}
        ${rest > 0 && html`<li><span>${t("pay.on_account")}</span><b>${money(rest)}</b></li>`}
        ${draft.skip.length > 0 && html`<li><button type="button" class="button quiet" onClick=${() => tell({ skip: [] })}>${
          t("pay.oldest_first")}</button></li>`}</ul></section>`}
    <${NumberPad} value=${draft.typed} most=${10} label=${t("pay.amount")} onChange=${typed}
      left=${["00", () => draft.typed && typed(`${draft.typed}00`.slice(0, 10))]} />
    <${Field} label=${t("order.note")} value=${draft.note} maxlength=${4000} onInput=${(/** @type {string} */ note) => tell({ note })} /></${Sheet}>`;
}
