// The page's own arithmetic. That it is the server's, too, tests/images/engine/edits/test_strokes.py shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { folded, History, unfolded } from "../../static/js/studio/history.js";
import { differences, paint, patchOf, pointsOf, Stroke, TILE, Tiles, tilesOf } from "../../static/js/studio/strokes.js";

const mark = (points, more = {}) => ({ op: "stroke", keep: true, radius: 80, hardness: 200, opacity: 255, points, ...more });
const random = (seed) => () => (seed = (seed * 16807) % 2147483647) / 2147483647;

function some(next, count) {
  return Array.from({ length: count }, () => {
    const points = [Math.floor(next() * 4000), Math.floor(next() * 4000)];
    for (let i = 0; i < 8; i++) points.push(Math.floor(next() * 600 - 300), Math.floor(next() * 600 - 300));
    return mark(points, { keep: next() < 0.5, radius: 20 + Math.floor(next() * 300) });
  });
}

const shown = (tiles) => tiles.data.map((_, index) => Buffer.from(tiles.bytes(index)).toString("base64"));

test("a stroke drawn bit by bit is the one drawn at once", () => {
  const points = [[100, 100, 255], [900, 300, 100], [400, 1500, 255]];
  const size = { columns: 3, rows: 3 };
  const one = new Stroke(mark([]), size);
  one.all(points);
  const other = new Stroke(mark([]), size);
  for (const point of points) other.add(...point);
  assert.deepEqual([...one.cover], [...other.cover]);
});

test("points survive the way through a recipe", () => {
  const points = [[5, 9, 255], [40, -3, 255], [2, 2, 255]];
  assert.deepEqual(pointsOf({ points: differences(points) }), points);
});

test("a tile that becomes solid takes no memory", () => {
  const tiles = new Tiles(TILE, TILE);
  paint(tiles, mark([512, 512], { radius: 2000, hardness: 255 }));
  assert.equal(tiles.data[0], 255);
});

test("any of two hundred marks can be undone and done again", () => {
  const next = random(7);
  const tiles = new Tiles(1000, 1000);
  const history = new History(tiles);
  const states = [shown(tiles)];
  for (const each of some(next, 60)) {
    history.play(each);
    states.push(shown(tiles));
  }
  for (let i = 59; i >= 0; i--) {
    history.undo();
    if (i % 7 === 0) assert.deepEqual(shown(tiles), states[i]);
  }
  for (let i = 1; i <= 60; i++) history.redo();
  assert.deepEqual(shown(tiles), states[60]);
});

test("a new mark after an undo ends what could be done again", () => {
  const history = new History(new Tiles(300, 300));
  history.play(mark([100, 100]));
  history.play(mark([900, 900]));
  history.undo();
  history.play(mark([500, 500]));
  assert.equal(history.canRedo, false);
  assert.equal(history.marks.length, 2);
});

test("a mark that met nothing is none", () => {
  const history = new History(new Tiles(300, 300));
  history.play(mark([100, 100]));
  history.undo();
  history.play(mark([-9000, -9000]));
  history.play({ op: "part" }, new Map());
  assert.equal(history.canUndo, false);
  assert.equal(history.canRedo, true);
});

test("what the server worked out is undone like a stroke", () => {
  const tiles = new Tiles(300, 300);
  const history = new History(tiles);
  history.play({ op: "part" }, new Map([[1, 255]]));
  assert.equal(tiles.data[1], 255);
  history.undo();
  assert.equal(tiles.data[1], 0);
  history.redo();
  assert.equal(tiles.data[1], 255);
});

test("a tile is folded and comes back, also where its runs take as much room", () => {
  const runs = [1, 2, 3].map((length) => Uint8Array.from({ length: TILE * TILE }, (_, i) => (Math.floor(i / length) % 2) * 255));
  for (const tile of [...runs, new Uint8Array(TILE * TILE), 7]) assert.deepEqual(unfolded(folded(tile)), tile);
});

test("an undo draws nothing again, however large the brush was", (t) => {
  const drawing = t.mock.method(Stroke.prototype, "add");
  const history = new History(new Tiles(5184, 3456));
  for (const each of some(random(3), 5)) history.play({ ...each, radius: 2400 });
  const drawn = drawing.mock.callCount();
  assert.ok(drawn > 0);
  while (history.canUndo) history.undo();
  while (history.canRedo) history.redo();
  assert.equal(drawing.mock.callCount(), drawn);
});

test("what is kept for an undo is small, and comes back as it was", () => {
  const edge = new Uint8Array(TILE * TILE).map((_, i) => ((i & 255) < 40 ? 0 : (i & 255) < 200 ? 255 : i & 3));
  assert.ok(folded(edge).length < edge.length);
  assert.deepEqual(unfolded(folded(edge)), edge);
  const even = new Uint8Array(TILE * TILE).fill(7);
  assert.equal(folded(even).length, 512);
  assert.deepEqual(unfolded(folded(even)), even);
  const restless = even.map((_, i) => (i * 7919) & 255);
  assert.equal(folded(restless), restless);
  assert.equal(unfolded(restless), restless);
});

test("alpha is read as it was packed", () => {
  const bytes = new Uint8Array([1, 0, 2, ...new Uint8Array(TILE * TILE).fill(9), 0]);
  const tiles = tilesOf(bytes, [2 * TILE, 2 * TILE]);
  assert.deepEqual([tiles.data[0], tiles.data[1], tiles.at(3, TILE + 3), tiles.data[3]], [255, 0, 9, 0]);
  const patch = patchOf(new Uint8Array([0, 0, 0, 3, 1]));
  assert.deepEqual([...patch], [[3, 255]]);
});
