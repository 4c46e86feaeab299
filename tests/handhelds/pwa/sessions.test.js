// @ts-check
// The session cases of the contract, played on the browser's handheld; see sessions.js.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Player, cases } from "./sessions.js";

for (const given of cases()) {
  test(`the browser's handheld does as ${given.id} says`, async () => {
    await (await Player.begin()).play(given);
  });
}

test("there are cases", () => {
  assert(cases().length >= 30);
});

test("a case that is untrue fails, and names its step", async () => {
  const given = cases().find((one) => one.id === "push.lost_reply");
  const wrong = { ...given, steps: [...given.steps, { expect: { outbox: ["one left"] } }] };
  await assert.rejects(
    async () => (await Player.begin()).play(wrong),
    /push\.lost_reply, step \d+: .outbox/,
  );
});
