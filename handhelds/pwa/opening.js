// What happens when the app starts: the local store is opened, what the screens need is put
// together, and from then on the network is listened to.

import { opened } from "./ctx.js";
import { enterByCode, gate, lookAtGate } from "./gate.js";
import { later } from "./later.js";
import { open as openLocal } from "./local.js";
import { lockUnseen } from "./pin.js";
import { styled } from "./parts/styled.js";
import { currency, speakWhole, zone } from "./speech.js";
import { tell } from "./standing.js";
import { buildOf, keepApp } from "./updates.js";
import { effect } from "./vendor/shell.js";

/** @typedef {import("./local.js").Local} Local */
/** @typedef {import("./shown/catalogue.js").Catalogue} Catalogue */
/** @typedef {import("./verbs.js").Verbs} Verbs */

/** The first screen is drawn before anything else begins. */
const FIRST_MS = 300;
/** The version is not waited for longer: it is the office's to know. */
const BUILD_MS = 500;

/** Open what the screens need. What the first of them does not need is fetched after it. */
export async function open() {
  const local = await openLocal("talaria");
  const memory = new Memory(local);
  const verbs = later(async () =>
    (await import("./verbs.js")).verbsOf(local, () => memory.now()));
  const link = later(async () => {
    local.app = await program(); // only the network tells it
    return (await import("./link.js")).linkOf(local);
  });
  await speakOf(local);
  await lookAtGate(local);
  opened.value = { local, link: link.there, verbs: verbs.there, memory };
  local.changed.addEventListener("outdated", () => location.reload());
  local.changed.addEventListener("fact", () => {
    speakOf(local);
    lookAtGate(local);
  });
  lockUnseen(local, () => void lookAtGate(local));
  enterByCode();
  setTimeout(() => {
    openRest().catch(console.error);
    link.now().catch(console.error);
    keepStanding(local, verbs.there, memory);
    keepApp().catch(console.error);
    effect(() => {
      if (gate.value === null) memory.read().catch(console.error);
    });
  }, FIRST_MS);
  const { pending, oldest } = await local.queue();
  tell({ enrolled: Boolean(await local.fact("enrolment")), pending, oldest });
}

/** This program and its version, for the office's page of handhelds. */
async function program() {
  const build = await buildOf(BUILD_MS);
  return build ? `pwa ${build}` : "pwa";
}

/** What all screens but the day need beside their modules: their sentences and their look. */
export const openRest = () => Promise.all([speakWhole(), styled("styles/store.css")]);

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
    local.changed.addEventListener("rows", () => {
      if (this.catalogue) this.read().catch(console.error); // costs nothing where it stayed
    });
  }

  /** The catalogue as of the last change. @returns {Promise<Catalogue>} */
  async read() {
    const { catalogueOf } = await import("./shown/reading.js");
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
    const { countNeeds } = await import("./shown/trail.js");
    const needs = await countNeeds(local, await verbs.needs());
    if (mine === turn) tell({ needs });
  };
  const soon = () => setTimeout(() => read().catch(console.error), 30);
  for (const event of ["rows", "queue", "verdict", "fact"]) {
    local.changed.addEventListener(event, soon);
  }
  local.changed.addEventListener("sync", (event) => {
    const { state, ending } = /** @type {any} */ (event).what?.sync ?? {};
    tell({ syncing: state === "begun" || state === "going" });
    if (state !== "ended") return;
    tell({ must_enrol: ending?.state === "enrol" || ending?.state === "set_back" });
    lookAtGate(local);
  });
  soon();
}
