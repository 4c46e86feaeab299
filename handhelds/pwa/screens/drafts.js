// @ts-check
// What was begun and not saved, days ago or just now; and what was written of an order that the
// office had cancelled meanwhile, to send as a new one or to leave.

import { html, useState } from "../vendor/shell.js";
import { amountWords } from "../parts/amount.js";
import { Button, MarkButton } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { saidOf } from "../parts/said.js";
import { Sheet } from "../parts/sheet.js";
import { Empty, Failed, Waiting } from "../parts/state.js";
import { isCorrected, readDrafts, sendLate, takeUp } from "../shown/drafts.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

/** @type {Record<string, string>} */
const MARKS = { card: "card", amend: "card", pay: "coin", new_store: "store", store: "store",
  back: "undo" };

/** @param {Ctx} ctx */
async function read(ctx) {
  await ctx.memory.read();
  return readDrafts(ctx.local, await ctx.verbs.drafts());
}

/** @param {Ctx} ctx */
export function screen(ctx) {
  const { t } = ctx;
  const { value: found, error, again } = useShown(ctx.local.changed, () => read(ctx), [],
    ["draft", "fact", "queue", "verdict", "rows"]);
  const [open, setOpen] = useState(/** @type {any} */ (null));
  const drop = async (/** @type {import("../shown/drafts.js").Begun} */ one) => {
    try {
      const value = await ctx.local.draft(one.key);
      await ctx.local.dropDraft(one.key);
      ctx.say(t("drafts.dropped"), { undo: () => ctx.local.keepDraft(one.key, value) });
    } catch (no) {
      ctx.say(saidOf(no), { tone: "stop" });
    }
  };
  return html`<${Frame} title=${t("drafts.title")} up="/more">
    ${error ? html`<${Failed} error=${error} again=${again} />` : !found ? html`<${Waiting} />`
      : !found.begun.length && !found.late.length
        ? html`<${Empty} mark="check" title=${t("drafts.none")}>
            ${t("drafts.none.text")}</${Empty}>` : html`
      ${found.late.length > 0 && html`
        <${Section} title=${t("drafts.late")} lead=${t("drafts.late.text")} flush>
        <${List} label=${t("drafts.late")}>${found.late.map((one) => html`
          <${Row} key=${one.change} mark="order" onClick=${() => setOpen(one)}
            title=${t("drafts.from", { number: one.number })}
            text=${listed([one.name, t("lines", { n: one.lines.length }),
              ctx.moment(one.captured_at)])} />`)}</${List}></${Section}>`}
      ${found.begun.length > 0 && html`<${Section} title=${t("drafts.begun")} flush>
        <${List} label=${t("drafts.begun")}>${found.begun.map((one) => html`
          <${Begun} key=${one.key} ctx=${ctx} one=${one} onDrop=${() => drop(one)} />`)}
        </${List}></${Section}>`}`}
    ${open && html`<${Late} ctx=${ctx} draft=${open} onClose=${() => setOpen(null)} />`}
  </${Frame}>`;
}

/** What there is of it, in one line. @param {string[]} texts */
const listed = (texts) => texts.filter(Boolean).join(" · ");

/** @param {{ ctx: Ctx, one: import("../shown/drafts.js").Begun, onDrop: () => void }} what */
function Begun({ ctx, one, onDrop }) {
  const { t, go } = ctx;
  const what = t(`drafts.is.${one.what}`, { n: one.n });
  return html`<${Row} mark=${MARKS[one.what] ?? "order"} title=${one.name || t("form.new")}
    text=${listed([what, one.on ? ctx.day(one.on) : ""])} onClick=${() => go(one.path)}
    side=${html`<${MarkButton} mark="trash" onClick=${onDrop}
      label=${t("drafts.drop_of", { what, name: one.name })} />`} />`;
}

/** @param {{ ctx: Ctx, draft: any, onClose: () => void }} what */
function Late({ ctx, draft, onClose }) {
  const { t } = ctx;
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const product = (/** @type {string} */ code) => ctx.memory.catalogue?.product(code);
  /** @param {() => Promise<void>} work */
  const doing = async (work) => {
    setBusy(true);
    try {
      await work();
      onClose();
    } catch (no) {
      setBusy(false);
      setFault(saidOf(no));
    }
  };
  const path = `/store/${draft.store}/order?about=${draft.order}`;
  const send = () => doing(async () => {
    if (await isCorrected(ctx.local, draft)) {
      ctx.say(t("drafts.corrected"));
      return void ctx.go(path);
    }
    const { row, undo } = await sendLate(ctx.local, ctx.verbs, draft);
    ctx.say(t("order.saved", { number: row.number }), { undo });
    ctx.go(`/store/${draft.store}/order?saved=${row.id}`);
  });
  const look = () => doing(async () => {
    await takeUp(ctx.local, draft);
    ctx.go(path);
  });
  const drop = () => doing(async () => {
    await ctx.verbs.dropDraft(draft.number);
    ctx.say(t("drafts.dropped"), { undo: () => ctx.verbs.keepDraft(draft.change) });
  });
  const line = (/** @type {any} */ one) => {
    const row = product(one.product);
    return html`<${Row} key=${one.n ?? one.product} title=${row?.name ?? one.product}
      end=${row ? amountWords(row, one.quantity) : String(one.quantity)} />`;
  };
  return html`<${Sheet} title=${t("drafts.from", { number: draft.number })} onClose=${onClose}
      foot=${html`<${Button} busy=${busy} onClick=${look}>${t("drafts.look")}</${Button}>
      <${Button} kind="primary" mark="check" busy=${busy} onClick=${send}>
        ${t("drafts.send")}</${Button}>`}>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    <p class="soft">${listed([draft.name, ctx.moment(draft.captured_at)])}</p>
    <${List} label=${t("lines", { n: draft.lines.length })}>${draft.lines.map(line)}</${List}>
    <p class="soft small">${t("drafts.send.text")}</p>
    <${Button} kind="danger" mark="trash" busy=${busy} onClick=${drop}>
      ${t("drafts.leave")}</${Button}></${Sheet}>`;
}
