// A brush stroke on alpha, in the same whole numbers as images/engine/edits/strokes.py, where the why is told.
// Lengths are quarter pixels of the upright photo. No DOM in here: Node tests it against the server's own.

export const TILE = 256;
export const FULL = 255;
export const MOST_RADIUS = 4096;
const COARSE_RADIUS = 64;
const TABLE = 1 << 14;
export const AREA = TILE * TILE;

const by255 = (product) => (product + 128 + ((product + 128) >> 8)) >> 8;
const pressed = (radius, pressure) => Math.max(2, Math.floor((radius * (pressure >> 4) * 17 + 127) / FULL));
const share = (length, step, count) => Math.floor((2 * length * step + count) / (2 * count));

// How much a dab covers, by squared distance shifted right; the last entry is 0.
export function ramp({ hardness = FULL, opacity = FULL }, radius) {
  const outer = radius + 2;
  const inner = Math.max(0, Math.min(radius - 2, Math.floor((radius * hardness) / FULL)));
  const shift = Math.max(0, 32 - Math.clz32(Math.floor((outer * outer) / TABLE)));
  const table = new Uint8Array(((outer * outer) >> shift) + 2);
  for (let i = 0; i < table.length; i++) {
    const distance = Math.floor(Math.sqrt(i * 2 ** (shift + 8)));
    const across = Math.floor(((outer * 16 - distance) * FULL) / ((outer - inner) * 16));
    const level = Math.max(0, Math.min(FULL, across));
    const smooth = Math.floor((level * level * (3 * FULL - 2 * level) + 32512) / (FULL * FULL));
    table[i] = by255(smooth * opacity);
  }
  // Closer than this it covers as much as it can, so that most of a row is filled at once.
  let core = 0;
  while (core < table.length && table[core] === table[0]) core++;
  return { table, shift, core: (core << shift) - 1 };
}

// The alpha of a picture in tiles: a byte where a tile is all of one level, else an array.
export class Tiles {
  constructor(width, height, level = 0) {
    this.width = width;
    this.height = height;
    this.columns = Math.ceil(width / TILE);
    this.rows = Math.ceil(height / TILE);
    this.data = new Array(this.columns * this.rows).fill(level);
  }

  bytes(index) {
    const tile = this.data[index];
    return typeof tile === "number" ? new Uint8Array(AREA).fill(tile) : tile;
  }

  at(x, y) {
    const tile = this.data[(y >> 8) * this.columns + (x >> 8)];
    return typeof tile === "number" ? tile : tile[((y & 255) << 8) | (x & 255)];
  }
}

// How alpha travels: see images/engine/edits/sheets.py.
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

// A tile that is all of one level becomes a byte; what lies outside of the picture does not count.
export function packed(tile, width = TILE, height = TILE) {
  const first = tile[0];
  for (let y = 0; y < height; y++) {
    for (let i = y * TILE, end = i + width; i < end; i++) if (tile[i] !== first) return tile;
  }
  return first;
}

export function blended(tile, cover, keep) {
  const result = typeof tile === "number" ? new Uint8Array(AREA).fill(tile) : tile.slice();
  for (let i = 0; i < AREA; i++) {
    const much = cover[i];
    if (!much) continue;
    const level = result[i];
    result[i] = keep ? level + by255((FULL - level) * much) : level - by255(level * much);
  }
  return result;
}

// What a stroke covers, as it is being drawn: tiles of coverage, of which only those that it met exist.
export class Stroke {
  cover = new Map();
  last = null;
  #ramps = new Map();

  constructor(brush, { columns, rows }) {
    this.brush = brush;
    this.columns = columns;
    this.rows = rows;
    this.step = Math.max(1, 2 * Math.floor(Math.sqrt(brush.radius)));
    this.grid = brush.radius >= COARSE_RADIUS ? ~1 : ~0;
  }

  // Draws on to a point; gives back the tiles that it met.
  add(x, y, pressure = FULL, met = new Set()) {
    const { last } = this;
    this.last = [x, y, pressure];
    if (!last) {
      this.#dab(x, y, pressure, met);
      return met;
    }
    const across = x - last[0];
    const down = y - last[1];
    const [longer, shorter] = [Math.abs(across), Math.abs(down)].sort((a, b) => b - a);
    const count = Math.max(1, Math.ceil((longer + (shorter >> 1)) / this.step));
    for (let i = 1; i <= count; i++) {
      const more = share(pressure - last[2], i, count);
      this.#dab(last[0] + share(across, i, count), last[1] + share(down, i, count), last[2] + more, met);
    }
    return met;
  }

  all(points) {
    const met = new Set();
    for (const [x, y, pressure] of points) this.add(x, y, pressure, met);
    return met;
  }

  #dab(x, y, pressure, met) {
    const radius = pressed(this.brush.radius, pressure);
    if (!this.#ramps.has(radius)) this.#ramps.set(radius, ramp(this.brush, radius));
    const kind = this.#ramps.get(radius);
    const [middleX, middleY] = [x & this.grid, y & this.grid];
    const reach = ((radius + 2) >> 2) + 1;
    const [left, top] = [(middleX >> 2) - reach, (middleY >> 2) - reach];
    const [right, bottom] = [left + 2 * reach, top + 2 * reach];
    for (let row = Math.max(0, top >> 8); row <= Math.min(this.rows - 1, bottom >> 8); row++) {
      for (let column = Math.max(0, left >> 8); column <= Math.min(this.columns - 1, right >> 8); column++) {
        const index = row * this.columns + column;
        met.add(index);
        if (!this.cover.has(index)) this.cover.set(index, new Uint8Array(AREA));
        this.#stamp(this.cover.get(index), kind, middleX - column * 1024, middleY - row * 1024, reach);
      }
    }
  }

  // One tile's share of a dab; its middle counts from the tile's corner.
  #stamp(cover, { table, shift, core }, x, y, reach) {
    const most = table[0];
    const end = (table.length - 1) << shift;
    const [startX, endX] = [Math.max(0, (x >> 2) - reach), Math.min(TILE - 1, (x >> 2) + reach)];
    const endY = Math.min(TILE - 1, (y >> 2) + reach);
    for (let row = Math.max(0, (y >> 2) - reach); row <= endY; row++) {
      const down = row * 4 + 2 - y;
      const wide = end - down * down;
      if (wide < 0) continue;
      const offset = row * TILE;
      const half = Math.floor(Math.sqrt(wide));
      const from = Math.max(startX, (x - half - 2) >> 2);
      const to = Math.min(endX, (x + half + 2) >> 2);
      const solid = core - down * down;
      let [solidFrom, solidTo] = [to + 1, to];
      if (solid >= 0) {
        const inside = Math.floor(Math.sqrt(solid));
        solidFrom = Math.max(from, Math.ceil((x - inside - 2) / 4));
        solidTo = Math.min(to, Math.floor((x + inside - 2) / 4));
      }
      if (solidTo >= solidFrom) solidRow(cover, offset + solidFrom, offset + solidTo + 1, most);
      else solidFrom = solidTo + 1;
      softRow(cover, offset, from, Math.min(solidFrom - 1, to), x, down, table, shift);
      softRow(cover, offset, Math.max(solidTo + 1, from), to, x, down, table, shift);
    }
  }
}

function solidRow(cover, from, to, most) {
  // In a stroke every dab covers alike at its core unless pressure changes, and then less cannot win.
  if (most === FULL) cover.fill(FULL, from, to);
  else for (let i = from; i < to; i++) if (cover[i] < most) cover[i] = most;
}

function softRow(cover, offset, from, to, x, down, table, shift) {
  for (let column = from; column <= to; column++) {
    const across = column * 4 + 2 - x;
    const place = (across * across + down * down) >> shift;
    if (place < table.length && cover[offset + column] < table[place]) cover[offset + column] = table[place];
  }
}

// A mark's points travel as x, y and then differences; `pressure` is absent where it is full.
export function pointsOf({ points, pressure }) {
  let [x, y] = [0, 0];
  return Array.from({ length: points.length / 2 }, (_, i) => {
    x += points[2 * i];
    y += points[2 * i + 1];
    return [x, y, pressure ? pressure[i] : FULL];
  });
}

export function differences(points) {
  return points.flatMap(([x, y], i) => (i ? [x - points[i - 1][0], y - points[i - 1][1]] : [x, y]));
}

// Draws a finished stroke into tiles. Gives back those that it met, as they were before.
export function paint(tiles, mark) {
  const stroke = new Stroke(mark, tiles);
  stroke.all(pointsOf(mark));
  return apply(tiles, stroke, mark.keep);
}

export function apply(tiles, { cover }, keep) {
  const before = new Map();
  for (const [index, much] of cover) {
    const width = Math.min(TILE, tiles.width - (index % tiles.columns) * TILE);
    const height = Math.min(TILE, tiles.height - Math.floor(index / tiles.columns) * TILE);
    before.set(index, tiles.data[index]);
    tiles.data[index] = packed(blended(tiles.data[index], much, keep), width, height);
  }
  return before;
}
