// @ts-check
// The rep's verbs on stops, where the contract's cases do not reach: after an answer.

import assert from "node:assert/strict";
import { test } from "node:test";

import { plan, reorder, skipStop, swapStops } from "../../../handhelds/pwa/stops.js";
import { Player, world } from "./captures.js";

test("a wish the server would not take is on no plan", async () => {
  const player = await Player.begin();
  const { rep } = player;
  const day = "2026-12-08";
  const stores = world.rows.store.slice(0, 2).map((/** @type {any} */ row) => row.code);
  const [stop, wish] = [await plan(rep, stores[0], day), await plan(rep, stores[1], day)];
  player.server.verdicts[wish.change] = { outcome: "rejected",
    conflicts: [{ id: "c-1", rule: "stop_gone" }] };
  await player.sync();
  const changed = { key: "refused.plan_changed" };
  await assert.rejects(swapStops(rep, stop.id, wish.id), changed);
  await assert.rejects(skipStop(rep, wish.id, "closed"), changed);
  await assert.rejects(reorder(rep, day, [wish.id, stop.id]), changed);
  player.local.close();
});
