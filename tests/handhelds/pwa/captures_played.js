// @ts-check
// Plays captures told on the standard input, one case a line, and prints what came of each.

import { createInterface } from "node:readline";

import { played } from "./captures.js";

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await played(JSON.parse(line)))}\n`);
}
