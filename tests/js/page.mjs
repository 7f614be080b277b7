// A page for scripts under test, as small as they allow: no browser, and nothing that they do not ask for.

import { readFileSync } from "node:fs";
import { createContext, runInContext } from "node:vm";

const STATIC = new URL("../../static/js/", import.meta.url);

// What scripts listen to, and a way to let it happen.
export class Events {
  #listeners = {};

  addEventListener = (name, listener) => (this.#listeners[name] ??= []).push(listener);

  happen(name, event = {}) {
    for (const listener of this.#listeners[name] ?? []) listener(event);
  }
}

// Runs a script of static/js as its page would. Returns a function that looks up what it has declared.
export function load(script, globals) {
  const page = createContext({ URL, URLSearchParams, Intl, console, ...globals });
  page.globalThis = page.window = page;
  runInContext(readFileSync(new URL(script, STATIC), "utf8"), page);
  return (name) => runInContext(name, page);
}
