import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Events, load } from "./page.mjs";

describe("the time for which a page was read", () => {
  let window, page, now, told, isFocused;

  beforeEach(() => {
    now = 1000;
    told = [];
    isFocused = true;
    window = new Events();
    page = Object.assign(new Events(), {
      querySelector: () => ({ content: "the token" }),
      visibilityState: "visible",
      hidden: false,
      hasFocus: () => isFocused,
    });
    const sendBeacon = (address, body) => told.push([address, Object.fromEntries(body)]) > 0;
    load("beacon.js", {
      addEventListener: window.addEventListener,
      document: page,
      navigator: { sendBeacon },
      performance: { now: () => now },
    });
  });

  const hide = () => {
    page.visibilityState = "hidden";
    page.hidden = true;
    page.happen("visibilitychange");
  };

  it("is told when the page is hidden", () => {
    now += 1500;
    hide();
    assert.deepEqual(told, [["/beacon/", { token: "the token", ms: "1500" }]]);
  });

  it("does not go on while somebody else has the focus", () => {
    now += 500;
    isFocused = false;
    window.happen("blur");
    now += 60_000;
    hide();
    assert.equal(told[0][1].ms, "500");
  });

  it("is not told twice", () => {
    now += 500;
    hide();
    window.happen("pagehide");
    assert.equal(told.length, 1);
  });

  it("goes on after coming back", () => {
    now += 500;
    hide();
    now += 60_000;
    page.visibilityState = "visible";
    page.hidden = false;
    page.happen("visibilitychange");
    now += 250;
    window.happen("pagehide");
    assert.equal(told.at(-1)[1].ms, "750");
  });
});
