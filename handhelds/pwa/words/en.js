// Every sentence of the app in English: the shell's own here, those of stores in en_store.js. The
// same keys stand in zh.js; a test looks that none is missing and none is idle.

import { words as store } from "./en_store.js";
import { words as verbs } from "./en_verbs.js";

const shell = {
  "again": "Try again",
  "back": "Back",
  "clear": "Clear",
  "close": "Close",
  "failed.more": "What happened",
  "failed.text": "What you saved is safe on this handheld. Try again; if it stays, tell the office.",
  "failed.title": "This did not work",
  "loading": "Reading",
  "pad.delete": "Delete the last digit",
  "places": "Places",
  "tab.day": "Today",
  "tab.more": "More",
  "tab.numbers": "Numbers",
  "tab.plan": "Plan",
  "tab.stores": "Stores",
  "undo": "Undo",
};

export const words = { ...shell, ...store, ...verbs };
