// What happens when the app starts: the local store is opened, what the screens need is put
// together, and from then on the network is listened to.

import { opened } from "./ctx.js";
import { enterByCode, gate, lookAtGate } from "./gate.js";
import { later } from "./later.js";
import { open as openLocal } from "./local.js";
import { Memory } from "./memory.js";
import { lockUnseen } from "./pin.js";
import { styled } from "./parts/styled.js";
import { dayOf } from "./shown/day.js";
import { currency, speakWhole, zone } from "./speech.js";
import { tell } from "./standing.js";
import { glance } from "./stored/glance.js";
import { buildOf, keepApp } from "./updates.js";
import { offsetMs } from "./terms/day.js";
import { effect } from "./vendor/shell.js";

/** @typedef {import("./local.js").Local} Local */
/** @typedef {import("./verbs.js").Verbs} Verbs */

/** The first screen is drawn before anything else begins. */
const FIRST_MS = 300;
/** The version is not waited for longer: it is the office's to know. */
const BUILD_MS = 500;
/** What the rep did is on the screen before the chips are counted anew. */
const CHIPS_MS = 200;
const WEEK_MS = 7 * 86_400_000;
/** What speakOf and lookAtGate ask for, and the list that is drawn first. */
const FACTS = ["enrolment", "wiped", "welcomed", "pin", "time"];
const MARKS = ["directives", "server_time", "pulled_at", "as_of"];

/** Open what the screens need. What the first of them does not need is fetched after it. */
export async function open() {
  const local = await openLocal("talaria");
  const memory = new Memory(local);
  const verbs = later(async () =>
    (await import("./verbs.js")).verbsOf(local, () => memory.ready()));
  const link = later(async () => {
    local.app = await program(); // only the network tells it
    return (await import("./link.js")).linkOf(local);
  });
  const seen = await glance(local.db, FACTS, MARKS);
  const then = asSeen(local, seen);
  await speakOf(then);
  await lookAtGate(then);
  if (seen.listed?.day.day === (await dayOf(then))) {
    const { pulled_at, as_of } = seen.marks;
    const day = { ...seen.listed.day, pulled_at, stock_as_of: as_of?.stock ?? null };
    memory.begin({ ...seen.listed, day });
  }
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
      if (gate.value !== null) return;
      memory.read().then(() => yearOf(local), console.error);
      local.lookUpNumbers().catch(console.error);
    });
  }, FIRST_MS);
  const { pending, oldest } = await local.queue();
  tell({ enrolled: Boolean(await local.fact("enrolment")), pending, oldest });
}

/**
 * What was seen in one look, asked for as if it were read now.
 * @param {Local} local @param {import("./stored/glance.js").Glance} seen @returns {Local}
 */
function asSeen(local, { facts, marks }) {
  const mark = async (/** @type {string} */ name) =>
    name in marks ? marks[name] : local.copy.mark(name);
  return Object.create(local, {
    copy: { value: { mark } },
    fact: { value: async (/** @type {string} */ name) =>
      name in facts ? facts[name] : local.fact(name) },
  });
}

/** The wall clock of a year of weeks: every screen of a store asks for some of them, and a browser
 * takes its time to tell. @param {Local} local */
function yearOf(local) {
  const now_ms = local.clock.now();
  for (let week = 0; week <= 53; week++) offsetMs(zone.value || "UTC", now_ms - week * WEEK_MS);
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
  let waits = 0;
  const soon = () => {
    waits ||= setTimeout(() => {
      waits = 0;
      read().catch(console.error);
    }, CHIPS_MS);
  };
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
