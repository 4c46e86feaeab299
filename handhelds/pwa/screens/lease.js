// Locked because it has not synced for longer than the company lets it: a lost handheld is soon of no
// use to a finder who keeps it from the network. What waits stays, and is sent at the next sync.

import { html, useEffect, useState } from "../vendor/shell.js";
import { daysAway, lookAtGate } from "../gate.js";
import { Button } from "../parts/button.js";
import { Export } from "../parts/export.js";
import { Wing } from "../parts/mark.js";
import { saidOf } from "../parts/said.js";
import { t } from "../speech.js";

/** @param {import("../ctx.js").Ctx} ctx */
export function screen(ctx) {
  const [days, setDays] = useState(0);
  const [busy, setBusy] = useState(false);
  useEffect(() => { daysAway(ctx.local).then((found) => setDays(found ?? 0)); }, []);
  const sync = async () => {
    setBusy(true);
    try {
      const { state } = await ctx.link.sync();
      if (state !== "done") ctx.say(t(`ended.${state}`), { tone: "stop" });
      await lookAtGate(ctx.local);
    } catch (error) {
      ctx.say(saidOf(error), { tone: "stop" });
    }
    setBusy(false);
  };
  return html`<main class="gate"><div class="gate-head"><${Wing} size=${40} /><h1>${t("lease.title")}</h1>
      <p class="soft">${t("lease.text", { n: days })}</p></div>
    <${Export} ctx=${ctx} />
    <div class="gate-foot"><${Button} kind="primary" mark="sync" wide busy=${busy} onClick=${sync}>${t(busy
      ? "sync.syncing" : "sync.now")}</${Button}></div></main>`;
}
