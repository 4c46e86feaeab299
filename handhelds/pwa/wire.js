// @ts-check
// One HTTP request and what came of it. null means: no whole answer came, whatever happened there.

/** @typedef {import("./answers.js").Call} Call */
/** @typedef {import("./answers.js").Reply} Reply */

/** Below this, gzip saves nothing on a line. */
const PRESSED_BYTES = 700;
const MOST_BYTES = 64 * 1024 * 1024;
/** No answer has begun after so long: the line is dead. A server works seconds at most. */
const FIRST_WORD_MS = 60_000;
/**
 * Nothing more has come for so long: on a 56 kbit/s line a page takes minutes, but never silence.
 */
const SILENCE_MS = 60_000;

export class Wire {
  /**
   * @param {string} server its address, as https://talaria.example
   * @param {{fetch?: typeof fetch, silenceMs?: number}} [given]
   */
  constructor(server, { fetch: ask = globalThis.fetch.bind(globalThis), silenceMs } = {}) {
    this.server = server.replace(/\/+$/, "");
    this.ask = ask;
    this.firstWordMs = silenceMs ?? FIRST_WORD_MS;
    this.silenceMs = silenceMs ?? SILENCE_MS;
    this.receivedBytes = 0;
    this.sentBytes = 0;
  }

  /** @param {Call} call @returns {Promise<Reply | null>} */
  async send(call) {
    const cutting = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const within = (/** @type {number} */ ms) => {
      clearTimeout(timer);
      timer = setTimeout(() => cutting.abort(), ms);
    };
    /** @type {{status: number, first: number, parts: Uint8Array[]}} */
    const come = { status: 0, first: 0, parts: [] };
    try {
      const request = await requestOf(call, cutting.signal);
      this.sentBytes += request.bytes;
      within(this.firstWordMs);
      const response = await this.ask(this.server + call.path, request.init);
      come.status = response.status;
      come.first = firstOf(response);
      let size = 0;
      for await (const part of partsOf(response)) {
        within(this.silenceMs);
        size += part.length;
        this.receivedBytes += part.length;
        if (size > MOST_BYTES) return null;
        come.parts.push(part);
      }
      return whole(call, come, response.headers.get("Retry-After"));
    } catch {
      const { status, first } = come;
      if (!call.tag || (status !== 200 && status !== 206)) return null;
      return { status, first, body: joined(come.parts), is_cut: true };
    } finally {
      clearTimeout(timer);
      cutting.abort(); // lets go of what nobody reads any more
    }
  }
}

/**
 * @param {Call} call
 * @param {AbortSignal} signal
 * @returns {Promise<{init: RequestInit, bytes: number}>}
 */
async function requestOf(call, signal) {
  /** @type {Record<string, string>} */
  const headers = {};
  /** @type {Uint8Array | undefined} */
  let body;
  if (call.secret !== null) headers.Authorization = `Bearer ${call.secret}`;
  if (call.method === "POST") {
    headers["Content-Type"] = "application/json";
    body = new TextEncoder().encode(call.body);
    if (body.length > PRESSED_BYTES && "CompressionStream" in globalThis) {
      headers["Content-Encoding"] = "gzip";
      body = await pressed(body);
    }
  } else if (call.method === "PATCH") {
    headers["Content-Type"] = "application/octet-stream";
    headers["Upload-Offset"] = String(call.first ?? 0);
    body = call.data ?? new Uint8Array();
  } else if (call.tag && (call.first || call.stop)) {
    headers.Range = `bytes=${call.first ?? 0}-${call.stop ? call.stop - 1 : ""}`;
    headers["If-Range"] = `"${call.tag}"`;
  }
  /** @type {RequestInit} */
  const init = { method: call.method, headers, signal, cache: "no-store", credentials: "omit" };
  if (body) init.body = /** @type {BodyInit} */ (body);
  return { init, bytes: body?.length ?? 0 };
}

/** @param {Uint8Array} body */
async function pressed(body) {
  const stream = new Blob([/** @type {BlobPart} */ (body)]).stream();
  const through = stream.pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(through).arrayBuffer());
}

/** @param {Response} response @returns {AsyncGenerator<Uint8Array>} */
async function* partsOf(response) {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/**
 * Where the bytes of a partial answer begin; what cannot be read counts as the beginning.
 * @param {Response} response
 */
function firstOf(response) {
  const found = /bytes (\d{1,15})-/.exec(response.headers.get("Content-Range") ?? "");
  return found && response.status === 206 ? Number(found[1]) : 0;
}

/**
 * @param {Call} call
 * @param {{status: number, first: number, parts: Uint8Array[]}} come
 * @param {string | null} wait
 * @returns {Reply}
 */
function whole(call, { status, first, parts }, wait) {
  const bytes = joined(parts);
  const retry_after_s = wait !== null && /^\d+$/.test(wait) ? Number(wait) : null;
  const isBytes = call.tag && status < 300;
  return { status, first, retry_after_s, body: isBytes ? bytes : new TextDecoder().decode(bytes) };
}

/** @param {Uint8Array[]} parts @returns {Uint8Array} */
function joined(parts) {
  const found = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) {
    found.set(one, at);
    at += one.length;
  }
  return found;
}
