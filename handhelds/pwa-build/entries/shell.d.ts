// The types of vendor/shell.js; built beside it, so that our own code is checked against them.

import type { VNode } from "preact";

export { Component, Fragment, createContext, h, render } from "preact";
export type { ComponentChildren, RefObject, VNode } from "preact";
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
export type { ReadonlySignal, Signal } from "@preact/signals";
export { deleteDB, openDB, unwrap } from "idb";
export type { DBSchema, IDBPDatabase, IDBPTransaction } from "idb";

/** One element as a tagged template: html`<p class="soft">${text}</p>`. */
export declare function html(strings: TemplateStringsArray, ...values: unknown[]): VNode<any>;
