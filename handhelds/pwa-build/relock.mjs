// Takes the addresses out of package-lock.json after `npm install`: those of registries are left
// out by .npmrc, those of packages' funding pages here. `npm run relock` does both.

import { readFileSync, writeFileSync } from "node:fs";

const place = new URL("package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(place, "utf8"));
for (const part of Object.values(lock.packages)) delete part.funding;
writeFileSync(place, JSON.stringify(lock, null, 2) + "\n");
