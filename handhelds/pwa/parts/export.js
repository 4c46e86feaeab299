// Unsent work as a file, for the day when a handheld cannot send it itself.

import { html } from "../vendor/shell.js";
import { exportUnsent } from "../exporting.js";
import { t } from "../speech.js";
import { standing } from "../standing.js";
import { Button } from "./button.js";
import { saidOf } from "./said.js";
import { say } from "./toast.js";

/** @param {{ctx: import("../ctx.js").Ctx, wide?: boolean}} what */
export function Export({ ctx, wide = true }) {
  const { pending } = standing.value;
  if (pending === 0) return null;
  const save = async () => {
    try {
      await exportUnsent(ctx.local);
      say(t("export.done"));
    } catch (error) {
      say(saidOf(error), { tone: "stop" });
    }
  };
  return html`<${Button} mark="save" wide=${wide} onClick=${save}>${t("export", { n: pending })}</${Button}>`;
}
