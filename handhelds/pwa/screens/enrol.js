// Enrolment: a handheld becomes a rep's by a code of the office, scanned or typed.

import { html, useEffect, useState } from "../vendor/shell.js";
import { codeGiven, codeIn, lookAtGate } from "../gate.js";
import { Button } from "../parts/button.js";
import { Field } from "../parts/field.js";
import { LanguageChoice } from "../parts/language.js";
import { Mark, Wing } from "../parts/mark.js";
import { saidOf } from "../parts/said.js";
import { Scanner } from "../parts/scanner.js";
import { dropPin } from "../pin.js";
import { t } from "../speech.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */

/** @param {Ctx} ctx */
export function screen(ctx) {
  return html`<main class="gate"><div class="gate-head"><${Wing} size=${48} /><h1>${t("enrol.title")}</h1>
      <p class="soft">${t("enrol.text")}</p></div>
    <${Enrolling} ctx=${ctx} />
    <div class="gate-foot"><${LanguageChoice} /></div></main>`;
}

/**
 * The code, scanned or typed. again: this handheld is enrolled already; its PIN goes with it.
 * @param {{ctx: Ctx, again?: boolean}} what
 */
export function Enrolling({ ctx, again }) {
  const [typed, setTyped] = useState("");
  const [fault, setFault] = useState("");
  const [busy, setBusy] = useState(false);
  const [scans, setScans] = useState(false);
  const enrol = async (/** @type {string} */ text) => {
    const code = codeIn(text);
    if (!code) return setFault(t("enrol.no_code"));
    setTyped(code);
    setFault("");
    setBusy(true);
    try {
      const ended = await ctx.link.enrol(code);
      if (ended.state !== "done") return setFault(faultOf(ended));
      if (again) await dropPin(ctx.local);
      return await lookAtGate(ctx.local);
    } catch (error) {
      return setFault(saidOf(error));
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    if (!codeGiven.value) return;
    const code = codeGiven.value;
    codeGiven.value = "";
    enrol(code);
  }, [codeGiven.value]);
  const typing = (/** @type {string} */ value) => {
    setFault("");
    const letters = value.toUpperCase().replace(/[^0-9A-Z]/g, "").slice(0, 8);
    setTyped(letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters);
  };
  return html`<form class="stack" onSubmit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      if (!busy) enrol(typed);
    }}>
    <${Button} mark="scan" wide kind=${typed ? "plain" : "primary"} onClick=${() => setScans(true)}
      disabled=${busy}>${t("enrol.scan")}</${Button}>
    <${Field} label=${t("enrol.code")} hint=${t("enrol.hint")} fault=${fault} value=${typed} code
      onInput=${typing} autocomplete="off" autocapitalize="characters" spellcheck=${false}
      placeholder="K7QX-2M4P" maxlength=${9} />
    <${Button} kind=${typed ? "primary" : "plain"} wide type="submit" busy=${busy}>${busy
      ? t("enrol.busy") : t("enrol.go")}</${Button}>
    ${scans && html`<${Scanner} what="qr" onClose=${() => setScans(false)}
      onFound=${(/** @type {string} */ text) => { setScans(false); enrol(text); }} />`}
    ${!isSecure() && html`<p class="fault small">
      <${Mark} name="hand" size=${16} /> ${t("enrol.insecure")}</p>`}
  </form>`;
}

/** Cameras and the app without a network are for addresses that begin with https. */
const isSecure = () => globalThis.isSecureContext !== false;

/** In the rep's language; what the server says is English.
 * @param {import("../answers.js").Ending} ended */
function faultOf({ state, said }) {
  if (said) return t(said.key, said.values);
  return t(state === "cut" || state === "later" ? `enrol.${state}` : "enrol.refused");
}
