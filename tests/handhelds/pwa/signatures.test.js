// @ts-check
// The store's signature under an order: saved with it, sent once after it was answered, taken back
// with it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { play } from "../../../handhelds/pwa/link.js";
import { sendPhotos } from "../../../handhelds/pwa/photos.js";
import { signedWhat } from "../../../handhelds/pwa/shown/order.js";
import * as orders from "../../../handhelds/pwa/orders.js";
import { Player, world } from "./captures.js";

const STORE = world.rows.store[0].id;
const LINES = [{ product: "20041", typed: "1", uom: "case" }];
const picture = () => new Blob(["ink on paper"], { type: "image/png" });

/** A handheld, and what came of its pictures. */
class Signing {
  /** @param {Player} player */
  constructor(player) {
    this.player = player;
    this.local = player.local;
    /** What was said of each picture, and how often. @type {any[]} */
    this.begun = [];
  }

  /** @param {(s: Signing) => Promise<void>} act */
  static async on(act) {
    const player = await Player.begin();
    try {
      await act(new Signing(player));
    } finally {
      player.local.close();
    }
  }

  signed() {
    return this.player.rep.order(STORE, LINES, { signature: picture() });
  }

  async send() {
    return play(sendPhotos(this.local), async (call) => {
      const said = call.method === "POST" ? JSON.parse(call.body) : this.begun.at(-1);
      if (call.method === "POST") this.begun.push(said);
      const is_whole = call.method === "PATCH";
      const answer = { id: said.id, state: is_whole ? "whole" : "coming",
        received_bytes: is_whole ? said.bytes : 0 };
      return { status: 200, body: JSON.stringify(answer) };
    });
  }

  async kept() {
    return (await this.local.photos.list()).map(({ id, state }) => [id, state]);
  }
}

test("a signature goes by its order's id, after the order was answered, and once", () =>
  Signing.on(async (s) => {
    const visit = await s.player.rep.startVisit(STORE);
    const order = await s.signed();
    assert.deepEqual(await s.kept(), [[order.id, "waits"]]);
    assert.equal((await s.send()).state, "done");
    assert.deepEqual(s.begun, []); // the order waits
    await s.player.sync();
    await s.send();
    await s.send();
    assert.equal(s.begun.length, 1);
    const { device: _, install: __, sha256, ...said } = s.begun[0];
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(said, { id: order.id, store: STORE, visit: visit.id, bytes: 12,
      media_type: "image/png", captured_at: said.captured_at });
    assert.deepEqual(await s.kept(), [[order.id, "whole"]]);
    assert.equal((await s.local.photos.signature(order.id))?.picture?.size, 12);
  }));

test("a held or rejected order was heard all the same, and its signature goes", () =>
  Signing.on(async (s) => {
    const order = await s.signed();
    s.player.server.verdicts[order.change] = { outcome: "held", conflicts: [] };
    await s.player.sync();
    await s.send();
    assert.deepEqual(s.begun.map((one) => one.id), [order.id]);
  }));

test("a signature goes with the order that is undone, and no other does", () =>
  Signing.on(async (s) => {
    const [kept, undone] = [await s.signed(), await s.signed()];
    await s.player.rep.undo(undone.change);
    assert.deepEqual(await s.kept(), [[kept.id, "waits"]]);
    const { change } = await orders.revise(s.player.rep, { store: STORE, id: kept.id },
      [{ product: "20041", typed: "2", uom: "case" }]);
    await s.player.rep.undo(change);
    assert.deepEqual(await s.kept(), [[kept.id, "waits"]]);
  }));

test("what cannot be saved keeps no signature either, and an order without one has none", () =>
  Signing.on(async (s) => {
    const odd = [{ product: "20041", typed: "1.5" }];
    await assert.rejects(s.player.rep.order(STORE, odd, { signature: picture() }));
    const once = s.local._once.bind(s.local);
    s.local._once = (stores, act) => once(stores, async (tx) => {
      await act(tx);
      throw new Error("the disk is gone");
    });
    await assert.rejects(s.signed(), /the disk is gone/);
    s.local._once = once;
    await s.player.rep.order(STORE, LINES);
    assert.deepEqual(await s.kept(), []);
    assert.equal((await s.local.queue()).pending, 1);
  }));

test("signatures are no photos of the store, and are forgotten with a handheld out of use", () =>
  Signing.on(async (s) => {
    const photo = await s.local.photos.keep({ store: STORE, media_type: "image/png" }, picture());
    const order = await s.signed();
    assert.deepEqual((await s.local.photos.ofStore(STORE)).map((one) => one.id), [photo.id]);
    assert.equal(await s.local.photos.signature(photo.id), null);
    await s.player.sync();
    await s.local.photos.sent(order.id);
    await s.local.wipe();
    assert.deepEqual(await s.kept(), [[photo.id, "waits"]]);
  }));

test("a signature is of these goods, quantities and sum, and of no others", () => {
  const draft = /** @type {any} */ ({ lines: [{ product: "a", quantity: 12, uom: "case" }] });
  const signed = signedWhat(draft, { net_minor: 500 });
  const told = { ...draft, note: "by the back door", lines: [{ ...draft.lines[0], uom: "each" }] };
  assert.equal(signedWhat(told, { net_minor: 500 }), signed);
  const more = { ...draft, lines: [{ ...draft.lines[0], quantity: 13 }] };
  const other = { ...draft, lines: [{ ...draft.lines[0], product: "b" }] };
  assert.notEqual(signedWhat(more, { net_minor: 500 }), signed);
  assert.notEqual(signedWhat(other, { net_minor: 500 }), signed);
  assert.notEqual(signedWhat(draft, { net_minor: 501 }), signed);
});
