// What the studio keeps is kept before anybody goes on with it, however many wait for that at once.
import assert from "node:assert/strict";
import { test } from "node:test";

globalThis.addEventListener = () => {};
globalThis.document = { querySelector: () => ({ value: "token" }) };
const { Saver } = await import("../../static/js/studio/saving.js");

const turn = () => new Promise((resolve) => setTimeout(resolve));

test("everybody who waits is told once the latest is kept", async (t) => {
  const requests = [];
  t.mock.method(globalThis, "fetch", (_address, { body }) => new Promise((resolve) => requests.push([body, resolve])));
  let content = "first";
  const saver = new Saver({
    address: "/save/",
    key: "studio",
    revision: 0,
    content: () => ({ fields: [["content", content]], marks: [] }),
    set: () => {},
    tell: () => {},
  });
  const answer = (revision) => requests.shift()[1](Response.json({ revision, settings: {} }));
  const told = [];
  saver.done().then((isKept) => told.push(["one", isKept]));
  content = "second";
  saver.done().then((isKept) => told.push(["two", isKept]));
  saver.done().then((isKept) => told.push(["three", isKept]));
  await turn();
  assert.deepEqual([requests.length, requests[0][0].get("content")], [1, "first"]);
  answer(1);
  await turn();
  assert.deepEqual([requests.length, requests[0][0].get("content")], [1, "second"]);
  assert.deepEqual(told, []);
  answer(2);
  await turn();
  assert.deepEqual(told, [["one", true], ["two", true], ["three", true]]);
  assert.equal(saver.revision, 2);
  clearTimeout(saver.timer);
});
