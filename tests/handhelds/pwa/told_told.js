// @ts-check
// Says anew what it is told: {language: {conflicts, verdicts, buttons}} in, the sentences out.

import { readFileSync } from "node:fs";

import { toldIn } from "../../../handhelds/pwa/told.js";

const asked = JSON.parse(readFileSync(0, "utf8"));
/** @type {Record<string, any>} */
const said = {};
for (const [language, { conflicts, verdicts, buttons }] of Object.entries(asked)) {
  const told = await toldIn(language);
  said[language] = { conflicts: conflicts.map(told.conflict), verdicts: verdicts.map(told.verdict),
    buttons: buttons.map(told.button) };
}
process.stdout.write(JSON.stringify(said));
