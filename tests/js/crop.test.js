// The crop's own arithmetic. That a turned picture lies where the server turns it, tests/images/engine/edits/test_place.py
// shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { around, dragged, Lie, moved } from "../../static/js/studio/crop.js";

const SIZE = [600, 400];
const near = (one, other) => one.forEach((value, i) => assert.ok(Math.abs(value - other[i]) < 1e-6, `${one} is not ${other}`));

test("a frame is moved as far as the picture goes", () => {
  assert.deepEqual(moved([100, 100, 300, 200], SIZE, 20, -30), [120, 70, 320, 170]);
  assert.deepEqual(moved([100, 100, 300, 200], SIZE, -500, 900), [0, 300, 200, 400]);
});

test("a corner is pulled alone, never beyond the opposite one or the picture", () => {
  assert.deepEqual(dragged([100, 100, 300, 200], SIZE, [2, 3], 50, 20), [100, 100, 350, 220]);
  assert.deepEqual(dragged([100, 100, 300, 200], SIZE, [0, 1], 900, -900), [292, 0, 300, 200]);
  assert.deepEqual(dragged([100, 100, 300, 200], SIZE, [2], 900, 900), [100, 100, 600, 200]);
});

test("a frame around points lies in the picture and has some size", () => {
  assert.deepEqual(around([[-20, 30.4], [700, 90.6]], SIZE), [0, 30, 600, 91]);
  assert.deepEqual(around([[599, 399], [600, 400]], SIZE), [592, 392, 600, 400]);
  assert.deepEqual(around([[0, 0], [9, 9]], [3, 2]), [0, 0, 3, 2]);
});

test("quarters of a turn swap the sides", () => {
  const lie = new Lie(SIZE, "none", 90);
  assert.deepEqual(lie.size, [400, 600]);
  near(lie.turned(0, 0), [400, 0]);
  near(lie.turned(600, 400), [0, 600]);
});

test("a mirrored photo lies the other way round", () => {
  near(new Lie(SIZE, "horizontal", 0).turned(10, 20), [590, 20]);
  near(new Lie(SIZE, "both", 0).turned(10, 20), [590, 380]);
});

test("there is a way back from every lie", () => {
  for (const flip of ["none", "horizontal", "vertical", "both"]) {
    for (const degrees of [0, 12, -45, 90, 180]) {
      const lie = new Lie(SIZE, flip, degrees);
      near(lie.photo(...lie.turned(123, 45)), [123, 45]);
      const [from, to] = [lie.turned(100, 50), lie.turned(117, 43)];
      near(lie.way(17, -7), [to[0] - from[0], to[1] - from[1]]);
    }
  }
});
