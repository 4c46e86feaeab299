// @ts-check
// One receipt, drawn like the slip it stands for: to show, share or print.

import { html } from "../vendor/shell.js";
import { Button } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { useShown } from "../parts/live.js";
import { saidOf } from "../parts/said.js";
import { shareText } from "../parts/share.js";
import { Empty, Failed, Waiting } from "../parts/state.js";
import { receiptScreen } from "../shown/receivables.js";
import { ReceiptState } from "./receivables.js";

/** @param {any} local @param {string} id @param {string} [store] */
async function readReceipt(local, id, store) {
  const row = await local.row("collection", id, store);
  if (!row) return null;
  const [at, enrolment] = await Promise.all([local.row("store", row.store), local.fact("enrolment")]);
  const slip = receiptScreen({ row, store: at, company: enrolment?.company.name ?? "" });
  const { code, name } = enrolment?.rep ?? {};
  return /** @type {typeof slip} */ ({ ...slip, taken_by: slip.taken_by === code && name ? name : slip.taken_by });
}

/** @param {import("../ctx.js").Ctx} ctx */
export function screen(ctx) {
  const { t, money, day, params } = ctx;
  const { value: slip, error, again } = useShown(ctx.local.changed,
    () => readReceipt(ctx.local, params.receipt, params.store), [params.receipt]);
  const up = params.store ? `/store/${params.store}/money` : "/day";
  if (slip === undefined || slip === null) {
    return html`<${Frame} title=${t("receipt.one")} up=${up}>${error
      ? html`<${Failed} error=${saidOf(error)} again=${again} />`
      : slip === null ? html`<${Empty} mark="coin" title=${t("receipt.gone")} act=${t("act.money")}
          onAct=${() => ctx.go(up, { replace: true })} />` : html`<${Waiting} rows=${6} />`}</${Frame}>`;
  }
  const from = slip.store ? `${slip.store.name} (${slip.store.code})` : t("receipt.store_gone");
  /** @type {[string, string][]} */
  const rows = slip.uses.map((/** @type {any} */ use) => [use.number, money(use.amount_minor)]);
  if (slip.on_account_minor) rows.push([t("pay.on_account"), money(slip.on_account_minor)]);
  const paid = `${money(slip.amount_minor)} ${t(`pay.by.${slip.method}`)}`;
  const cheque = slip.cheque_no ? t("receipt.cheque", { number: slip.cheque_no, bank: slip.cheque_bank ?? "" }) : "";
  const text = [slip.company, `${t("receipt.one")} ${slip.number}`, t("receipt.from", { store: from, day: day(slip.day) }),
    "", paid, cheque, ...rows.map((one) => one.join("  ")), "", t("receipt.by", { rep: slip.taken_by })]
    .filter((line) => line !== null).join("\n");
  return html`<${Frame} title=${slip.number} lead=${slip.store?.name} up=${up} foot=${html`
      <${Button} mark="share" onClick=${() => shareText(`${t("receipt.one")} ${slip.number}`, text, ctx.say)}>${t("share")}</${Button}>
      <${Button} kind="primary" mark="check" onClick=${() => ctx.back(up)}>${t("keys.done")}</${Button}>`}>
    <p class="row-of"><${ReceiptState} row=${slip} />${slip.reason && html`<span class="soft">${slip.reason}</span>`}</p>
    <section class="slip" aria-label=${t("receipt.one")}><header><strong>${slip.company}</strong>
        <span>${t("receipt.one")} ${slip.number}</span><span>${t("receipt.from", { store: from, day: day(slip.day) })}</span></header>
      <p class="figure">${paid}</p>${cheque && html`<p>${cheque}</p>`}
      <table><tbody>${rows.map(([name, minor]) => html`<tr key=${name}><td>${name}</td><td>${minor}</td></tr>`)}</tbody></table>
      ${slip.note && html`<p>${slip.note}</p>`}<p class="small">${t("receipt.by", { rep: slip.taken_by })}</p></section>
    <${Button} kind="quiet" onClick=${() => print()}>${t("print")}</${Button}></${Frame}>`;
}
