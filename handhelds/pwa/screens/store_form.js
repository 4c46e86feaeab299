// @ts-check
// A store nobody has yet, or what is to be said otherwise of one: the same form. What is typed is
// kept on every key; the office is told, and decides where the field is its own.

import { html, useMemo, useState } from "../vendor/shell.js";
import { Button } from "../parts/button.js";
import { useDraft } from "../parts/draft.js";
import { Field, Suggesting } from "../parts/field.js";
import { Frame } from "../parts/frame.js";
import { List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { Place } from "../parts/place.js";
import { saidOf } from "../parts/said.js";
import { Failed, Waiting } from "../parts/state.js";
import { settingOf } from "../shown/reading.js";
import {
  ASKED, ASKED_NEW, CHOSEN, MOST, SEEN, WHOLE, alike, changesOf, faultOf, formOf, givenOf, wordsOf,
} from "../shown/store_form.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../shown/store_form.js").Typed} Typed */
/** What a phone's keyboard shows for a field. @type {Record<string, string>} */
const TYPES = { phone: "tel" };

/** What the form is begun with. @param {any} local @param {string} [id] */
async function readForm(local, id) {
  const { catalogue } = await settingOf(local);
  const store = id ? await local.row("store", id, id) : null;
  if (id && !store) throw new Error(`store ${id} is not here`);
  return { store, stores: catalogue.pulled("store") };
}

/** @param {Ctx} ctx */
export function screen(ctx) {
  const { store: id, name = "" } = ctx.params;
  const up = id ? `/store/${id}` : "/stores";
  const title = ctx.t(id ? "form.edit" : "form.new");
  const { value: known, error, again } = useShown(ctx.local.changed,
    () => readForm(ctx.local, id), [id], []);
  if (known) return html`<${Filling} ctx=${ctx} known=${known} up=${up} title=${title} name=${name} />`;
  return html`<${Frame} title=${title} up=${up}>${error
    ? html`<${Failed} error=${saidOf(error)} again=${again} />` : html`<${Waiting} rows=${8} />`}</${Frame}>`;
}

/** @param {{ ctx: Ctx, known: any, up: string, title: string, name: string }} what */
function Filling({ ctx, known, up, title, name }) {
  const { t } = ctx;
  const { store, stores } = known;
  const key = store ? `store/${store.id}` : "store/new";
  const before = useMemo(() => formOf(store), [store]);
  const failed = (/** @type {unknown} */ no) => ctx.say(saidOf(no), { tone: "stop" });
  const { value: typed, was_kept, change, drop } = useDraft(ctx.local, key,
    (kept) => /** @type {Typed} */ ({ ...before, ...(kept ?? (name && { name })) }), failed);
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const others = useMemo(() => (typed && !store ? alike(stores, typed) : []), [typed, stores]);
  if (!typed) return html`<${Frame} title=${title} up=${up}><${Waiting} rows=${8} /></${Frame}>`;
  const changes = changesOf(typed, before);
  const wrong = faultOf(typed);
  const is_changed = Object.keys(changes).length > 0;
  const put = (/** @type {string} */ field) => (/** @type {string} */ value) =>
    change((/** @type {Typed} */ now) => ({ ...now, [field]: value }));
  const save = async () => {
    setBusy(true);
    try {
      const row = store ? await ctx.verbs.editStore(store.id, changes, [key])
        : await ctx.verbs.newStore(typed.name.trim(), givenOf(typed), [key]);
      ctx.say(t(store ? "form.edited" : "form.made", { name: typed.name.trim() }),
        { undo: () => takeBack(ctx, row.change, key, typed, store) });
      if (store) ctx.back(up);
      else ctx.go(`/store/${row.id}`, { replace: true });
    } catch (no) {
      setBusy(false);
      setFault(saidOf(no));
    }
  };
  const restart = async () => {
    await drop();
    ctx.back(up);
    ctx.say(t("form.dropped"), { undo: () => ctx.local.keepDraft(key, typed) });
  };
  const field = (/** @type {string} */ one) => {
    const what = { key: one, label: t(`form.${one}`), value: typed[one], onInput: put(one),
      maxlength: /** @type {any} */ (MOST)[one] ?? 60, autocomplete: "off", type: TYPES[one] ?? "text",
      ...(WHOLE.has(one) && { inputmode: "numeric" }),
      fault: is_changed && wrong?.field === one ? t(wrong.key) : "" };
    return /** @type {readonly string[]} */ (CHOSEN).includes(one)
      ? html`<${Suggesting} ...${what} words=${wordsOf(stores, one)} />` : html`<${Field} ...${what} />`;
  };
  const asked = store ? ASKED : ASKED_NEW;
  const is_asking = asked.some((one) => typed[one] !== before[one]);
  return html`<${Frame} title=${title} lead=${store?.name} up=${up} foot=${html`<${Button} kind="primary"
      mark="check" busy=${busy} disabled=${!is_changed || wrong !== null} onClick=${save}>${
        t(store ? "form.save" : "form.make")}</${Button}>`}>
    ${fault && html`<p class="fault" role="alert">${fault}</p>`}
    ${was_kept && is_changed && html`<p class="soft small kept"><span>${t("form.kept")}</span>
      <${Button} kind="quiet" onClick=${restart}>${t("form.drop")}</${Button}></p>`}
    ${others.length > 0 && html`<${Section} title=${t("form.alike")} flush><${List} label=${t("form.alike")}>
      ${others.map(({ store: one, why, distance_m }) => html`<${Row} key=${one.id} mark="store" title=${one.name}
        text=${[t(`form.why.${why}`, { n: distance_m ?? 0 }), one.code, one.address].filter(Boolean).join(" · ")}
        onClick=${() => ctx.go(`/store/${one.id}`)} />`)}</${List}></${Section}>`}
    <${Section} title=${t("form.seen")}><div class="stack">${field("name")}
      <${Place} value=${typed.position} before=${before.position} onChange=${put("position")} />
      ${SEEN.map(field)}</div></${Section}>
    <details class="sheet more-fields" open=${is_asking}><summary>${t(store ? "form.asked" : "form.asked_new")}</summary>
      <div class="stack"><p class="soft small">${t(store ? "form.asked.text" : "form.asked_new.text")}</p>
        ${asked.map(field)}</div></details></${Frame}>`;
}

/** What was saved, taken back: it stands in the form again.
 * @param {Ctx} ctx @param {string} change @param {string} key @param {Typed} typed
 * @param {Record<string, any> | null} store */
async function takeBack(ctx, change, key, typed, store) {
  await ctx.verbs.undo(change);
  await ctx.local.keepDraft(key, typed);
  if (!store) ctx.go("/stores/new", { replace: true });
  ctx.say(ctx.t("form.back"));
}
