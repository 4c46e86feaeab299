// The marks: small pictures in one stroke width, drawn for Talaria, coloured by the text they
// stand in. A mark repeats a word, so screen readers pass it over.

import { html } from "../vendor/shell.js";

/** Paths on a grid of 24, stroked; name -> path. @type {Record<string, string>} */
const STROKES = {
  back: "M15 5l-7 7 7 7",
  next: "M9 5l7 7-7 7",
  up: "M6 14l6-6 6 6",
  down: "M6 10l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  check: "M5 12.5l4.5 4.5L19 7.5",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.5 15.5L20 20",
  scan: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M8 8.5v7M11 8.5v7M14 8.5v7M16.5 8.5v7",
  grip: "M8 7h8M8 12h8M8 17h8",
  day: "M5 6h14v14H5zM5 10.5h14M9 3.5V7M15 3.5V7M9 15l2 2 4-4",
  store: "M4 10L5.5 4.5h13L20 10M5 12v8h14v-8M4 10c0 2.7 4 2.7 4 0c0 2.7 4 2.7 4 0c0 2.7 4 2.7 4 0c0 2.7 4 2.7 4 0M10 20v-5h4v5",
  plan: "M4 7l5-2.5 6 2.5 5-2.5v12.5L15 19.5 9 17l-5 2.5zM9 4.5V17M15 7v12.5",
  numbers: "M5 20v-7M10 20V9M15 20v-9M20 20V5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  sync: "M19 12a7 7 0 0 1-12.5 4.3M5 12a7 7 0 0 1 12.5-4.3M17.5 3.5v4.2h-4.2M6.5 20.5v-4.2h4.2",
  cloudOff: "M8 18.5h9a3.7 3.7 0 0 0 1.5-7.1M15.5 8.3A5 5 0 0 0 7.2 10.5A4 4 0 0 0 7 18.4M4 4l16 16",
  hand: "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M12 8v4.5M12 16h.01",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 1 0 0-17M12 7.5V12l3 2",
  checks: "M2.5 12.5l4 4 7-8.5M11 15l1.5 1.5 8-9.5",
  coin: "M3 7h18v11H3zM12 10a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5M6 10v.01M18 15v.01",
  box: "M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9",
  order: "M6 3.5h12V20.5l-3-1.7-3 1.7-3-1.7-3 1.7zM9 8.5h6M9 12.5h6",
  card: "M5 4h14v16H5zM8.5 9l1.2 1.2L12 7.8M14 9h2.5M8.5 15l1.2 1.2L12 13.8M14 15h2.5",
  phone: "M6.5 4h3l1.5 4-2 1.5a10 10 0 0 0 5 5l1.5-2 4 1.5v3c0 1-1 2-2 2C10.5 18.5 5.5 13 4.5 6c0-1 1-2 2-2z",
  pin: "M12 21c4.5-4.7 6.5-8 6.5-11a6.5 6.5 0 0 0-13 0c0 3 2 6.3 6.5 11zM12 7.7a2.3 2.3 0 1 0 0 4.6a2.3 2.3 0 1 0 0-4.6",
  play: "M8 5.5v13l10.5-6.5z",
  pause: "M9 6v12M15 6v12",
  undo: "M8 5L4 9l4 4M4 9h9.5a5.5 5.5 0 0 1 0 11H9",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  settings: "M5 7h8M17 7h2M5 17h2M11 17h8M15 5a2 2 0 1 0 0 4a2 2 0 1 0 0-4M9 15a2 2 0 1 0 0 4a2 2 0 1 0 0-4",
  save: "M12 4v11M7.5 11l4.5 4.5L16.5 11M5 20h14",
  camera: "M4 8h4l1.5-2.5h5L16 8h4v11H4zM12 10.5a3 3 0 1 0 0 6a3 3 0 1 0 0-6",
  truck: "M3 6.5h10.5v10H3zM13.5 10h4l3 3.5v3h-7M7 15.5a2 2 0 1 0 0 4a2 2 0 1 0 0-4M17 15.5a2 2 0 1 0 0 4a2 2 0 1 0 0-4",
  note: "M6 4h12v10l-5 6H6zM18 14h-5v6M9 8.5h6M9 12h3",
  bulb: "M9.5 18.5h5M10 21h4M8.5 14.5a5.5 5.5 0 1 1 7 0c-.7.7-1 1.5-1 2.5h-5c0-1-.3-1.8-1-2.5z",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13M10.5 11v5.5M13.5 11v5.5",
  star: "M12 4l2.5 5.2 5.5.8-4 4 1 5.7-5-2.7-5 2.7 1-5.7-4-4 5.5-.8z",
  share: "M12 15V4M8 7.5L12 3.5l4 4M6 11.5H4.5V20h15v-8.5H18",
  swap: "M7 4v14M3.5 14.5L7 18l3.5-3.5M17 20V6M13.5 9.5L17 6l3.5 3.5",
};

/**
 * @param {{name: string, tone?: string, size?: number}} what
 */
export function Mark({ name, tone = "", size = 24 }) {
  return html`<svg class="mark ${tone}" width=${size} height=${size} viewBox="0 0 24 24"
    aria-hidden="true" focusable="false"><path d=${STROKES[name] ?? STROKES.more} /></svg>`;
}

/** Talaria's wing. @param {{size?: number}} what */
export function Wing({ size = 28 }) {
  return html`<svg class="wing" width=${size} height=${size} viewBox="0 0 24 24" aria-hidden="true"
    focusable="false"><path fill="currentColor" d="M2 6c5.5-.6 10 .2 13.4 2.5L9.8 9.1c3 .1 5.6 .8
    7.8 2.2l-5 .6c2.6.2 4.8.9 6.6 2.3l-4.3.4c2 .3 3.6 1 5.1 2.4-3.4.6-6.7.3-9.7-1C6 14.100
    3.4 10.9 2 6z" /><path fill="none" stroke="currentColor" stroke-width="1.6"
    stroke-linecap="round" d="M12 19.5h9.5" /></svg>`;
}
