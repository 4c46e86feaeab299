// @ts-check
// Plays the captures of sync/contract/captures on the browser's handheld, its store in memory. What
// an act means is told in tests/handhelds/captures.py, which plays them on the reference.

import { readFileSync, readdirSync } from "node:fs";

import { enrol, pull, push } from "../../../handhelds/pwa/device.js";
import { play } from "../../../handhelds/pwa/link.js";
import { NotSaved, ROWS, parts } from "../../../handhelds/pwa/local.js";
import * as edits from "../../../handhelds/pwa/edits.js";
import * as needs from "../../../handhelds/pwa/needs.js";
import * as orders from "../../../handhelds/pwa/orders.js";
import { KINDS as PAD_KINDS, Pad } from "../../../handhelds/pwa/pad.js";
import { Refused } from "../../../handhelds/pwa/refused.js";
import { readCatalogue } from "../../../handhelds/pwa/shown/catalogue.js";
import * as stops from "../../../handhelds/pwa/stops.js";
import { openedValue } from "../../../handhelds/pwa/stored/seal.js";
import { KINDS as SUGGESTED_KINDS, proposals } from "../../../handhelds/pwa/suggested.js";
import { plain } from "../../../handhelds/pwa/terms/quantity.js";
import { Rep } from "../../../handhelds/pwa/visit.js";
import { fresh, ids } from "./double.js";

/** @typedef {Record<string, any>} Given */

const FOLDER = new URL("../../../sync/contract/captures/", import.meta.url);

/** @param {string} name @returns {any} */
const read = (name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));

export const world = read("_world.json");

/** Every case of every file. @returns {any[]} */
export function cases() {
  const names = readdirSync(FOLDER).filter((name) => /^[^_].*\.json$/.test(name));
  return names.sort().flatMap((name) => read(name).cases);
}

/** Rows as a page of a pull carries them. @param {Record<string, Given[]>} rows */
function columns(rows) {
  return Object.fromEntries(Object.entries(rows).map(([kind, some]) => {
    const names = ROWS[kind] ?? [];
    const data = some.map((row) => names.map((name) => row[name] ?? null));
    return [kind, { columns: names, data }];
  }));
}

/** The server's half: takes every change as sent, but for the verdicts a case tells. */
class Server {
  /** @param {import("./double.js").Clock} clock @param {Record<string, Given[]>} rows */
  constructor(clock, rows) {
    this.clock = clock;
    this.rows = rows;
    this.pulls = 0;
    /** @type {Record<string, any>} */
    this.verdicts = {};
  }

  /** @param {import("../../../handhelds/pwa/answers.js").Call} call */
  async send(call) {
    const body = JSON.stringify(this.answer(call.path, JSON.parse(String(call.body))));
    return { status: 200, body };
  }

  /** @param {string} path @param {Given} asked */
  answer(path, asked) {
    const wall = new Date(this.clock.now()).toISOString().replace(".000Z", "Z");
    const head = { epoch: "e-9", server_time: wall };
    if (path.endsWith("/enrol")) return { ...world.enrolment, ...head };
    if (path.endsWith("/push")) {
      const verdicts = asked.changes.map((/** @type {Given} */ { n, id }) => ({
        n, id, refs: {}, says: "", ...(this.verdicts[id] ?? { outcome: "applied", conflicts: [] }),
      }));
      const mark = Math.max(asked.acknowledged_through, ...verdicts.map(
        (/** @type {Given} */ one) => one.n));
      return { ...head, verdicts, acknowledged_through: mark };
    }
    this.pulls += 1;
    const rows = columns(this.rows);
    this.rows = {};
    return {
      ...head, complete: true, page: null, cursor: `c-${this.pulls}`, gone: {},
      as_of: world.as_of, rows, directives: [], scopes: { added: [], dropped: [] },
    };
  }
}

/** One handheld under one case. */
export class Player {
  /** @param {Awaited<ReturnType<typeof fresh>>} begun @param {Record<string, Given[]>} rows */
  constructor({ clock, local }, rows) {
    this.clock = clock;
    this.local = local;
    /** @type {Record<string, Given[]>} */
    const told = {};
    for (const kind of Object.keys(ROWS)) {
      const all = [...(world.rows[kind] ?? []), ...(rows[kind] ?? [])];
      if (all.length > 0) told[kind] = all;
    }
    this.server = new Server(clock, told);
    this.batches = ids();
    /** @type {any} */
    this.catalogue = null;
    this.rep = new Rep(local, () => this.catalogue, ids());
  }

  /** @param {Record<string, Given[]>} [rows] beside those of the world */
  static async begin(rows = {}) {
    const player = new Player(await fresh(), rows);
    await player.talk(enrol(player.local, "K7QX", "test", "test"));
    await player.sync();
    return player;
  }

  /** @param {import("../../../handhelds/pwa/answers.js").Talk} talk */
  async talk(talk) {
    const ending = await play(talk, (call) => this.server.send(call));
    if (ending.state !== "done") throw new Error(JSON.stringify(ending));
  }

  async sync() {
    await this.talk(push(this.local, this.clock, this.batches));
    await this.talk(pull(this.local, this.clock));
    this.catalogue = await readCatalogue(this.local);
  }

  /** What an act makes, or why it is refused. @param {Given} act */
  async play({ do: verb, then: _, ...told }) {
    const before = await this.last();
    const act = VERBS[verb];
    if (act === undefined) throw new Error(`no act is called ${verb}`);
    try {
      const shown = await act(this, told);
      this.catalogue = await readCatalogue(this.local);
      return shown ?? (await this.made(before));
    } catch (no) {
      if (no instanceof NotSaved) return { refused: "not_saved" };
      if (!(no instanceof Refused)) throw no;
      if ((await this.last()) !== before) throw new Error("it was refused and saved all the same");
      return { refused: no.key.replace("refused.", "").replace(/^unreadable_.*/, "unreadable") };
    }
  }

  async last() {
    return (await this.local.db.getAllKeys("change")).at(-1) ?? 0;
  }

  /** Changes saved since, as they will travel, and their rows. @param {IDBValidKey} before */
  async made(before) {
    const kept = (await this.local.db.getAll("change")).filter((one) => one.seq > before);
    const rows = await Promise.all(kept.map((one) => openedValue(one.rows)));
    return {
      changes: await Promise.all(kept.map(async (one) => openedValue(one.raw))),
      rows: rows.flat(),
    };
  }
}

/** Names of the members of an object that a case tells. @param {Given} row @param {string} names */
const picked = (row, names) =>
  Object.fromEntries(names.split(" ").map((name) => [name, row[name] ?? null]));

const percent = (/** @type {string | null} */ text) => (text === null ? null : plain(text));
const bare = (/** @type {{ key: string }} */ one) => one.key.replace("warned.", "");

/** @param {Player} p @param {Given} told */
async function padShown(p, { store, lines }) {
  const pad = await p.rep.pad(store);
  const priced = pad.lines(lines);
  return {
    lines: priced.map((line) => ({
      ...picked(line, "product name uom typed quantity unit_price price_list gross_minor " +
        "discount_minor net_minor tax_class case available promotions"),
      warnings: line.warnings.map(bare),
    })),
    taxes: pad.taxes(priced).map((one) =>
      [one.tax_class, percent(one.percent), one.net_minor, one.tax_minor]),
    hints: pad.hints(priced).map(({ hint }) => ({
      ...picked(hint, "promotion kind more more_minor amount_minor free product products"),
      percent: percent(hint.percent),
    })),
    deliver_on: pad.nextDelivery(),
    credit: pad.credit(),
  };
}

/** @param {Player} p @param {Given} told */
async function suggestionsShown(p, { store }) {
  const pad = new Pad(await p.rep.at(store, ...PAD_KINDS, ...SUGGESTED_KINDS));
  return proposals(pad).map((one) => ({
    ...picked(one, "quantity case must_stock missing counted_on"),
    ...picked(one.suggestion, "cases method flag"),
    product: one.product.id,
    steps: one.suggestion.steps.map((step) => [step.name, step.how, step.value]),
  }));
}

/** @param {Player} p @param {Given} told */
async function tillShown(p, { store, money }) {
  const till = await p.rep.till(store);
  const uses = money.wished ?? till.proposal(money.amount_minor);
  return {
    items: till.items().map((one) => [one.number, one.open_minor, one.spoken_minor]),
    receipts: till.receipts().map((one) => one.number),
    pending: till.pending(),
    uses,
    warnings: till.warnings(money, uses, new Pad(till.at).today()).map(bare),
  };
}

/** @param {Player} p @param {Given} told @param {"lines" | "competitors"} part */
async function cardShown(p, { store }, part) {
  const cards = (await p.rep.at(store, "card")).rows("card");
  const at = (/** @type {Given} */ row) => row.captured_at ?? "";
  const [newest] = cards.sort((one, other) => (at(one) < at(other) ? 1 : -1));
  return parts("card", part, newest?.[part]);
}

/** @param {Player} p @param {string} change */
async function undone(p, change) {
  await p.rep.undo(change);
  const waiting = await p.local.trail({ waiting: true });
  return { waits: waiting.map((one) => one.id).reverse() };
}

/** An act whose changes tell all there is to tell. @param {Promise<unknown>} done */
const quiet = async (done) => void (await done);

/** Every act of the cases: `do` names it, its other members are what is told it.
 * @type {Record<string, (p: Player, told: any) => Promise<any>>} */
const VERBS = {
  start_visit: (p, { store }) => quiet(p.rep.startVisit(store)),
  end_visit: (p, { store, ...told }) => quiet(p.rep.endVisit(store, told)),
  skip_visit: (p, { store, reason }) => quiet(p.rep.skipVisit(store, reason)),
  order: (p, { store, lines, ...told }) => quiet(p.rep.order(store, lines, told)),
  revise: (p, { order, lines }) => quiet(orders.revise(p.rep, order, lines)),
  cancel: (p, { order, reason }) => quiet(orders.cancel(p.rep, order, reason)),
  supplement: (p, { order, lines }) => quiet(orders.supplement(p.rep, order, lines)),
  give_back: (p, { order, lines }) => quiet(orders.giveBack(p.rep, order, lines)),
  async returnable(p, { order }) {
    const at = await p.rep.at(order.store, "order");
    return Object.fromEntries(orders.returnable(at, orders.orderOf(at, order)));
  },
  async drafts(p) {
    return (await orders.drafts(p.rep)).map((one) => picked(one, "change number order store"));
  },
  send_draft: (p, { number }) => quiet(orders.sendDraft(p.rep, number)),
  async drop_draft(p, { number }) {
    await orders.dropDraft(p.rep, number);
    return {};
  },
  collect: (p, { store, money }) => quiet(p.rep.collect(store, money)),
  card: (p, { store, lines, competitors }) =>
    quiet(p.rep.card(store, lines, undefined, competitors)),
  amend_card: (p, { store, lines, reason }) => quiet(edits.amendCard(p.rep, store, lines, reason)),
  plan: (p, { store, day, sequence }) => quiet(stops.plan(p.rep, store, day, sequence)),
  move_stop: (p, { store, day, to }) => quiet(stops.moveStop(p.rep, store, day, to)),
  swap_stops: (p, { one, other }) => quiet(stops.swapStops(p.rep, one, other)),
  reorder: (p, told) => quiet(stops.reorder(p.rep, told.day, told.ids)),
  skip_stop: (p, { id, reason }) => quiet(stops.skipStop(p.rep, id, reason)),
  edit_store: (p, { store, fields }) => quiet(edits.editStore(p.rep, store, fields)),
  new_store: (p, { name, fields }) => quiet(edits.newStore(p.rep, name, fields)),
  add_contact: (p, { store, name, fields }) =>
    quiet(edits.addContact(p.rep, store, name, fields)),
  edit_contact: (p, { store, contact, fields }) =>
    quiet(edits.editContact(p.rep, store, contact.id, fields)),
  remove_contact: (p, { store, contact }) => quiet(edits.removeContact(p.rep, store, contact.id)),
  answer: (p, { item, name, note }) => quiet(needs.answer(p.rep, item, name, note)),
  async needs(p) {
    const found = await needs.waiting(p.rep, await p.rep.at(null, ...needs.KINDS));
    return found.map(({ id, given }) => ({ id, given: given && given.answer }));
  },
  undo: (p, { change }) => undone(p, change),
  pad: padShown,
  suggestions: suggestionsShown,
  till: tillShown,
  card_shown: (p, told) => cardShown(p, told, "lines"),
  competitors_shown: (p, told) => cardShown(p, told, "competitors"),
  async sync(p, { verdicts = {}, rows = {} }) {
    Object.assign(p.server, { verdicts, rows });
    await p.sync();
    return {};
  },
  async later(p, { seconds }) {
    p.clock.wallMs += seconds * 1000;
    p.clock.ticksMs += seconds * 1000;
    return {};
  },
};

/** What every act of a case makes, as JSON has it. @param {any} given */
export async function played(given) {
  const player = await Player.begin(given.rows);
  try {
    const made = [];
    for (const act of given.acts) made.push(await player.play(act));
    return JSON.parse(JSON.stringify(made));
  } finally {
    player.local.close();
  }
}
