// @ts-check
// Hashes and digests of rows, by the cases both sides share, and turned rows upright again.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { straighten } from "../../../handhelds/pwa/turned.js";
import {
  NOTHING,
  canonical,
  keyDigits,
  plus,
  rowHasher,
  spelled,
} from "../../../handhelds/pwa/stored/digest.js";

const FOLDER = new URL("../../../sync/contract/terms/", import.meta.url);
/** @type {{cases: any[]}} */
const { cases } = JSON.parse(readFileSync(new URL("digest.json", FOLDER), "utf8"));

const rowHash = await rowHasher();

/** @type {Record<string, (given: any) => string>} */
const ASKED = {
  canonical: ({ json }) => canonical(JSON.parse(json)),
  row_hash: ({ kind, row }) => rowHash(kind, JSON.parse(row)).toString(16).padStart(16, "0"),
  key_digits: ({ kind, id }) => keyDigits(kind, id),
  digest: ({ hashes }) =>
    spelled(
      hashes
        .map((/** @type {string} */ one) => ({ rows: 1, sum: BigInt(`0x${one}`) }))
        .reduce(plus, NOTHING),
    ),
};

for (const { id, says, ask, given, expect } of cases) {
  test(`${id}: ${says}`, () => {
    assert.equal(ASKED[ask]?.(given), expect);
  });
}

test("a number of any size is spelled without an exponent, and reads back as itself", () => {
  for (const value of [1e21, 1.5e300, -2e22, 1e-7, -1.25e-9, 5e-324, 0.1, 123456.789]) {
    assert.doesNotMatch(canonical(value), /e/);
    assert.equal(Number(canonical(value)), value);
  }
});

test("rows turned on their side come upright, their parts too", () => {
  const turned = [
    ["a", "b", "c"],
    {
      counts: [2, null, 0],
      turned: [
        [1, 2],
        ["p1", "p2"],
      ],
    },
  ];
  const upright = [
    [
      "a",
      [
        [1, "p1"],
        [2, "p2"],
      ],
    ],
    ["b", null],
    ["c", []],
  ];
  assert.deepEqual(straighten(["id", "lines"], turned), upright);
  assert.deepEqual(straighten(["id"], [[]]), []);
  assert.deepEqual(straighten(["id", "x"], [["a"], { counts: [0], turned: [] }]), [["a", []]]);
});

test("turned rows that do not fit each other are none", () => {
  for (const wrong of [
    [["a"], ["b", "c"]],
    [["a"]],
    [["a"], { counts: [2], turned: [[1]] }],
    [["a"], { counts: [0], turned: [[1]] }],
    [["a"], { counts: [-1], turned: [] }],
    [["a"], 7],
  ]) {
    assert.throws(() => straighten(["id", "lines"], wrong));
  }
});
