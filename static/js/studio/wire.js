// How alpha travels: see images/engine/edits/sheets.py. No DOM in here.

import { TILE, Tiles } from "./strokes.js";

const AREA = TILE * TILE;

function square(bytes, at) {
  const kind = bytes[at];
  if (kind < 2) return [kind * 255, at + 1];
  return [bytes.slice(at + 1, at + 1 + AREA), at + 1 + AREA];
}

export function tilesOf(bytes, [width, height]) {
  const tiles = new Tiles(width, height);
  let at = 0;
  for (let index = 0; index < tiles.data.length; index++) [tiles.data[index], at] = square(bytes, at);
  return tiles;
}

// Only what a mark has changed: a map of tiles by their number.
export function patchOf(bytes) {
  const patch = new Map();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const index = view.getUint32(at);
    const [tile, next] = square(bytes, at + 4);
    patch.set(index, tile);
    at = next;
  }
  return patch;
}
