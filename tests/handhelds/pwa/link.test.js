// @ts-check
// When the browser's handheld talks to the server, and that only one of its tabs does.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { FOR_UNDO_MS, Link, waitBefore } from "../../../handhelds/pwa/link.js";
import { open } from "../../../handhelds/pwa/local.js";
import { Clock, fresh } from "./double.js";
import { Server, visit } from "./server.js";

/** Locks as a browser has them: one holder at a time, in order. */
class Locks {
  constructor() {
    /** @type {Promise<unknown>} */
    this.last = Promise.resolve();
  }

  /** @param {string} _name @param {() => Promise<any>} act */
  request(_name, act) {
    const found = this.last.then(act);
    this.last = found.catch(() => null);
    return found;
  }
}

/** @param {Server} server @param {{locks?: any, tabs?: number}} [how] */
async function enrolled(server, { locks = new Locks(), tabs = 1 } = {}) {
  const { name, local } = await fresh();
  const locals = [local];
  for (let more = 1; more < tabs; more++) {
    const clock = new Clock();
    clock.bootId = `b-tab-${more}`;
    locals.push(await open(name, { clock, app: "test" }));
  }
  const links = locals.map((one) => new Link(one, { send: server.send, locks, server: "" }));
  assert.equal((await links[0]?.enrol("K7QX-2M4P"))?.state, "done");
  for (const link of links) link.close();
  return { locals, links, close: () => locals.forEach((one) => one.close()) };
}

/** @template T @param {(T | undefined)[]} list @param {number} at @returns {T} */
function item(list, at) {
  const found = list[at];
  assert(found !== undefined);
  return found;
}

for (const [how, locks] of /** @type {[string, any][]} */ ([
  ["with locks", undefined],
  ["without", null],
])) {
  test(`two tabs that sync at once push each change once, ${how}`, async () => {
    const server = new Server();
    const { locals, links, close } = await enrolled(
      server,
      locks === null ? { locks: 0, tabs: 2 } : { tabs: 2 },
    );
    let [inside, most] = [0, 0];
    server.before = async () => {
      most = Math.max(most, ++inside);
      await new Promise((done) => setTimeout(done, 5));
      inside -= 1;
    };
    for (let count = 0; count < 20; count++)
      await item(locals, count % 2).save({ changes: [visit(`v-${count}`)] });
    const endings = await Promise.all(links.map((link) => link.sync()));
    assert.deepEqual(
      endings.map((one) => one.state),
      ["done", "done"],
    );
    const sent = server.pushes.flat();
    assert.equal(sent.length, 20);
    assert.equal(new Set(sent).size, 20);
    assert.equal(most, 1);
    for (const local of locals) assert.equal((await local.queue()).pending, 0);
    close();
  });
}

test("a sync asked for twice is one", async () => {
  const server = new Server();
  const { links, close } = await enrolled(server);
  const link = item(links, 0);
  const [one, other] = await Promise.all([link.sync(), link.sync()]);
  assert.equal(one, other);
  assert.equal(server.asked.filter(({ verb }) => verb === "pull").length, 1);
  close();
});

test("tabs that take turns never speak with a boot that spoke before another", async () => {
  const server = new Server();
  const { links, locals, close } = await enrolled(server, { tabs: 2 });
  for (const [at, local] of locals.entries()) {
    let turn = 0;
    const clock = /** @type {Clock & {beginAnew: () => void}} */ (local.clock);
    clock.beginAnew = () => void (clock.bootId = `b-${at}-${++turn}`);
  }
  for (let count = 0; count < 6; count++) {
    await item(locals, count % 2).save({ changes: [visit(`v-${count}`)] });
    await item(links, count % 2).sync();
  }
  const boots = server.asked
    .filter(({ verb, body }) => verb === "push" && body.changes.length)
    .map(({ body }) => body.clock.boot);
  assert.equal(boots.length, 6);
  assert.equal(new Set(boots).size, 6); // each turn another
  await item(locals, 1).save({ changes: [visit("v-6")] });
  await item(links, 1).sync();
  assert.equal(server.asked.at(-1).body.clock.boot, boots.at(-1)); // nobody spoke in between
  close();
});

test("a dead line keeps all work, and what was saved goes out when it is back", async () => {
  const server = new Server();
  const { links, locals, close } = await enrolled(server);
  const [link, local] = [item(links, 0), item(locals, 0)];
  server.isDown = true;
  await local.save({ changes: [visit("v-1")] });
  assert.equal((await link.sync()).state, "cut");
  assert.equal((await local.queue()).pending, 1);
  server.isDown = false;
  assert.equal((await link.sync()).answered, 1);
  assert.deepEqual(
    (await local.trail()).map((one) => one.outcome),
    ["applied"],
  );
  close();
});

test("a revoked handheld sends its work, then forgets the company's data and says so", async () => {
  const server = new Server();
  const { links, locals, close } = await enrolled(server);
  const [link, local] = [item(links, 0), item(locals, 0)];
  await link.sync();
  await local.keepDraft("order:1", { lines: [] });
  assert.equal((await local.rows("store")).length, 1);
  server.isRevoked = true;
  await local.save({ changes: [visit("v-1")] });
  assert.equal((await link.sync()).state, "wipe");
  assert.deepEqual(item(server.pushes, -1 + server.pushes.length), ["v-1"]);
  assert.deepEqual(
    [await local.rows("store"), await local.rows("visit"), await local.trail()],
    [[], [], []],
  );
  assert.equal(await local.draft("order:1"), null);
  assert.equal(await local.fact("wiped"), true);
  assert.equal(server.asked.at(-1).body.wiped, true);
  close();
});

/** A visit begun so many milliseconds ago by the handheld's clock.
 * @param {import("../../../handhelds/pwa/local.js").Local} local @param {string} id */
function begun(local, id, agoMs = 0) {
  const wall = new Date(local.clock.now() - agoMs).toISOString();
  const made = visit(id);
  return { ...made, captured: { ...made.captured, wall } };
}

/** n of each change by its id. @param {import("../../../handhelds/pwa/local.js").Local} local */
async function numbers(local) {
  return Object.fromEntries((await local.trail()).map((one) => [one.id, one.n]));
}

test("as long as the rep may undo it, a change has no number and is not sent", async () => {
  const server = new Server();
  const { links, locals, close } = await enrolled(server);
  const [link, local] = [item(links, 0), item(locals, 0)];
  await local.save({ changes: [begun(local, "v-1", FOR_UNDO_MS)] });
  await local.save({ changes: [begun(local, "v-2", 6_000)] });
  await local.save({ changes: [begun(local, "v-3")] });
  await link._quietly();
  assert.deepEqual(server.pushes.flat(), ["v-1"]);
  assert.deepEqual(await numbers(local), { "v-1": 1, "v-2": null, "v-3": null });
  await local.undo("v-2");
  /** @type {Clock} */ (local.clock).wallMs += FOR_UNDO_MS;
  await link._quietly();
  assert.deepEqual(server.pushes.flat(), ["v-1", "v-3"]);
  assert.deepEqual(await numbers(local), { "v-1": 1, "v-3": 2 }); // no gap
  close();
});

test("what was left for the rep to undo is sent as soon as that is over, not minutes later", async () => {
  const server = new Server();
  const { name, local } = await fresh();
  const link = new Link(local, { send: server.send, locks: /** @type {any} */ (new Locks()) });
  assert.equal((await link.enrol("K7QX-2M4P")).state, "done");
  await local.save({ changes: [begun(local, "v-1", 2_000)] });
  await link._quietly();
  assert.deepEqual(await numbers(local), { "v-1": null });
  const waits = link._dueAt - Date.now();
  assert(waits > 0 && waits <= FOR_UNDO_MS + 1_000, `${name}: next sync in ${waits} ms`);
  link.close();
  local.close();
});

test("the time to undo is longer than the toast that offers it", () => {
  const toast = new URL("../../../handhelds/pwa/parts/toast.js", import.meta.url);
  const [, shown] = /SHOWN_MS = (\d+);/.exec(readFileSync(toast, "utf8")) ?? assert.fail();
  assert(FOR_UNDO_MS > Number(shown));
});

test("the rep's own wish, and an app that goes out of sight, send what was saved just now", async () => {
  const server = new Server();
  const { locals, links, close } = await enrolled(server);
  const local = item(locals, 0);
  await local.save({ changes: [begun(local, "v-1")] });
  assert.equal((await item(links, 0).sync()).answered, 1);
  const page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  /** @type {any} */ (globalThis).document = page;
  const locks = /** @type {any} */ (new Locks());
  const link = new Link(local, { send: server.send, locks }).listen();
  try {
    await local.save({ changes: [begun(local, "v-2")] });
    const answered = new Promise((done) => local.changed.addEventListener("verdict", done));
    page.visibilityState = "hidden";
    page.dispatchEvent(new Event("visibilitychange"));
    await answered;
    assert.deepEqual(await numbers(local), { "v-1": 1, "v-2": 2 });
  } finally {
    link.close();
    await link._going;
    delete (/** @type {any} */ (globalThis).document);
    close();
  }
});

for (const [what, instead] of /** @type {[string, any][]} */ ([
  ["a dead line", null],
  ["a hotel's login page", { status: 200, body: "<html>Welcome!</html>" }],
  ["a server that is busy", { status: 503, body: "" }],
])) {
  test(`over ${what} nothing gets a number, so all can be undone; then it goes without gaps`, async () => {
    const server = new Server();
    const { name, local } = await fresh();
    let isDown = false;
    const link = new Link(local, {
      send: async (call) => (isDown ? instead : server.send(call)),
      locks: /** @type {any} */ (new Locks()),
    });
    assert.equal((await link.enrol("K7QX-2M4P")).state, "done");
    link.close();
    await local.save({ changes: [visit("v-1")] });
    await link.sync();
    isDown = true;
    await link.sync(); // from now on it is known
    for (const id of ["v-2", "v-3", "v-4"]) await local.save({ changes: [visit(id)] });
    assert((await link.sync()).state !== "done", name);
    assert.deepEqual(await numbers(local), { "v-1": 1, "v-2": null, "v-3": null, "v-4": null });
    await local.undo("v-3");
    isDown = false;
    assert.equal((await link.sync()).state, "done");
    assert.deepEqual(await numbers(local), { "v-1": 1, "v-2": 2, "v-4": 3 });
    assert.deepEqual(server.pushes, [["v-1"], [], ["v-2", "v-4"]]); // first whether it answers
    local.close();
  });
}

test("where the machine says it has no network, the first call only asks whether that is so", async () => {
  const server = new Server();
  const { links, locals, close } = await enrolled(server);
  const [link, local] = [item(links, 0), item(locals, 0)];
  await link.sync();
  await local.save({ changes: [visit("v-1")] });
  const had = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { onLine: false }, configurable: true });
  try {
    server.isDown = true;
    await link.sync();
    assert.deepEqual(await numbers(local), { "v-1": null });
    server.isDown = false; // some machines are wrong about it
    await link.sync();
    assert.deepEqual([server.pushes, await numbers(local)], [[[], ["v-1"]], { "v-1": 1 }]);
  } finally {
    if (had) Object.defineProperty(globalThis, "navigator", had);
    else delete (/** @type {any} */ (globalThis).navigator);
  }
  close();
});

test("after a save it sends by itself; the other tab's save goes out too", async () => {
  const server = new Server();
  const { locals, close } = await enrolled(server, { tabs: 2 });
  const listening = new Link(item(locals, 0), {
    send: server.send,
    locks: /** @type {any} */ (new Locks()),
  }).listen();
  const answered = new Promise((done) => item(locals, 1).changed.addEventListener("verdict", done));
  await item(locals, 1).save({ changes: [visit("v-1")] });
  await answered;
  assert.deepEqual(server.pushes.flat(), ["v-1"]);
  listening.close();
  close();
});

test("tries wait ever longer, at least as long as the server asked, at most a minute", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 9].map((count) => waitBefore(count, null, () => 1)),
    [1000, 2000, 4000, 8000, 60_000],
  );
  assert.equal(
    waitBefore(1, null, () => 0),
    500,
  );
  assert.equal(
    waitBefore(1, 30, () => 0),
    30_000,
  );
  assert.equal(
    waitBefore(1, 3600, () => 0),
    60_000,
  );
});
