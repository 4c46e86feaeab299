// Settings: language, light or dark, the PIN, the position at visits, what the app takes on this
// handheld, and what it is.

import { html, useEffect, useState } from "../vendor/shell.js";
import { lookAtGate } from "../gate.js";
import { install, installed, isApple, lasting, makeLasting, offer, room } from "../install.js";
import { Button, Choice } from "../parts/button.js";
import { Export } from "../parts/export.js";
import { Frame } from "../parts/frame.js";
import { LanguageChoice } from "../parts/language.js";
import { Facts, Section } from "../parts/list.js";
import { PinSetting } from "../parts/pin_setting.js";
import { Sheet } from "../parts/sheet.js";
import { WhereSetting } from "../parts/where_setting.js";
import { dropPin, kept, lock } from "../pin.js";
import { t } from "../speech.js";
import { buildOf, changeOver, updateWaits } from "../updates.js";
import { Enrolling } from "./enrol.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

const MINUTES = ["1", "5", "15", "60"];

/** @param {Ctx} ctx */
export function screen(ctx) {
  const [theme, setTheme] = useState(localStorage.getItem("theme") ?? "system");
  const [pin, setPin] = useState(/** @type {any} */ (null));
  const [asks, setAsks] = useState("");
  const [known, setKnown] = useState(/** @type {any} */ ({}));
  const look = async () => {
    setPin(await kept(ctx.local));
    const [enrolment, used, build] = await Promise.all([ctx.local.fact("enrolment"), room(), buildOf()]);
    setKnown({ enrolment, used, build });
  };
  useEffect(() => { look(); }, []);
  if (asks === "pin") return html`<${PinSetting} ctx=${ctx} onDone=${() => { setAsks(""); look(); }} />`;
  const { enrolment, used, build } = known;
  return html`<${Frame} title=${t("settings.title")} up="/more">
    <${Section} title=${t("settings.look")}><div class="stack"><${LanguageChoice} />
      <${Choice} name="theme" label=${t("theme")} value=${theme} options=${["system", "light", "dark"].map(
        (one) => [one, t(`theme.${one}`)])} onChange=${(/** @type {string} */ chosen) => {
          localStorage.setItem("theme", chosen);
          /** @type {any} */ (globalThis).setTheme(chosen);
          setTheme(chosen);
        }} /></div></${Section}>
    <${Section} title=${t("settings.lock")}><div class="stack"><p class="soft">${t(pin ? "pin.on" : "pin.off")}</p>
      ${pin && html`<${Choice} name="after" label=${t("pin.after")} value=${String(Math.round(pin.after_ms / 60_000))}
        options=${MINUTES.map((one) => [one, t("span.minutes", { n: Number(one) })])} onChange=${async (/** @type {string} */ one) => {
          await ctx.local.keepFact("pin", { ...pin, after_ms: Number(one) * 60_000 });
          look();
        }} />`}
      <div class="row-of"><${Button} mark="lock" onClick=${() => setAsks("pin")}>${t(pin ? "pin.change" : "pin.set")}</${Button}>
        ${pin && html`<${Button} onClick=${() => { lock(); lookAtGate(ctx.local); }}>${t("pin.lock_now")}</${Button}>
          <${Button} kind="danger" onClick=${async () => { await dropPin(ctx.local); look(); ctx.say(t("pin.dropped"), {
            undo: async () => { await ctx.local.keepFact("pin", pin); look(); } }); }}>${t("pin.drop")}</${Button}>`}</div></div></${Section}>
    <${WhereSetting} ctx=${ctx} />
    <${Section} title=${t("settings.room")}><div class="stack">
      <${Facts} pairs=${[[t("room.used"), size(used?.used)], [t("room.free"), size((used?.all ?? 0) - (used?.used ?? 0))],
        [t("room.lasting"), t(lasting.value ? "yes" : "no")], [t("room.installed"), t(installed.value ? "yes" : "no")]]} />
      ${!lasting.value && html`<p class="soft small">${t("lasting.why")}</p><${Button} mark="save" onClick=${makeLasting}>${t("lasting.act")}</${Button}>`}
      ${!installed.value && offer.value && html`<${Button} mark="phone" onClick=${install}>${t("install.act")}</${Button}>`}
      ${!installed.value && isApple && html`<p class="soft small">${t("install.apple")}</p>`}</div></${Section}>
    <${Section} title=${t("settings.about")}><div class="stack"><${Facts} pairs=${[
        [t("about.rep"), enrolment?.rep.name ?? "–"], [t("about.company"), enrolment?.company.name ?? "–"],
        [t("about.device"), enrolment?.number_prefix ?? "–"], [t("about.build"), html`<code>${build ?? "–"}</code>`]]} />
      ${updateWaits.value && html`<p class="soft small">${t("update.waits")}</p><${Button} mark="sync" onClick=${() => changeOver(true)}>${t("update.now")}</${Button}>`}
      <${Export} ctx=${ctx} />
      <${Button} onClick=${() => setAsks("enrol")}>${t("settings.enrol")}</${Button}>
      <a class="button" href="vendor/LICENSES.txt" target="_blank" rel="noopener">${t("about.licences")}</a></div></${Section}>
    ${asks === "enrol" && html`<${Sheet} title=${t("settings.enrol")} onClose=${() => setAsks("")}>
      <p class="soft">${t("settings.enrol.text")}</p><${Enrolling} ctx=${ctx} again /></${Sheet}>`}
  </${Frame}>`;
}

/** @param {number | undefined} bytes */
function size(bytes) {
  if (bytes === undefined || !Number.isFinite(bytes)) return "–";
  return bytes < 1e9 ? t("room.mb", { n: Math.round(bytes / 1e6) })
    : t("room.gb", { n: Math.round(bytes / 1e9) });
}
