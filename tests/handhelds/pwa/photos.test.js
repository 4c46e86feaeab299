// @ts-check
// Photos of the browser's handheld: sent when all else is, in pieces, on from where they broke.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { play } from "../../../handhelds/pwa/link.js";
import { sendPhotos } from "../../../handhelds/pwa/photos.js";
import { fresh } from "./double.js";
import { STORE, Server, visit } from "./server.js";

/** The server's half: keeps what comes, in order. */
class Channel {
  constructor() {
    /** @type {Map<string, {said: any, bytes: Buffer}>} */
    this.photos = new Map();
    this.calls = 0;
    /** What happens to this call instead. @type {(count: number) => any} */
    this.instead = () => undefined;
  }

  /** @param {import("../../../handhelds/pwa/answers.js").Call} call */
  send = async (call) => {
    const other = await this.instead(++this.calls);
    if (other !== undefined) return other;
    if (call.method === "POST") {
      const said = JSON.parse(call.body);
      if (!this.photos.has(said.id)) this.photos.set(said.id, { said, bytes: Buffer.alloc(0) });
      return this.told(said.id);
    }
    const id = call.path.split("/").at(-1) ?? "";
    const kept = this.photos.get(id);
    if (!kept) return { status: 404, body: '{"code": "photo_unknown", "next": "mend"}' };
    if (call.first !== kept.bytes.length) {
      return { status: 409, body: '{"code": "photo_offset", "next": "mend"}' };
    }
    kept.bytes = Buffer.concat([kept.bytes, call.data ?? Buffer.alloc(0)]);
    return this.told(id);
  };

  /** @param {string} id */
  told(id) {
    const { said, bytes } = this.photos.get(id) ?? assert.fail();
    const isWhole = bytes.length === said.bytes;
    if (isWhole) assert.equal(createHash("sha256").update(bytes).digest("hex"), said.sha256);
    const answer = { id, state: isWhole ? "whole" : "coming", received_bytes: bytes.length };
    return { status: 200, body: JSON.stringify(answer) };
  }
}

async function photographer() {
  const { local, clock } = await fresh();
  const server = new Server();
  await local.keepIdentity(/** @type {any} */ (server.enrol()));
  const picture = (/** @type {number} */ size) =>
    new Blob([Uint8Array.from({ length: size }, (_, at) => (at * 7919) % 251)]);
  const keep = (/** @type {number} */ size) => {
    clock.wallMs += 1; // ids begin with the moment
    return local.photos.keep({ store: STORE, card: null, media_type: "image/jpeg" }, picture(size));
  };
  return { local, keep };
}

test("photos go whole, in pieces, oldest first, and stay here until they are there", async () => {
  const { local, keep } = await photographer();
  const photos = [await keep(300_000), await keep(10)];
  const channel = new Channel();
  assert.equal((await play(sendPhotos(local), channel.send)).state, "done");
  assert.deepEqual(
    [...channel.photos.keys()],
    photos.map((one) => one.id),
  );
  assert.equal(channel.calls, 1 + 3 + 1 + 1);
  assert.deepEqual(
    (await local.photos.list()).map((one) => one.state),
    ["whole", "whole"],
  );
  assert.equal((await local.photos.picture(photos[0]?.id ?? ""))?.size, 300_000);
  await play(sendPhotos(local), channel.send);
  assert.equal(channel.calls, 6); // nothing is sent twice
  local.close();
});

test("a cut anywhere costs a piece at most, and a piece whose answer was lost is not sent again", async () => {
  for (let cut = 1; cut <= 4; cut++) {
    const { local, keep } = await photographer();
    const photo = await keep(300_000);
    const channel = new Channel();
    channel.instead = (count) => (count === cut ? null : undefined);
    assert.equal((await play(sendPhotos(local), channel.send)).state, "cut");
    assert.equal((await local.photos.waiting()).length, 1);
    assert.equal((await play(sendPhotos(local), channel.send)).state, "done");
    assert.equal(channel.photos.get(photo.id)?.bytes.length, 300_000);
    local.close();
  }
});

test("where the server is further on or behind than we thought, it goes on from there", async () => {
  const { local, keep } = await photographer();
  const photo = await keep(300_000);
  const channel = new Channel();
  channel.instead = (count) => {
    if (count === 3) Object.assign(channel.photos.get(photo.id) ?? {}, { bytes: Buffer.alloc(0) });
    return undefined;
  };
  assert.equal((await play(sendPhotos(local), channel.send)).state, "done");
  assert.equal(channel.photos.get(photo.id)?.bytes.length, 300_000);
  local.close();
});

test("work that is captured meanwhile goes before the next piece", async () => {
  const { local, keep } = await photographer();
  await keep(300_000);
  const channel = new Channel();
  channel.instead = (count) => {
    return count === 2 ? local.save({ changes: [visit("v-1")] }).then(() => undefined) : undefined;
  };
  assert.equal((await play(sendPhotos(local), channel.send)).detail, "work comes before photos");
  assert(channel.calls < 4);
  local.close();
});

test("a photo that is refused keeps no other from being sent, and stays", async () => {
  const { local, keep } = await photographer();
  const [odd, other] = [await keep(10), await keep(20)];
  const channel = new Channel();
  channel.instead = (count) =>
    count === 1 ? { status: 409, body: '{"code": "photo_different", "next": "mend"}' } : undefined;
  assert.equal((await play(sendPhotos(local), channel.send)).state, "refused");
  assert.deepEqual([...channel.photos.keys()], [other.id]);
  assert.deepEqual(
    (await local.photos.waiting()).map((one) => one.id),
    [odd.id],
  );
  local.close();
});

test("short of room only photos that the server has whole are given up", async () => {
  const { local, keep } = await photographer();
  const [first, second] = [await keep(10), await keep(20)];
  assert.equal(await local.makeRoom(), false);
  await local.photos.sent(first.id);
  assert.equal(await local.makeRoom(), true);
  assert.equal(await local.photos.picture(first.id), null);
  assert.equal((await local.photos.picture(second.id))?.size, 20);
  local.close();
});
