// The PIN: asked for when the handheld was locked, and what to do when it is forgotten.

import { html, useEffect, useState } from "../vendor/shell.js";
import { lookAtGate } from "../gate.js";
import { Button } from "../parts/button.js";
import { Dots } from "../parts/dots.js";
import { Export } from "../parts/export.js";
import { Wing } from "../parts/mark.js";
import { NumberPad } from "../parts/numberpad.js";
import { saidOf } from "../parts/said.js";
import { kept, tryPin, waitOf } from "../pin.js";
import { span, t } from "../speech.js";
import { Enrolling } from "./enrol.js";

/** @param {import("../ctx.js").Ctx} ctx */
export function screen(ctx) {
  const [pin, setPin] = useState("");
  const [said, setSaid] = useState("");
  const [wait_ms, setWait] = useState(0);
  const [forgot, setForgot] = useState(false);
  useEffect(() => {
    kept(ctx.local).then((found) => found && setWait(waitOf(found)));
  }, []);
  useEffect(() => {
    if (wait_ms <= 0) return undefined;
    const timer = setTimeout(() => setWait(Math.max(0, wait_ms - 1000)), Math.min(1000, wait_ms));
    return () => clearTimeout(timer);
  }, [wait_ms]);
  const [busy, setBusy] = useState(false);
  const enter = async () => {
    if (pin.length < 4) return;
    setBusy(true);
    setPin(""); // what is typed while this one is looked at belongs to the next
    try {
      const answer = await tryPin(ctx.local, pin);
      if (answer.right) return void lookAtGate(ctx.local);
      setSaid(t("pin.wrong"));
      setWait(answer.wait_ms);
    } catch (no) {
      setSaid(saidOf(no)); // a try is counted on the disk first, and that may be full
    } finally {
      setBusy(false);
    }
  };
  if (forgot) return html`<${Forgotten} ctx=${ctx} onBack=${() => setForgot(false)} />`;
  const waits = wait_ms > 0;
  return html`<main class="gate"><div class="gate-head"><${Wing} size=${40} /><h1>${t("pin.enter")}</h1>
    <p class=${said || waits ? "fault" : "soft"} role="status">${waits
      ? t("pin.wait", { span: wait_ms < 60_000 ? t("span.seconds", { n: Math.ceil(wait_ms / 1000) }) : span(wait_ms) })
      : said || t("pin.why")}</p></div>
    <${Dots} count=${pin.length} />
    <${NumberPad} label=${t("pin.enter")} value=${pin} most=${8}
      onChange=${(/** @type {string} */ value) => !waits && setPin(value)} />
    <div class="gate-foot"><${Button} kind="primary" wide busy=${busy} disabled=${pin.length < 4 || waits || busy}
      onClick=${enter}>${t("pin.open")}</${Button}>
      <${Button} kind="quiet" wide onClick=${() => setForgot(true)}>${t("pin.forgot")}</${Button}></div></main>`;
}

/** @param {{ctx: import("../ctx.js").Ctx, onBack: () => void}} what */
function Forgotten({ ctx, onBack }) {
  return html`<main class="gate"><div class="gate-head"><h1>${t("pin.forgot")}</h1>
      <p class="soft">${t("pin.forgot.text")}</p></div>
    <${Enrolling} ctx=${ctx} again />
    <${Export} ctx=${ctx} />
    <${Button} kind="quiet" wide onClick=${onBack}>${t("back")}</${Button}></main>`;
}
