// What happens when the app starts: the local store is opened, what the screens need is put
// together, and from then on the network is listened to.

import { opened } from "./ctx.js";
import { linkOf } from "./link.js";
import { open as openLocal } from "./local.js";
import { enterByCode, gate, lookAtGate } from "./gate.js";
import { KINDS } from "./shown/catalogue.js";
import { catalogueOf } from "./shown/reading.js";
import { countNeeds } from "./shown/trail.js";
import { currency, zone } from "./speech.js";
import { tell } from "./standing.js";
import { keepApp } from "./updates.js";
import { verbsOf } from "./verbs.js";
import { effect } from "./vendor/shell.js";

/** @typedef {import("./local.js").Local} Local */
/** @typedef {import("./shown/catalogue.js").Catalogue} Catalogue */

/** Open what the screens need. */
export async function open() {
  const local = await openLocal("talaria");
  const memory = new Memory(local);
  const verbs = verbsOf(local, () => memory.now());
  const link = linkOf(local);
  await speakOf(local);
  await lookAtGate(local);
  opened.value = { local, link, verbs, memory };
  keepStanding(local, verbs, memory);
  local.changed.addEventListener("outdated", () => location.reload());
  enterByCode();
  effect(() => {
    if (gate.value === null) memory.read().catch(console.error);
  });
  keepApp().catch(console.error);
}

/** The company's money and days. @param {Local} local */
async function speakOf(local) {
  const enrolment = await local.fact("enrolment");
  currency.value = enrolment?.company.currency ?? "USD";
  zone.value = enrolment?.company.zone ?? "";
}

/** The catalogue for verbs, which do not wait: read again whenever something of it changed. */
export class Memory {
  /** @param {Local} local */
  constructor(local) {
    this.local = local;
    /** @type {Catalogue | null} */
    this.catalogue = null;
    local.changed.addEventListener("rows", (event) => {
      const kinds = /** @type {any} */ (event).what?.kinds;
      const concerns = !kinds || kinds.some((/** @type {any} */ kind) => KINDS.includes(kind));
      if (concerns && this.catalogue) this.read().catch(console.error);
    });
  }

  /** The catalogue as of the last change. @returns {Promise<Catalogue>} */
  async read() {
    this.catalogue = await catalogueOf(this.local);
    return this.catalogue;
  }

  /** The catalogue that is here. @returns {Catalogue} */
  now() {
    if (this.catalogue === null) throw new Error("the catalogue was not read yet");
    return this.catalogue;
  }
}

/**
 * What the chips tell, read again when something changed.
 * @param {Local} local @param {import("./verbs.js").Verbs} verbs @param {Memory} memory
 */
function keepStanding(local, verbs, memory) {
  let turn = 0;
  const read = async () => {
    const mine = ++turn;
    const enrolled = Boolean(await local.fact("enrolment"));
    const { pending, oldest } = await local.queue();
    if (mine === turn) tell({ enrolled, pending, oldest });
    if (!enrolled) return;
    await memory.read();
    const needs = await countNeeds(local, await verbs.needs());
    if (mine === turn) tell({ needs });
  };
  const soon = () => setTimeout(() => read().catch(console.error), 30);
  for (const event of ["rows", "queue", "verdict", "fact"]) {
    local.changed.addEventListener(event, soon);
  }
  local.changed.addEventListener("fact", () => {
    speakOf(local);
    lookAtGate(local);
  });
  local.changed.addEventListener("sync", (event) => {
    const { state } = /** @type {any} */ (event).what?.sync ?? {};
    tell({ syncing: state === "begun" || state === "going" });
  });
  soon();
}
