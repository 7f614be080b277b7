// A file on its way over a line that is not always there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Upload } from "../../static/js/batches/tus.js";

// Answers requests in their order, and notes what was asked.
function serve(...answers) {
  const asked = [];
  globalThis.XMLHttpRequest = class {
    upload = { addEventListener() {} };
    listeners = {};
    addEventListener = (name, listener) => (this.listeners[name] = listener);
    open = (method) => (this.method = method);
    setRequestHeader = (name, value) => ((this.sent ??= {})[name] = value);
    getResponseHeader = (name) => this.headers[name] ?? null;
    send() {
      const [status, headers = {}, text = ""] = answers.shift();
      asked.push([this.method, this.sent["Upload-Offset"]]);
      Object.assign(this, { status, headers, responseText: text });
      queueMicrotask(this.listeners.load);
    }
  };
  return asked;
}

function begun() {
  const upload = new Upload(new Blob(["0123456789"]), { item: "1", upload: "/uploads/1/", offset: 0 }, {});
  upload.pause = async () => {};
  return upload;
}

for (const status of [0, 408, 429, 503])
  test(`after ${status} it goes on where the server stands`, async () => {
    const asked = serve([status], [200, { "Upload-Offset": "4" }], [204, { "Upload-Offset": "10" }]);
    await begun().run();
    assert.deepEqual(asked, [["PATCH", "0"], ["HEAD", undefined], ["PATCH", "4"]]);
  });

test("what the server does not want is given up", async () => {
  serve([413, {}, "Too large."]);
  await assert.rejects(begun().run(), { message: "Too large." });
});
