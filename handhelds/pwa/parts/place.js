// @ts-check
// Where a store is, taken from where the rep stands: asked for only by a tap, and told how exact.

import { html, useState } from "../vendor/shell.js";
import { t } from "../speech.js";
import { Button } from "./button.js";

const PATIENCE_MS = 20_000;
/** What GeolocationPositionError.code means. @type {Record<number, string>} */
const FAULTS = { 1: "place.not_allowed", 2: "place.none", 3: "place.late" };

/** "LATITUDE,LONGITUDE,METRES" as people read it. @param {string} text */
function words(text) {
  const [lat, lon, accuracy] = text.split(",");
  return accuracy ? t("place.within", { lat, lon, n: Number(accuracy) }) : t("place.at", { lat, lon });
}

/**
 * value: "LATITUDE,LONGITUDE,METRES", or "" where it is not known.
 * @param {{ value: string, before: string, onChange: (value: string) => void }} what
 */
export function Place({ value, before, onChange }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const take = () => {
    setFault("");
    if (!navigator.geolocation) return setFault(t("place.none"));
    setBusy(true);
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      setBusy(false);
      const accuracy = Math.max(1, Math.round(coords.accuracy));
      onChange(`${coords.latitude.toFixed(5)},${coords.longitude.toFixed(5)},${accuracy}`);
    }, ({ code }) => {
      setBusy(false);
      setFault(t(FAULTS[code] ?? "place.none"));
    }, { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 });
  };
  return html`<div class="field"><span class="soft small">${t("form.position")}</span>
    <p aria-live="polite">${value ? words(value) : t("place.unknown")}</p>
    <div class="row-of"><${Button} mark="pin" busy=${busy} onClick=${take}>${
        t(busy ? "place.taking" : "place.take")}</${Button}>
      ${value !== before && html`<${Button} kind="quiet" onClick=${() => onChange(before)}>${
        t(before ? "place.as_before" : "place.off")}</${Button}>`}</div>
    ${fault && html`<p class="fault small" role="alert">${fault}</p>`}</div>`;
}
