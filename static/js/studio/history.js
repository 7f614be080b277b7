// What was done to alpha, one mark after the other, and the way back. No DOM in here.
//
// Tiles are never changed, only replaced, so a snapshot is a list of references. One is kept every sixteen marks;
// to undo a mark, the tiles that it met are taken from the snapshot before it and the few marks between are drawn
// again, in those tiles alone.

import { paint } from "./strokes.js";

const EVERY = 16;

export class History {
  done = 0;
  entries = [];
  #snapshots = [];

  constructor(tiles) {
    this.tiles = tiles;
    this.#snapshots.push([...tiles.data]);
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

  // A mark that has been drawn. `met` are the tiles that it touched; `patch`, a map of tiles, is what the server
  // made of a mark that only it can work out.
  push(mark, met, patch = null) {
    this.entries.length = this.done;
    this.#snapshots.length = Math.floor(this.done / EVERY) + 1;
    this.entries.push({ mark, met, patch });
    this.done += 1;
    this.#remember();
  }

  // Draws a mark that nobody has drawn yet.
  play(mark, patch = null) {
    const met = patch ? this.#lay(patch) : paint(this.tiles, mark);
    this.push(mark, met, patch);
    return met;
  }

  undo() {
    if (!this.canUndo) return new Set();
    const { met } = this.entries[this.done - 1];
    this.done -= 1;
    this.#restore(met);
    return met;
  }

  redo() {
    if (!this.canRedo) return new Set();
    const entry = this.entries[this.done];
    this.done += 1;
    this.#draw(entry, null);
    this.#remember();
    return entry.met;
  }

  #remember() {
    if (this.done % EVERY === 0) this.#snapshots[this.done / EVERY] = [...this.tiles.data];
  }

  #restore(met) {
    const last = Math.floor(this.done / EVERY);
    for (const index of met) this.tiles.data[index] = this.#snapshots[last][index];
    for (const entry of this.entries.slice(last * EVERY, this.done)) this.#draw(entry, met);
  }

  #draw({ mark, met, patch }, only) {
    const wanted = only ? new Set([...met].filter((index) => only.has(index))) : met;
    if (!wanted.size) return;
    if (patch) this.#lay(patch, wanted);
    else paint(this.tiles, mark, wanted);
  }

  #lay(patch, only = null) {
    for (const [index, tile] of patch) if (!only || only.has(index)) this.tiles.data[index] = tile;
    return new Set(patch.keys());
  }
}
