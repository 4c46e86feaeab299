// @ts-check
// What an answer means: the wire cases, every problem of the catalogue, and answers that are none.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import {
  ENROL,
  PAGE,
  PUSH,
  TRIED_AGAIN,
  isWhole,
  judge,
  read,
} from "../../../handhelds/pwa/answers.js";

const CONTRACT = new URL("../../../sync/contract/", import.meta.url);
/** @param {string} name */
const text = (name) => readFileSync(new URL(name, CONTRACT), "utf8");

/** @type {Record<string, string>} */
const MEANS = {
  retry: "later",
  mend: "refused",
  split: "refused",
  verify: "verify",
  enrol: "enrol",
  wipe: "wipe",
  login: "later",
};

for (const { id, answer } of JSON.parse(text("wire/requests.json"))) {
  test(`the answer to the request ${id} puts the handheld into its state`, () => {
    const { status, code, next } = answer;
    const found = judge({ status, body: JSON.stringify({ title: "?", code, next }) });
    const means = code === "device_in_use_elsewhere" ? "set_back" : MEANS[next];
    assert.equal(found?.state ?? null, status < 300 ? null : means);
  });
}

const CATALOGUE = [
  ...text("PROTOCOL.md").matchAll(/^\| `(\w+)` \| (\d{3}) \| (.*?) \| (.*?) \| `(\w+)` \|$/gm),
];

test("the catalogue of problems is found", () => {
  assert(CATALOGUE.length > 30);
});

for (const [, code, status, title, remedy = "", next = ""] of CATALOGUE) {
  test(`the problem ${code} puts the handheld into a state, and tells its remedy`, () => {
    const found = judge({
      status: Number(status),
      body: JSON.stringify({ title, code, next, remedy }),
    });
    const own = code === "device_in_use_elsewhere" ? "set_back" : MEANS[next];
    assert.equal(found?.state, Number(status) === 500 ? "refused" : own);
    assert(found?.detail.includes(remedy));
  });
}

test("an answer that is not our server's changes nothing and is tried again", () => {
  for (const status of [301, 400, 401, 403, 404, 409, 413, 500, 502, 503]) {
    for (const body of ["<html>Log in to our Wi-Fi</html>", "", "null", "[1]", "\ufffd"]) {
      const found = judge({ status, body });
      assert(found && TRIED_AGAIN.has(found.state) && found.state === "later");
    }
  }
});

test("no answer is a cut line", () => {
  assert.equal(judge(null)?.state, "cut");
});

test("a busy server's wish to wait is kept", () => {
  const body = '{"next":"retry","title":"Busy."}';
  assert.equal(judge({ status: 503, body, retry_after_s: 30 })?.retry_after_s, 30);
});

test("an answer cut anywhere is no answer", () => {
  const whole = '{"verdicts":[],"acknowledged_through":4,"epoch":"e","server_time":"2026-11-21"}';
  assert(read({ status: 200, body: whole }, PUSH));
  for (let at = 0; at < whole.length; at++) {
    assert.equal(read({ status: 200, body: whole.slice(0, at) }, PUSH), null);
  }
});

const PAGE_OF = {
  epoch: "e",
  complete: true,
  server_time: "2026-11-21T10:00:00.123456Z",
  cursor: "c-1",
  rows: { store: { columns: ["id", "scope", "version"], data: [["s1", "st:s1", 1]] } },
};

test("a page may leave out and add members; what is relied on must be there", () => {
  const page = read({ status: 200, body: JSON.stringify({ ...PAGE_OF, colour: "blue" }) }, PAGE);
  assert(isWhole(page));
  assert.deepEqual(page.scopes, { added: [], dropped: [] });
  const wrong = [
    { epoch: null },
    { complete: "yes" },
    { server_time: "soon" },
    { rows: [] },
    { gone: { x: 1 } },
    { rows: { store: { columns: ["id"], turned: [["a"], ["b"]] } } },
    { segments: [{ id: "s" }] },
  ];
  for (const one of wrong) {
    assert.equal(read({ status: 200, body: JSON.stringify({ ...PAGE_OF, ...one }) }, PAGE), null);
  }
});

test("a page whose rows lack a column, or that cannot be continued, is not whole", () => {
  for (const one of [
    { rows: { store: { columns: ["id", "scope"], data: [] } } },
    { rows: { store: { columns: ["id", "scope", "version"], data: [["s1", "st:s1"]] } } },
    { cursor: null },
    { complete: false },
  ]) {
    const page = read({ status: 200, body: JSON.stringify({ ...PAGE_OF, ...one }) }, PAGE);
    assert(page && !isWhole(page));
  }
});

test("rows of kinds nobody knows are passed over, whatever they hold", () => {
  const rows = { moon: { columns: ["phase"], data: [["full"]] } };
  assert(isWhole(read({ status: 200, body: JSON.stringify({ ...PAGE_OF, rows }) }, PAGE)));
});

test("an enrolment without a secret is none", () => {
  assert.equal(read({ status: 200, body: '{"device":"d-1","no":1}' }, ENROL), null);
});
