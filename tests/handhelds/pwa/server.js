// @ts-check
// A stand-in for the server's half of the protocol: small, in memory, and knows no rules.

/** @typedef {import("../../../handhelds/pwa/answers.js").Call} Call */
/** @typedef {import("../../../handhelds/pwa/answers.js").Reply} Reply */

const NOW = "2026-11-21T10:42:03.120000Z";
export const STORE = "01900000-0000-7000-8000-000000000001";

/** Gives every change a verdict, and the stored one when it comes again; pulls bring nothing. */
export class Server {
  constructor() {
    /** @type {Map<string, any>} */
    this.receipts = new Map();
    /** Ids of the changes of each push. @type {string[][]} */
    this.pushes = [];
    /** @type {any[]} */
    this.asked = [];
    this.isDown = false;
    this.isRevoked = false;
    /** Awaited before each answer. @type {() => Promise<void>} */
    this.before = async () => undefined;
  }

  /** @param {Call} call @returns {Promise<Reply | null>} */
  send = async (call) => {
    await this.before();
    if (this.isDown) return null;
    const body = JSON.parse(call.body || "{}");
    const [verb = ""] = (call.path.split("/").at(-1) ?? "").split("?");
    this.asked.push({ verb, body });
    const answer = {
      enrol: () => this.enrol(),
      push: () => this.push(body),
      receipts: () => this.told([...this.receipts.values()]),
      pull: () => this.pull(),
    };
    const found = /** @type {Record<string, () => any>} */ (answer)[verb]?.();
    const { status = 200, ...rest } = found ?? { status: 404 };
    return { status, body: JSON.stringify(rest) };
  };

  enrol() {
    return {
      device: "d-1",
      secret: "s",
      no: 1,
      number_prefix: "D1",
      rep: { code: "r07", name: "Ana" },
      company: { code: "iowa", name: "Iowa", currency: "USD", zone: "America/Chicago" },
      epoch: "e-1",
      schema: 5,
      server_time: NOW,
    };
  }

  /** @param {any} body */
  push(body) {
    this.pushes.push(body.changes.map((/** @type {any} */ one) => one.id));
    const verdicts = body.changes.map((/** @type {any} */ { n, id }) => {
      const known = this.receipts.get(id);
      if (known) return { ...known, replayed: true };
      this.receipts.set(id, { n, id, outcome: "applied", conflicts: [], says: "Taken as sent." });
      return this.receipts.get(id);
    });
    return this.told(verdicts);
  }

  /** @param {any[]} verdicts */
  told(verdicts) {
    const mark = Math.max(0, ...[...this.receipts.values()].map((one) => one.n));
    return { verdicts, acknowledged_through: mark, epoch: "e-1", server_time: NOW };
  }

  pull() {
    if (this.isRevoked) {
      return { status: 403, code: "device_revoked", next: "wipe", title: "Revoked.", remedy: "?" };
    }
    const rows = {
      store: {
        columns: ["id", "scope", "version", "code"],
        data: [[STORE, `st:${STORE}`, 1, "1042"]],
      },
    };
    return { epoch: "e-1", complete: true, cursor: "c-1", server_time: NOW, rows };
  }
}

/**
 * A visit begun: the smallest change there is.
 * @param {string} id
 * @param {Record<string, any>} [body]
 */
export function visit(id, body = {}) {
  return {
    id,
    kind: "visit",
    act: "save",
    v: 5,
    depends_on: [],
    seen: {},
    captured: { wall: "2026-11-21T10:00:00.000Z", monotonic_ms: 1, boot: "b-19" },
    body: { id: `row-${id}`, store: STORE, state: "started", ...body },
  };
}
