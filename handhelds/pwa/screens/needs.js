// What needs the rep: questions of the office with their answers, and what was decided otherwise
// than sent. Answers are given here without a network, like all else.

import { html, useState } from "../vendor/shell.js";
import { Button, Chip } from "../parts/button.js";
import { Field } from "../parts/field.js";
import { Frame } from "../parts/frame.js";
import { List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { doneWords, saidOf } from "../parts/said.js";
import { Sheet } from "../parts/sheet.js";
import { Empty, Failed, Waiting } from "../parts/state.js";
import { readNeeds } from "../shown/trail.js";
import { ago, language, moment, t } from "../speech.js";
import { toldIn } from "../told.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

/** @param {Ctx} ctx */
export function screen(ctx) {
  const shown = useShown(ctx.local.changed, () => read(ctx, language.value), [language.value]);
  const found = shown.value;
  const none = found && !found.items.length && !found.unread.length && !found.notices.length;
  return html`<${Frame} title=${t("needs.title")} up="/more">
    ${shown.error ? html`<${Failed} error=${shown.error} again=${shown.again} />` : !found ? html`<${Waiting} />` : none
      ? html`<${Empty} mark="check" title=${t("needs.empty")}>${t("needs.empty.text")}</${Empty}>` : html`
      ${found.items.map((one) => html`<${Item} key=${one.id} ctx=${ctx} item=${one} />`)}
      ${found.unread.length > 0 && html`<${Section} title=${t("needs.unread")} flush
        end=${html`<${Button} kind="quiet" onClick=${() => ctx.local.markRead(found.unread.map((one) => one.id))}>${t("needs.all_read")}</${Button}>`}>
        <${List}>${found.unread.map((one) => html`<${Row} key=${one.id} mark=${one.state === "needs" ? "hand" : "note"}
          tone=${one.state === "needs" ? "wait" : ""} title=${doneWords(one)}
          text=${html`<span>${[one.store, moment(one.captured_at)].filter(Boolean).join(" · ")}</span>
            ${one.says.map((said) => html`<span class="said" key=${said}>${said}</span>`)}`}
          more=${html`<${Button} kind="quiet" mark="check" label=${`${t("needs.read")}: ${doneWords(one)}`}
            onClick=${() => ctx.local.markRead([one.id])}>${t("needs.read")}</${Button}>`} />`)}</${List}></${Section}>`}
      ${found.notices.length > 0 && html`<${Section} title=${t("needs.notices")} flush
        end=${html`<${Button} kind="quiet" onClick=${() => ctx.local.markRead([], found.notices)}>${t("needs.all_read")}</${Button}>`}>
        <${List}>${found.notices.map((/** @type {any} */ one) => html`<${Row} key=${one.id} mark="note"
          title=${one.says} text=${about(one)} />`)}</${List}></${Section}>`}`}
  </${Frame}>`;
}

/** @param {Ctx} ctx @param {string} spoken */
async function read(ctx, spoken) {
  await ctx.memory.read();
  return readNeeds(ctx.local, await ctx.verbs.needs(), await toldIn(spoken));
}

/** @param {Record<string, any>} item */
const about = (item) => [item.store_name, item.number, item.at && ago(item.at)].filter(Boolean).join(" · ");

/** @param {{ctx: Ctx, item: any}} what */
function Item({ ctx, item }) {
  const [chosen, setChosen] = useState(/** @type {{name: string, says: string} | null} */ (null));
  const given = item.given && (item.answers.find((/** @type {any} */ one) => one.name === item.given.answer)?.says
    ?? item.given.answer);
  const values = [["needs.yours", item.yours], ["needs.now", item.now], ["needs.proposed", item.proposed]]
    .filter(([, value]) => value !== null && value !== undefined && typeof value !== "object");
  return html`<section class="sheet stack" aria-label=${item.says}>
    <div class="row-of"><${Chip} tone="wait" mark="hand">${t("state.needs")}</${Chip}>
      ${item.due_at && html`<span class="soft small">${t("needs.due", { at: moment(item.due_at) })}</span>`}</div>
    <div><h2>${item.says}</h2><p class="soft small">${about(item)}</p></div>
    ${values.length > 0 && html`<dl class="facts">${values.map(([key, value]) => html`<div key=${key}><dt>${t(key)}</dt><dd>${value}</dd></div>`)}</dl>`}
    ${given ? html`<p class="row-of"><${Chip} tone="go" mark="clock">${t("state.saved")}</${Chip}> ${t("needs.given", { answer: given })}</p>`
      : html`<div class="answers">${item.answers.map((/** @type {any} */ one) => html`<${Button} key=${one.name}
          onClick=${() => setChosen(one)}>${one.says}</${Button}>`)}</div>`}
    ${item.store && html`<${Button} kind="quiet" mark="store" onClick=${() => ctx.go(`/store/${item.store}`)}>${t("needs.store")}</${Button}>`}
    ${chosen && html`<${Answering} ctx=${ctx} item=${item} answer=${chosen} onClose=${() => setChosen(null)} />`}
  </section>`;
}

/** @param {{ctx: Ctx, item: any, answer: {name: string, says: string}, onClose: () => void}} what */
function Answering({ ctx, item, answer, onClose }) {
  const [note, setNote] = useState("");
  const give = async () => {
    onClose();
    try {
      const saved = await ctx.verbs.answer(item.id, answer.name, note.trim() || null);
      ctx.say(t("needs.answered", { answer: answer.says }), { undo: () => ctx.verbs.undo(saved.change) });
    } catch (error) {
      ctx.say(saidOf(error), { tone: "stop" });
    }
  };
  return html`<${Sheet} title=${answer.says} onClose=${onClose} foot=${html`
      <${Button} onClick=${onClose}>${t("cancel")}</${Button}><${Button} kind="primary" onClick=${give}>${t("needs.send")}</${Button}>`}>
    <p>${item.says}</p>
    <${Field} label=${t("needs.note")} rows=${3} value=${note} onInput=${setNote} maxlength=${500} />
    <p class="soft small">${t("needs.offline")}</p></${Sheet}>`;
}
