import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { looksLikeImage } from "../../static/js/batches/folders.js";

const picked = (name, type = "") => looksLikeImage({ name, type });
const inFolder = (name, type = "") => looksLikeImage({ name, type, webkitRelativePath: `holidays/${name}` });

describe("a file that somebody picked", () => {
  it("may have any name, since the server looks at its bytes", () => {
    for (const name of ["photo", "IMG_0001.JPG_large", "photo.jpg.download", "c.heic", "scan.bak"]) assert.ok(picked(name), name);
    assert.ok(picked("photo.dat", "application/octet-stream"));
  });

  it("is refused if its name says that it is something else", () => assert.ok(!picked("b.txt", "text/plain")));
});

describe("a file of a folder", () => {
  it("has to be named as a photo", () => {
    assert.ok(inFolder("a.heic"));
    assert.ok(inFolder("a", "image/png"));
    assert.ok(!inFolder("Thumbs.db"));
    assert.ok(!inFolder("photo.xmp"));
  });
});
