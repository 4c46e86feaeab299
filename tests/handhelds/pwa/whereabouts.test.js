// @ts-check
// Where a visit began and ended: told with the visit, and only where that is wanted and known.

import assert from "node:assert/strict";
import { test } from "node:test";

import { amend } from "../../../handhelds/pwa/stored/amended.js";
import { FACT, here, noteWhere } from "../../../handhelds/pwa/whereabouts.js";
import { Player, world } from "./captures.js";

const [PLACED] = world.rows.store;
const STORE = PLACED.id;
/** So far to the north of the store, as the crow flies. @param {number} metres */
const north = (metres) => ({ latitude: LAT + metres / 111_195, longitude: LON, accuracy: 12 });
const [LAT, LON] = [41.6, -93.6];

/** Finds us where it is told, and counts how often it was asked. */
class Finder {
  /** @param {any} found coords, or the code of why not */
  constructor(found) {
    this.found = found;
    this.asked = 0;
  }

  /** @param {any} tell @param {any} fail */
  getCurrentPosition = (tell, fail) => {
    this.asked += 1;
    if (typeof this.found === "number") fail({ code: this.found });
    else tell({ coords: this.found });
  };
}

/** A handheld whose store is known to stand there. @param {(p: Player) => Promise<void>} act
 * @param {any} [store] */
async function onHandheld(act, store = { lat_deg: LAT, lon_deg: LON }) {
  const player = await Player.begin({ store: [{ ...PLACED, version: 9, ...store }] });
  try {
    await act(player);
  } finally {
    player.local.close();
  }
}

/** What waits, as it will travel: kind, state, position and distance. @param {Player} p */
async function waiting(p) {
  const { changes } = await p.made(0);
  return changes.map(({ body }) => [body.state, body.lat_deg, body.lon_deg, body.distance_m]);
}

test("the position comes with the visit it belongs to, as one change that can be undone", () =>
  onHandheld(async (p) => {
    const visit = await p.rep.startVisit(STORE);
    await noteWhere(p.rep, visit, new Finder(north(40)));
    assert.deepEqual(await waiting(p), [["started", "41.60036", "-93.60000", 40]]);
    const row = await p.local.row("visit", visit.id, STORE);
    assert.deepEqual([row?.state, row?.distance_m], ["started", 40]);
    await p.rep.undo(visit.change);
    assert.deepEqual(await waiting(p), []);
  }));

test("a visit that is out already gets another change, and stays as it is by then", () =>
  onHandheld(async (p) => {
    const visit = await p.rep.startVisit(STORE);
    await p.rep.endVisit(STORE);
    await p.local.batch(500, 1e6, 0); // what has its number may be out
    await noteWhere(p.rep, visit, new Finder(north(40)));
    assert.deepEqual((await waiting(p)).at(-1), ["done", "41.60036", "-93.60000", 40]);
    const row = await p.local.row("visit", visit.id, STORE);
    assert.deepEqual([row?.state, row?.distance_m], ["done", 40]);
  }));

test("of the beginning and the end the nearer to the store stands", () =>
  onHandheld(async (p) => {
    await noteWhere(p.rep, await p.rep.startVisit(STORE), new Finder(north(90)));
    await noteWhere(p.rep, await p.rep.endVisit(STORE), new Finder(north(1_500)));
    assert.deepEqual((await waiting(p))[1], ["done", undefined, undefined, 90]);
    await noteWhere(p.rep, await p.rep.startVisit(STORE), new Finder(north(90)));
    await noteWhere(p.rep, await p.rep.endVisit(STORE), new Finder(north(15)));
    assert.deepEqual((await waiting(p))[3], ["done", "41.60013", "-93.60000", 15]);
  }));

for (const [why, store] of [
  ["nobody knows where it is", { lat_deg: null, lon_deg: null }],
  ["only its town is known", { lat_deg: LAT, lon_deg: LON, geo_source: "town" }],
]) {
  test(`a store is no distance away if ${why}`, () =>
    onHandheld(async (p) => {
      await noteWhere(p.rep, await p.rep.startVisit(STORE), new Finder(north(40)));
      assert.deepEqual(await waiting(p), [["started", "41.60036", "-93.60000", undefined]]);
    }, store));
}

test("refused once, it is not asked again; what is only not to be had is asked next time", () =>
  onHandheld(async (p) => {
    const [none, late, refused] = [2, 3, 1].map((code) => new Finder(code));
    const visit = await p.rep.startVisit(STORE);
    for (const finder of [none, none, late, refused, refused]) {
      await noteWhere(p.rep, visit, /** @type {Finder} */ (finder));
    }
    assert.deepEqual([none?.asked, late?.asked, refused?.asked], [2, 1, 1]);
    assert.equal(await p.local.fact(FACT), "refused");
    assert.deepEqual(await waiting(p), [["started", undefined, undefined, undefined]]);
  }));

test("turned off, it is not asked, and what comes then is not told", () =>
  onHandheld(async (p) => {
    const finder = new Finder(north(40));
    await p.local.keepFact(FACT, "off");
    const visit = await p.rep.startVisit(STORE);
    await noteWhere(p.rep, visit, finder);
    assert.equal(finder.asked, 0);
    await p.local.keepFact(FACT, null);
    const slow = { getCurrentPosition: async (/** @type {any} */ tell) => {
      await p.local.keepFact(FACT, "off");
      tell({ coords: north(40) });
    } };
    await noteWhere(p.rep, visit, slow);
    assert.deepEqual(await waiting(p), [["started", undefined, undefined, undefined]]);
  }));

test("a visit taken back before the position came is not begun by it", () =>
  onHandheld(async (p) => {
    const visit = await p.rep.startVisit(STORE);
    await p.rep.undo(visit.change);
    await noteWhere(p.rep, visit, new Finder(north(40)));
    assert.deepEqual(await waiting(p), []);
  }));

test("a position that is vague, or comes when we are elsewhere, is none", async (t) => {
  assert.equal(await here(new Finder({ ...north(40), accuracy: 900 })), null);
  assert.deepEqual(await here(new Finder(north(0))), { lat_deg: LAT, lon_deg: LON });
  let now = 5_000;
  t.mock.method(performance, "now", () => now);
  const late = new Finder(north(40));
  const { getCurrentPosition } = late;
  late.getCurrentPosition = (tell, fail) => {
    now += 60_000; // so long the browser's question stood there
    getCurrentPosition(tell, fail);
  };
  assert.equal(await here(late), null);
});

test("what is told more as a batch is made goes out as it is kept, not as it was", () =>
  onHandheld(async ({ local, rep }) => {
    const { change } = await rep.startVisit(STORE);
    const writing = local.writing.bind(local);
    local.writing = async (stores, act) => {
      local.writing = writing;
      assert.equal(await amend(local, change, { distance_m: 7 }, { distance_m: 7 }), "told");
      return writing(stores, act);
    };
    const out = [...(await local.batch(500, 1e6, 0)), ...(await local.batch(500, 1e6, 0))];
    assert.deepEqual(out.map(({ n, raw }) => [n, JSON.parse(raw).body.distance_m]), [[1, 7]]);
    assert.equal(await amend(local, change, { distance_m: 8 }, {}), "sent");
    assert.equal(await amend(local, "no such change", {}, {}), "gone");
  }));

test("what gets its number as more is told of it goes as it was, and the rest is told after", () =>
  onHandheld(async (p) => {
    const visit = await p.rep.startVisit(STORE);
    const writing = p.local.writing.bind(p.local);
    p.local.writing = async (stores, act) => {
      p.local.writing = writing;
      await p.local.batch(500, 1e6, 0);
      return writing(stores, act);
    };
    await noteWhere(p.rep, visit, new Finder(north(40)));
    assert.deepEqual(await waiting(p), [
      ["started", undefined, undefined, undefined], ["started", "41.60036", "-93.60000", 40]]);
  }));
