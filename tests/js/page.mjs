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

// Runs a script of static/js as its page would, with the modules that it imports. Returns a function that looks up
// what it has declared.
export function load(script, globals) {
  const page = createContext({ URL, URLSearchParams, Intl, console, ...globals });
  page.globalThis = page.window = page;
  modules.set(page, new Map());
  return evaluate(page, new URL(script, STATIC));
}

const modules = new WeakMap();

// Each module is a function of its own, so that equal names in two of them stay apart. Its imports are the other
// modules' declarations, looked up by name.
function evaluate(page, address) {
  const known = modules.get(page);
  if (known.has(address.href)) return known.get(address.href);
  const imports = [];
  const text = readFileSync(address, "utf8")
    .replace(/^import \{([^}]*)\} from "([^"]+)";$/gm, (_, names, from) => {
      const other = evaluate(page, new URL(from, address));
      for (const name of names.split(",").map((word) => word.trim()).filter(Boolean)) imports.push([name, other(name)]);
      return "";
    })
    .replace(/^export (?=const|let|function|async|class)/gm, "");
  const names = imports.map(([name]) => name).join(", ");
  const look = runInContext(`(function (${names}) {${text}\nreturn (name) => eval(name);\n})`, page);
  const declared = look(...imports.map(([, value]) => value));
  known.set(address.href, declared);
  return declared;
}
