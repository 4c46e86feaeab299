// @ts-check
// The newest card of a store, corrected: the same matrix as it was filled in with, every line as it
// was saved. Only what says something else is sent, with why.

import { html, useCallback, useState } from "../vendor/shell.js";
import { Button } from "../parts/button.js";
import { useDraft } from "../parts/draft.js";
import { Suggesting } from "../parts/field.js";
import { Frame } from "../parts/frame.js";
import { useShown } from "../parts/live.js";
import { saidOf } from "../parts/said.js";
import { Searching } from "../parts/searching.js";
import { Sheet } from "../parts/sheet.js";
import { Empty, Failed, Waiting } from "../parts/state.js";
import { added, linesToAmend, savedCard, touch } from "../shown/card.js";
import { padOf } from "../shown/reading.js";
import { newestFirst } from "../shown/store.js";
import { Columns, useRows } from "./card.js";
import { Keys, More } from "./card_line.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../shown/card.js").Card} Card */
/** @typedef {import("../shown/card.js").Gesture} Gesture */

const WHY = ["amend.why.mistyped", "amend.why.counted", "amend.why.missed"];

/** @param {any} local @param {string} id */
async function readCard(local, id) {
  const { at } = await padOf(local, id, "card");
  return { store: at.store, catalogue: at.catalogue, card: newestFirst(at.rows("card"))[0] ?? null };
}

/** @param {Ctx} ctx */
export function screen(ctx) {
  const id = ctx.params.store;
  const { value: known, error, again } = useShown(ctx.local.changed,
    () => readCard(ctx.local, id), [id], []);
  const up = `/store/${id}`;
  if (known?.card) return html`<${Correcting} ctx=${ctx} known=${known} up=${up} />`;
  return html`<${Frame} title=${ctx.t("amend.title")} up=${up}>${error
    ? html`<${Failed} error=${saidOf(error)} again=${again} />` : !known ? html`<${Waiting} rows=${8} />`
    : html`<${Empty} mark="card" title=${ctx.t("refused.no_card", { store: known.store.name })}
        act=${ctx.t("act.card")} onAct=${() => ctx.go(`${up}/card`, { replace: true })} />`}</${Frame}>`;
}

/** @param {{ ctx: Ctx, known: any, up: string }} what */
function Correcting({ ctx, known, up }) {
  const { t } = ctx;
  const { store, catalogue, card: saved } = known;
  const key = `card/${store.id}/amend/${saved.id}`;
  const fresh = () => savedCard(saved, (code) => catalogue.product(code));
  const failed = (/** @type {unknown} */ error) => ctx.say(saidOf(error), { tone: "stop" });
  const { value: card, was_kept, change } = useDraft(ctx.local, key,
    (kept) => (kept?.lines ? /** @type {Card} */ (kept) : fresh()), failed);
  const [more, setMore] = useState(/** @type {string | null} */ (null));
  const [step, setStep] = useState(/** @type {"" | "adds" | "saves"} */ (""));
  const act = useCallback((/** @type {Gesture} */ gesture) =>
    change((now) => touch(now, gesture)), [change]);
  const row = useRows(card?.at ?? null, act, ctx, setMore);
  const title = t("amend.title");
  if (!card) return html`<${Frame} title=${title} up=${up}><${Waiting} rows=${8} /></${Frame}>`;
  const lines = linesToAmend(card);
  const n = lines.length;
  const save = async (/** @type {string} */ reason) => {
    try {
      const made = await ctx.verbs.amendCard(store.id, lines, reason.trim() || null, [key]);
      setStep("");
      ctx.say(t("amend.saved", { n }), { undo: () => takeBack(ctx, made.change, key, card) });
      ctx.back(up);
    } catch (error) {
      setStep("");
      failed(error);
    }
  };
  const restart = () => {
    change(fresh());
    ctx.say(t("card.restarted"), { undo: () => change(card) });
  };
  const under = html`<${Columns} t=${t} left=${t("amend.of", { at: ctx.moment(saved.captured_at) })}
    right=${t("amend.changes", { n })} />`;
  return html`<${Frame} title=${title} lead=${store.name} up=${up} wide under=${under}
      foot=${card.at ? html`<${Keys} card=${card} act=${act} ctx=${ctx} />`
        : html`<${Button} kind="primary" mark="check" disabled=${!n} onClick=${() => setStep("saves")}>${
          t("amend.save")}</${Button}>`}>
    ${was_kept && n > 0 && html`<p class="soft small kept"><span>${t("amend.kept", { n })}</span>
      <${Button} kind="quiet" onClick=${restart}>${t("card.restart")}</${Button}></p>`}
    <ul class="matrix" aria-label=${title}>${card.lines.map(row)}</ul>
    <${Button} mark="plus" wide onClick=${() => setStep("adds")}>${t("card.add")}</${Button}>
    ${more && html`<${More} line=${card.lines.find((one) => one.product === more)} act=${act}
      ctx=${ctx} onClose=${() => setMore(null)} />`}
    ${step === "adds" && html`<${Searching} catalogue=${catalogue} title=${t("card.add")}
      onClose=${() => setStep("")} onChosen=${(/** @type {any} */ product) => {
        change((now) => added(now, product));
        setStep("");
      }} />`}
    ${step === "saves" && html`<${Why} t=${t} onSave=${save} onClose=${() => setStep("")} />`}
  </${Frame}>`;
}

/** Why it is corrected; it may be left out.
 * @param {{ t: Ctx["t"], onSave: (reason: string) => Promise<void>, onClose: () => void }} what */
function Why({ t, onSave, onClose }) {
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  return html`<${Sheet} title=${t("amend.why")} onClose=${onClose} foot=${html`<${Button} kind="primary" mark="check"
      busy=${busy} onClick=${() => { setBusy(true); onSave(reason); }}>${t("amend.save")}</${Button}>`}>
    <${Suggesting} label=${t("amend.reason")} value=${reason} onInput=${setReason} maxlength=${500}
      autocomplete="off" words=${WHY.map((one) => t(one))} /></${Sheet}>`;
}

/** A correction taken back: it is a draft again, as it was.
 * @param {Ctx} ctx @param {string} change @param {string} key @param {Card} card */
async function takeBack(ctx, change, key, card) {
  await ctx.verbs.undo(change);
  await ctx.local.keepDraft(key, card);
  ctx.say(ctx.t("amend.back"));
}
