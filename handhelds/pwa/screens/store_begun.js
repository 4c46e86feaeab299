// @ts-check
// What was begun in a store and not saved: said on its screen, with the way back to it.

import { html } from "../vendor/shell.js";
import { useShown } from "../parts/live.js";
import { Banner } from "../parts/state.js";
import { begunAt } from "../shown/drafts.js";

/** @param {{ ctx: import("../ctx.js").Ctx, store: string }} what */
export function Begun({ ctx: { t, go, day, local }, store }) {
  const { value } = useShown(local.changed, () => begunAt(local, store), [store], ["draft"]);
  return html`${(value ?? []).map((one) => html`<${Banner} key=${one.key} tone="calm" act=${t("drafts.go_on")}
    onAct=${() => go(one.path)} title=${t(`drafts.is.${one.what}`, { n: one.n })}>${
      one.on ? t("drafts.since", { day: day(one.on) }) : t("drafts.kept")}</${Banner}>`)}`;
}
