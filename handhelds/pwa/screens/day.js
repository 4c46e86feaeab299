// The day (to come).

import { html, useState } from "../vendor/shell.js";
import { firstLanguage, speak } from "../speech.js";
import { Choice } from "../parts/button.js";
import { Frame } from "../parts/frame.js";
import { Section } from "../parts/list.js";

/** @param {import("../ctx.js").Ctx} ctx */
export function screen(ctx) {
  const [language, setLanguage] = useState(firstLanguage);
  return html`<${Frame} title=${ctx.t("tab.more")} up="/day">
    <${Section}><${Choice} name="language" label="Language · 语言" value=${language}
      options=${[["en", "English"], ["zh", "中文"]]} onChange=${(/** @type {"en" | "zh"} */ chosen) => {
        localStorage.setItem("language", chosen);
        setLanguage(chosen);
        speak(chosen);
      }} /></${Section}></${Frame}>`;
}
