// @ts-check
// The photos of a store that were taken on this handheld, each with whether the office has it; one
// that it has not can be taken back.

import { html, useEffect, useState } from "../vendor/shell.js";
import { Button, Chip } from "../parts/button.js";
import { List, Row, Section } from "../parts/list.js";
import { useShown } from "../parts/live.js";
import { Mark } from "../parts/mark.js";
import { PhotoButton } from "../parts/photo.js";
import { saidOf } from "../parts/said.js";
import { Sheet } from "../parts/sheet.js";

/** @typedef {import("../ctx.js").Ctx} Ctx */
/** @typedef {import("../stored/photos.js").Photo & { state: "waits" | "whole" }} Taken */

const FIRST = 3;

/** @param {{ ctx: Ctx, store: string, visit: string | null }} what */
export function Photos({ ctx, store, visit }) {
  const { t, local } = ctx;
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState(/** @type {string | null} */ (null));
  const { value, error } = useShown(local.changed, () => local.photos.ofStore(store), [store],
    ["photos"]);
  const taken = value ?? [];
  const chosen = taken.find((one) => one.id === open);
  return html`<${Section} title=${t("photos.title")} flush
      end=${html`<${PhotoButton} ctx=${ctx} about=${{ store, visit }} />`}>
    <${List} label=${t("photos.title")}>
      ${taken.slice(0, all ? undefined : FIRST).map((one) => html`<${Row} key=${one.id}
        title=${ctx.moment(one.captured_at)} start=${html`<${Picture} ctx=${ctx} photo=${one} />`}
        end=${html`<${State} ctx=${ctx} photo=${one} />`} onClick=${() => setOpen(one.id)} />`)}
      ${error && html`<${Row} mark="hand" tone="stop" title=${saidOf(error)} />`}
      ${value && !taken.length && html`<${Row} mark="camera" title=${t("photos.none")}
        text=${t("photos.none.text")} />`}</${List}>
    ${!all && taken.length > FIRST && html`<div class="row-more">
      <${Button} kind="quiet" onClick=${() => setAll(true)}>${
        t("photos.more", { n: taken.length - FIRST })}</${Button}></div>`}
    ${chosen && html`<${Large} ctx=${ctx} photo=${chosen} onClose=${() => setOpen(null)} />`}
  </${Section}>`;
}

/** @param {{ ctx: Ctx, photo: Taken }} what */
function State({ ctx: { t }, photo }) {
  const waits = photo.state === "waits";
  return html`<${Chip} tone=${waits ? "go" : "done"} mark=${waits ? "clock" : "check"}>${
    t(waits ? "photos.waits" : "photos.sent")}</${Chip}>`;
}

/** The picture, small or large. Its bytes may be given up when the office has it and room is short.
 * @param {{ ctx: Ctx, photo: Taken, large?: boolean }} what */
function Picture({ ctx: { t, local, moment }, photo, large = false }) {
  const [address, setAddress] = useState(/** @type {string | null | undefined} */ (undefined));
  useEffect(() => {
    let made = "";
    let wanted = true;
    local.photos.picture(photo.id).then((found) => {
      if (!wanted) return;
      if (found) made = URL.createObjectURL(found);
      setAddress(made || null);
    }, () => wanted && setAddress(null));
    return () => {
      wanted = false;
      if (made) URL.revokeObjectURL(made);
    };
  }, [photo.id]);
  const how = large ? "large-photo" : "small-photo";
  if (address) {
    const alt = large ? t("photos.of", { at: moment(photo.captured_at) }) : "";
    return html`<img class=${how} src=${address} alt=${alt} />`;
  }
  if (large && address === null) return html`<p class="soft">${t("photos.given_up")}</p>`;
  return html`<span class=${how}><${Mark} name="camera" size=${20} /></span>`;
}

/** @param {{ ctx: Ctx, photo: Taken, onClose: () => void }} what */
function Large({ ctx, photo, onClose }) {
  const { t } = ctx;
  const drop = async () => {
    try {
      await ctx.local.photos.drop(photo.id);
      onClose();
      ctx.say(t("undone"));
    } catch (no) {
      ctx.say(saidOf(no), { tone: "stop" });
    }
  };
  return html`<${Sheet} title=${ctx.moment(photo.captured_at)} onClose=${onClose}
      foot=${photo.state === "waits" && html`<${Button} kind="danger" mark="trash"
        onClick=${drop}>${t("photos.drop")}</${Button}>`}>
    <div class="row-of"><${State} ctx=${ctx} photo=${photo} />
      <span class="soft small">${t(photo.state === "waits" ? "photos.waits.text"
        : "photos.sent.text")}</span></div>
    <${Picture} ctx=${ctx} photo=${photo} large /></${Sheet}>`;
}
