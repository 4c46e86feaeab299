// What every screen of the handheld is made with, as one file: vendor/shell.js.
// Preact draws, htm writes its elements as tagged templates (`html`), signals tell what changed,
// idb makes IndexedDB answer with promises.

import { h } from "preact";
import htm from "htm";

export { Component, Fragment, createContext, h, render } from "preact";
export {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "preact/hooks";
export { batch, computed, effect, signal, untracked, useSignal } from "@preact/signals";
export { deleteDB, openDB, unwrap } from "idb";

export const html = htm.bind(h);
