import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Events, load } from "./page.mjs";

const page = Object.assign(new Events(), {
  documentElement: { lang: "en" },
  querySelector: () => null,
});
const declared = load("upload.js", {
  document: page,
  addEventListener: page.addEventListener,
});

const say = {
  notImage: "{name} is no image.",
  empty: "{name} is empty.",
  tooBig: "{name} is too big.",
  tooMany: "Too many.",
  maxBytes: "1000",
  maxFiles: "2",
};
const refusal = (file, chosen = []) =>
  declared("UploadForm").prototype.refusal.call({ say, files: chosen }, { name: "a.jpg", size: 10, type: "image/jpeg", ...file });

describe("what is refused before it is sent", () => {
  it("is nothing that is an image within the limits", () => assert.equal(refusal({}), null));

  it("is an empty file", () => assert.equal(refusal({ size: 0 }), "a.jpg is empty."));

  it("is a file above the limit, and not one at it", () => {
    assert.equal(refusal({ size: 1000 }), null);
    assert.equal(refusal({ size: 1001 }), "a.jpg is too big.");
  });

  it("is what says that it is something else", () =>
    assert.equal(refusal({ name: "b.txt", type: "text/plain" }), "b.txt is no image."));

  it("is not a photo whose type this system does not know", () =>
    assert.equal(refusal({ name: "c.heic", type: "" }), null));

  it("is one more than the service takes at once", () => assert.equal(refusal({}, [1, 2]), "Too many."));
});

describe("words", () => {
  it("have their gaps filled", () =>
    assert.equal(declared("fill")("{count} of {name}", { count: 2, name: "x" }), "2 of x"));

  it("tell sizes as people do", () => {
    const sizeOf = declared("sizeOf");
    assert.equal(sizeOf({ size: 1 }), "1 kB");
    assert.equal(sizeOf({ size: 2_345_678 }), "2.3 MB");
  });
});
