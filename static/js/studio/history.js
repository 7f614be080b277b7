// What was done to alpha, one mark after the other, and the way back and forth. No DOM in here.
//
// Each entry holds the tiles that its mark met, as they are on the other side of it: before the mark while it is
// done, after it while it is undone. So a step either way only exchanges tiles, however much was drawn by the mark.

import { AREA, paint } from "./strokes.js";

export class History {
  done = 0;
  entries = [];

  constructor(tiles) {
    this.tiles = tiles;
  }

  get marks() {
    return this.entries.slice(0, this.done).map(({ mark }) => mark);
  }

  get canUndo() {
    return this.done > 0;
  }

  get canRedo() {
    return this.done < this.entries.length;
  }

  // A mark that has been drawn; `before` is a map of the tiles that it met, as they were. Gives back which ones.
  // One that met nothing is none.
  push(mark, before) {
    if (!before.size) return new Set();
    this.entries.length = this.done;
    this.done += 1;
    return this.#keep((this.entries[this.done - 1] = { mark }), before);
  }

  // Draws a mark that nobody has drawn yet; `patch`, a map of tiles, is what only the server can work out.
  play(mark, patch = null) {
    return this.push(mark, patch ? this.#lay(patch) : paint(this.tiles, mark));
  }

  undo() {
    if (!this.canUndo) return new Set();
    this.done -= 1;
    return this.#exchange(this.entries[this.done]);
  }

  redo() {
    if (!this.canRedo) return new Set();
    this.done += 1;
    return this.#exchange(this.entries[this.done - 1]);
  }

  #exchange(entry) {
    return this.#keep(entry, this.#lay(each(entry.other, unfolded)));
  }

  #keep(entry, other) {
    entry.other = each(other, folded);
    return new Set(other.keys());
  }

  #lay(patch) {
    const { data } = this.tiles;
    const before = new Map();
    for (const [index, tile] of patch) {
      before.set(index, data[index]);
      data[index] = tile;
    }
    return before;
  }
}

const each = (tiles, change) => new Map([...tiles].map(([index, tile]) => [index, change(tile)]));

// A tile as runs, each its length less one and its level: alpha is even but at edges. As it is where that is longer.
export function folded(tile) {
  if (typeof tile === "number") return tile;
  const runs = new Uint8Array(AREA);
  let used = 0;
  for (let at = 0; at < AREA; used += 2) {
    if (used === AREA - 2) return tile;
    const level = tile[at];
    const end = Math.min(AREA, at + 256);
    let next = at + 1;
    while (next < end && tile[next] === level) next++;
    runs[used] = next - at - 1;
    runs[used + 1] = level;
    at = next;
  }
  return runs.slice(0, used);
}

export function unfolded(runs) {
  if (typeof runs === "number" || runs.length === AREA) return runs;
  const tile = new Uint8Array(AREA);
  for (let i = 0, at = 0; i < runs.length; i += 2) tile.fill(runs[i + 1], at, (at += runs[i] + 1));
  return tile;
}
