// @ts-check
// When the browser's handheld talks to the server, and that only one of its tabs does.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Link, waitBefore } from "../../../handhelds/pwa/link.js";
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
    .filter(({ verb }) => verb === "push")
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
