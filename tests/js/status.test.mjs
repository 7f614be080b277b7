import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Events, load } from "./page.mjs";

class Line {
  writes = [];
  dataset = { offline: "The connection was lost." };

  get textContent() {
    return this.writes.at(-1) ?? "";
  }

  set textContent(words) {
    this.writes.push(words);
  }
}

describe("the line that a screen reader reads", () => {
  let line, page, words, reloads;

  beforeEach(() => {
    line = new Line();
    reloads = 0;
    page = Object.assign(new Events(), {
      querySelector: (selector) => (selector === "#announcement" ? line : words && { textContent: words }),
    });
    load("status.js", { document: page, location: { reload: () => reloads++ } });
  });

  it("says what a poll has brought", () => {
    words = "  Finding the subject ";
    page.happen("htmx:load");
    assert.deepEqual(line.writes, ["Finding the subject"]);
  });

  it("says the same words once", () => {
    words = "Waiting";
    page.happen("htmx:load");
    page.happen("htmx:load");
    assert.deepEqual(line.writes, ["Waiting"]);
  });

  it("says that the connection is lost", () => {
    page.happen("htmx:sendError", { detail: {} });
    assert.equal(line.textContent, line.dataset.offline);
    assert.equal(reloads, 0);
  });

  it("loads the page of a photo that was deleted meanwhile", () => {
    page.happen("htmx:responseError", { detail: { xhr: { status: 404 } } });
    assert.equal(reloads, 1);
    assert.deepEqual(line.writes, []);
  });
});
