// @ts-check
// Pins and the day's line on blank ground: no tiles, no network. Leaflet is fetched only here.

import { html, useEffect, useRef, useState } from "../vendor/shell.js";
import { t } from "../speech.js";
import { styled } from "./styled.js";

/** @typedef {{ n: number, store_id: string, name: string, state: string, lat_deg: number,
 *   lon_deg: number }} Pin */

/** A pin's picture: its number, a filled one where the visit is made. @param {Pin} pin */
const picture = (pin) => `<b class="map-pin"><i class="${pin.state === "done" ? "made" : ""}">${pin.n}</i></b>`;

/**
 * @param {{ pins: Pin[], label: string, onPin: (store: string) => void }} what
 */
export function DayMap({ pins, label, onPin }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  const [failed, setFailed] = useState(false);
  const key = JSON.stringify(pins);
  useEffect(() => {
    /** @type {any} */
    let shown;
    let wanted = true;
    Promise.all([import("../vendor/map.js"), styled("vendor/map.css")]).then(([leaflet]) => {
      if (!wanted || !place.current) return;
      shown = leaflet.map(place.current, { attributionControl: false, zoomAnimation: false, minZoom: 3, maxZoom: 17 });
      const spots = pins.map((pin) => /** @type {[number, number]} */ ([pin.lat_deg, pin.lon_deg]));
      if (spots.length > 1) leaflet.polyline(spots, { className: "map-line", interactive: false }).addTo(shown);
      for (const pin of pins) {
        const icon = leaflet.divIcon({ html: picture(pin), className: "", iconSize: [48, 48] });
        leaflet.marker([pin.lat_deg, pin.lon_deg], { icon, title: `${pin.n}. ${pin.name}`, alt: pin.name })
          .addTo(shown).on("click", () => onPin(pin.store_id));
      }
      if (spots.length > 1) shown.fitBounds(leaflet.latLngBounds(spots), { padding: [32, 32] });
      else shown.setView(spots[0], 13);
      leaflet.control.scale({ imperial: false }).addTo(shown);
    }).catch(() => setFailed(true));
    return () => {
      wanted = false;
      shown?.remove();
    };
  }, [key]);
  return failed ? html`<p class="soft">${t("plan.map.failed")}</p>`
    : html`<div class="map" ref=${place} role="application" aria-label=${label}></div>`;
}
