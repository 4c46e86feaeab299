// @ts-check
// What a rep captures in the browser is what the reference handheld captures: change for change,
// row for row, figure for figure, and refused where it refuses (sync/contract/captures).

import assert from "node:assert/strict";
import { test } from "node:test";

import { cases, played } from "./captures.js";

for (const one of cases()) {
  test(`${one.id}: ${one.says}`, async () => {
    const made = await played(one);
    for (const [n, act] of one.acts.entries()) {
      assert.deepEqual(made[n], act.then, `act ${n + 1}: ${act.do}`);
    }
  });
}
