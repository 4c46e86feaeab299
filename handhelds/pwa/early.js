// Before anything is drawn: the light or dark screen that was chosen, so that nothing flashes.
// tokens.css holds both; which of them counts is the condition of its one "dark" rule.

{
  const chosen = localStorage.getItem("theme") || "system";
  setTheme(chosen);
}

/** @param {string} chosen "light", "dark" or "system" */
function setTheme(chosen) {
  document.documentElement.style.colorScheme = chosen === "system" ? "" : chosen;
  const when = { light: "not all", dark: "all" }[chosen] ?? "(prefers-color-scheme: dark)";
  for (const sheet of document.styleSheets) {
    if (!sheet.href?.includes("tokens.css")) continue;
    for (const rule of sheet.cssRules) {
      const dark = rule instanceof CSSMediaRule && rule.cssText.includes("--ground");
      if (dark && !rule.media.mediaText.includes("print")) rule.media.mediaText = when;
    }
  }
}
