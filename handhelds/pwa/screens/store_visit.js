// @ts-check
// The end of a visit: a note, and why nothing was ordered if nothing was.

import { html, useState } from "../vendor/shell.js";
import { Button } from "../parts/button.js";
import { Field } from "../parts/field.js";
import { saidOf } from "../parts/said.js";
import { Sheet } from "../parts/sheet.js";

/** Why a visit brought no order; the same words in each rep's reports. */
export const NO_ORDER = ["enough_stock", "decider_absent", "no_money", "price", "competitor", "other"];
/** Why a store was not visited. */
export const NOT_VISITED = ["store_closed", "no_time", "road", "not_wanted", "ill", "other"];

/**
 * One of some reasons, each a button in reach of a thumb.
 * @param {{ t: (key: string) => string, reasons: string[], value: string,
 *   onChange: (value: string) => void, label: string }} what
 */
export function Reasons({ t, reasons, value, onChange, label }) {
  return html`<fieldset class="reasons"><legend class="soft small">${label}</legend>
    ${reasons.map((one) => html`<${Button} key=${one} pressed=${one === value}
      onClick=${() => onChange(one === value ? "" : one)}>${t(`reason.${one}`)}</${Button}>`)}</fieldset>`;
}

/**
 * @param {{ ctx: import("../ctx.js").Ctx, known: import("../shown/store.js").Known, visit: any,
 *   onClose: () => void }} what
 */
export function EndVisit({ ctx, known, visit, onClose }) {
  const { t } = ctx;
  const ordered = known.orders.some((row) => row.visit === visit?.id && row.state !== "cancelled");
  const [note, setNote] = useState(visit?.note ?? "");
  const [reason, setReason] = useState("");
  const end = async () => {
    try {
      const { change } = await ctx.verbs.endVisit(known.store.id,
        { note: note.trim() || null, reason: reason || null });
      onClose();
      ctx.say(t("visit.ended"), { undo: () => ctx.verbs.undo(change) });
      ctx.back("/day");
    } catch (no) {
      ctx.say(saidOf(no), { tone: "stop" });
    }
  };
  return html`<${Sheet} title=${t("visit.end")} onClose=${onClose} foot=${html`<${Button} kind="primary"
      mark="check" onClick=${end}>${t("visit.end")}</${Button}>`}>
    ${!ordered && html`<${Reasons} t=${t} reasons=${NO_ORDER} value=${reason} onChange=${setReason}
      label=${t("visit.why_no_order")} />`}
    <${Field} label=${t("visit.note")} value=${note} rows=${3} maxlength=${4000} onInput=${setNote} /></${Sheet}>`;
}
