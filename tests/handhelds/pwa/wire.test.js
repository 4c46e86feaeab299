// @ts-check
// One request over HTTP: packed, cut, silent, in pieces; from a server of node's own.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import { Wire } from "../../../handhelds/pwa/wire.js";

/** @typedef {import("node:http").IncomingMessage} Asked */
/** @typedef {import("node:http").ServerResponse} Answer */

/**
 * @param {(asked: Asked, answer: Answer, body: Buffer) => void} answers
 * @param {(wire: Wire, address: string) => Promise<void>} act
 */
async function over(answers, act) {
  const server = createServer((asked, answer) => {
    /** @type {Buffer[]} */
    const parts = [];
    asked.on("data", (part) => parts.push(part));
    asked.on("end", () => answers(asked, answer, Buffer.concat(parts)));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", () => done(null)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const address = `http://127.0.0.1:${port}`;
  try {
    await act(new Wire(address, { silenceMs: 400 }), address);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

/** @param {string} body @returns {import("../../../handhelds/pwa/answers.js").Call} */
const push = (body) => ({ method: "POST", path: "/sync/v1/push", body, secret: "s3cret" });
/**
 * @param {number} first
 * @param {number | null} stop
 * @returns {import("../../../handhelds/pwa/answers.js").Call}
 */
const piece = (first, stop) => ({
  method: "GET",
  path: "/sync/v1/segments/s-1",
  body: "",
  secret: "s3cret",
  first,
  stop,
  tag: "9f86",
});

test("a request carries its secret, large ones are packed, and the answer's text comes whole", async () => {
  /** @type {any[]} */
  const heard = [];
  await over(
    (asked, answer, body) => {
      const packed = asked.headers["content-encoding"] === "gzip";
      heard.push([asked.headers.authorization, packed, String(packed ? gunzipSync(body) : body)]);
      answer.end('{"says":"Água 水"}');
    },
    async (wire) => {
      for (const text of ["{}", JSON.stringify({ note: "水".repeat(900) })]) {
        const reply = await wire.send(push(text));
        assert.deepEqual([reply?.status, reply?.body], [200, '{"says":"Água 水"}']);
        assert.deepEqual(heard.at(-1), ["Bearer s3cret", text.length > 700, text]);
      }
    },
  );
});

test("a busy server's wish to wait is heard", async () => {
  await over(
    (_, answer) => answer.writeHead(503, { "Retry-After": "12" }).end("{}"),
    async (wire) => {
      const reply = await wire.send(push("{}"));
      assert.deepEqual([reply?.status, reply?.retry_after_s], [503, 12]);
    },
  );
});

test("an answer cut in the middle is none, and neither is a line that falls silent", async () => {
  for (const end of [(/** @type {Answer} */ answer) => answer.destroy(), () => undefined]) {
    await over(
      (_, answer) => {
        answer.writeHead(200, { "Content-Length": "1000" });
        answer.write('{"verdicts":[');
        setTimeout(() => end(answer), 30);
      },
      async (wire) => assert.equal(await wire.send(push("{}")), null),
    );
  }
});

test("no server is no answer", async () => {
  assert.equal(await new Wire("http://127.0.0.1:9").send(push("{}")), null);
});

test("bytes come in pieces, and what came before a cut is kept", async () => {
  /** @type {any[]} */
  const heard = [];
  await over(
    (asked, answer) => {
      heard.push([asked.headers.range, asked.headers["if-range"]]);
      const isFirst = heard.length === 1;
      const head = isFirst ? {} : { "Content-Range": "bytes 4-9/10" };
      answer.writeHead(isFirst ? 200 : 206, { ...head, "Content-Length": isFirst ? "10" : "6" });
      answer.write(isFirst ? "abcd" : "efghij");
      if (isFirst) setTimeout(() => answer.destroy(), 30);
      else answer.end();
    },
    async (wire) => {
      const cut = await wire.send(piece(0, null));
      assert.deepEqual(
        [cut?.is_cut, String(Buffer.from(/** @type {any} */ (cut?.body)))],
        [true, "abcd"],
      );
      const rest = await wire.send(piece(4, 10));
      assert.deepEqual([rest?.status, rest?.first, rest?.is_cut], [206, 4, undefined]);
      assert(rest?.body instanceof Uint8Array && String(Buffer.from(rest.body)) === "efghij");
    },
  );
  assert.deepEqual(heard, [
    [undefined, undefined],
    ["bytes=4-9", '"9f86"'],
  ]);
});
