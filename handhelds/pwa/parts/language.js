// The language, chosen: each in its own words.

import { html } from "../vendor/shell.js";
import { language, speak, t } from "../speech.js";
import { Choice } from "./button.js";

export function LanguageChoice() {
  return html`<${Choice} name="language" label=${t("language")} value=${language.value}
    options=${[["en", "English"], ["zh", "中文"]]} onChange=${(/** @type {"en" | "zh"} */ chosen) => {
      localStorage.setItem("language", chosen);
      speak(chosen);
    }} />`;
}
