// Before anything is drawn: the light or dark screen that was chosen, so that nothing flashes.
// tokens.css holds both (built, it is in first.css); which of them counts is the condition of its
// one "dark" rule. The sentences are asked for meanwhile, not only once the app has begun.

{
  const chosen = localStorage.getItem("theme") || "system";
  setTheme(chosen);
  const spoken = localStorage.getItem("language") || navigator.language || "en";
  const link = document.createElement("link");
  link.rel = "modulepreload";
  link.href = `words/${spoken.toLowerCase().startsWith("zh") ? "zh" : "en"}.js`;
  document.head.append(link);
}

/** @param {string} chosen "light", "dark" or "system" */
function setTheme(chosen) {
  document.documentElement.style.colorScheme = chosen === "system" ? "" : chosen;
  const when = { light: "not all", dark: "all" }[chosen] ?? "(prefers-color-scheme: dark)";
  for (const sheet of document.styleSheets) {
    if (!/(tokens|first)\.css/.test(sheet.href ?? "")) continue;
    for (const rule of sheet.cssRules) {
      const dark = rule instanceof CSSMediaRule && rule.cssText.includes("--ground");
      if (dark && !rule.media.mediaText.includes("print")) rule.media.mediaText = when;
    }
  }
}
