// Plays recipes with the page's own arithmetic: a line of JSON in, the bytes of alpha out.
import { createInterface } from "node:readline";
import { stdin, stdout } from "node:process";
import { paint, TILE, Tiles } from "../../../../static/js/studio/strokes.js";

function replay({ width, height, level, strokes }) {
  const tiles = new Tiles(width, height, level);
  for (const stroke of strokes) paint(tiles, stroke);
  const alpha = Buffer.alloc(width * height);
  tiles.data.forEach((_, index) => {
    const tile = tiles.bytes(index);
    const [left, top] = [(index % tiles.columns) * TILE, Math.floor(index / tiles.columns) * TILE];
    const wide = Math.min(TILE, width - left);
    for (let y = 0; y < Math.min(TILE, height - top); y++) {
      alpha.set(tile.subarray(y * TILE, y * TILE + wide), (top + y) * width + left);
    }
  });
  return alpha;
}

for await (const line of createInterface({ input: stdin })) stdout.write(replay(JSON.parse(line)));
