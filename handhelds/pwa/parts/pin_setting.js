// Choosing a PIN: typed twice, on the pad.

import { html, useState } from "../vendor/shell.js";
import { setPin } from "../pin.js";
import { t } from "../speech.js";
import { Button } from "./button.js";
import { Dots } from "./dots.js";
import { NumberPad } from "./numberpad.js";
import { say } from "./toast.js";

/** @param {{ctx: import("../ctx.js").Ctx, onDone: () => void}} what */
export function PinSetting({ ctx, onDone }) {
  const [first, setFirst] = useState("");
  const [pin, set] = useState("");
  const [fault, setFault] = useState("");
  const next = async () => {
    if (!first) {
      setFirst(pin);
      set("");
      return setFault("");
    }
    if (first !== pin) {
      setFirst("");
      set("");
      return setFault(t("pin.differ"));
    }
    await setPin(ctx.local, pin);
    say(t("pin.is_set"));
    return onDone();
  };
  return html`<main class="gate"><div class="gate-head"><h1>${t(first ? "pin.repeat" : "pin.choose")}</h1>
      <p class=${fault ? "fault" : "soft"} role="status">${fault || t("pin.rule")}</p></div>
    <${Dots} count=${pin.length} />
    <${NumberPad} label=${t("pin.choose")} value=${pin} most=${8} onChange=${set} />
    <div class="gate-foot"><${Button} kind="primary" wide disabled=${pin.length < 4} onClick=${next}>${t(first
      ? "pin.keep" : "next")}</${Button}>
      <${Button} kind="quiet" wide onClick=${onDone}>${t("cancel")}</${Button}></div></main>`;
}
