// The picture on the screen: one canvas of the screen's size, into which the squares that it shows are drawn. Only
// those are loaded, and only so many kept, so that fifty megapixels cost no more memory than one screen.

import { TILE } from "./strokes.js";

const SIDE = 512;
const MOST_KEPT = 28;
const GHOST = 56; // how visible removed parts are where they are shown at all
const MOST_ZOOM = 8;

// One square of one level: its colours, its alpha as it is now, and a canvas that shows both.
class Square {
  image = null;
  stale = true; // alpha has to be looked up anew

  constructor(level, column, row) {
    Object.assign(this, { level, column, row });
  }

  colour(bitmap) {
    this.canvas = document.createElement("canvas");
    this.canvas.width = bitmap.width;
    this.canvas.height = bitmap.height;
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.context.drawImage(bitmap, 0, 0);
    this.image = this.context.getImageData(0, 0, bitmap.width, bitmap.height);
    bitmap.close();
  }

  // `look` gives the tile that stands now; `tiles` which ones of them have changed, null for all.
  show(look, columns, ghost, tiles = null) {
    const { level, image } = this;
    const across = TILE >> level || 1;
    const startX = (this.column * SIDE << level) >> 8;
    const startY = (this.row * SIDE << level) >> 8;
    const endX = Math.min(columns, Math.ceil(((this.column * SIDE + image.width) << level) / TILE));
    const endY = Math.ceil(((this.row * SIDE + image.height) << level) / TILE);
    for (let row = startY; row < endY; row++) {
      for (let column = startX; column < endX; column++) {
        const index = row * columns + column;
        if (tiles && !tiles.has(index)) continue;
        const x = ((column << 8) >> level) - this.column * SIDE;
        const y = ((row << 8) >> level) - this.row * SIDE;
        this.#fill(look(index), x, y, across, ghost);
        if (tiles) this.context.putImageData(image, 0, 0, x, y, across, across);
      }
    }
    if (!tiles) this.context.putImageData(image, 0, 0);
    this.stale = false;
  }

  #fill(tile, left, top, side, ghost) {
    const { data, width, height } = this.image;
    const isEven = typeof tile === "number";
    const shown = (level) => (ghost ? GHOST + Math.round((level * (255 - GHOST)) / 255) : level);
    const even = isEven ? shown(tile) : 0;
    const [endX, endY] = [Math.min(width, left + side), Math.min(height, top + side)];
    // Four by four samples at most: more of them take longer and show nothing that a screen could.
    const samples = Math.min(1 << this.level, 4);
    const step = (1 << this.level) / samples;
    const round = samples * samples;
    for (let y = Math.max(0, top); y < endY; y++) {
      for (let x = Math.max(0, left); x < endX; x++) {
        let level = even;
        if (!isEven) {
          let sum = 0;
          let at = (((y - top) << this.level) << 8) + ((x - left) << this.level);
          for (let j = 0; j < samples; j++, at += step << 8) {
            for (let i = 0, place = at; i < samples; i++, place += step) sum += tile[place];
          }
          level = shown(Math.round(sum / round));
        }
        data[(y * width + x) * 4 + 3] = level;
      }
    }
  }
}

export class Picture {
  scale = 1; // pixels of the screen for one of the photo
  x = 0; // the photo's corner on the canvas, in its pixels
  y = 0;
  ghost = true;
  comparing = false;
  ground = null; // a function that fills the photo's frame
  live = new Map(); // tiles as the stroke that is being drawn leaves them
  #squares = new Map();
  #loading = new Set();
  #frame = 0;
  #dirty = null;

  constructor(canvas, { size, levels }, tiles, load) {
    Object.assign(this, { canvas, size, levels, tiles, load });
    this.context = canvas.getContext("2d", { alpha: true });
    this.checker = this.context.createPattern(checkerboard(), "repeat");
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
    this.fit();
  }

  resize() {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const { width, height } = this.canvas.getBoundingClientRect();
    const [wide, high] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
    if (wide === this.canvas.width && high === this.canvas.height) return;
    const isFitted = !this.ratio || this.scale === this.fitting;
    this.ratio = ratio;
    Object.assign(this.canvas, { width: wide, height: high });
    if (isFitted) this.fit();
    this.redraw();
    this.onMove?.();
  }

  get fitting() {
    const room = 0.96;
    return Math.min((this.canvas.width * room) / this.size[0], (this.canvas.height * room) / this.size[1], MOST_ZOOM);
  }

  fit() {
    this.scale = this.fitting;
    this.x = (this.canvas.width - this.size[0] * this.scale) / 2;
    this.y = (this.canvas.height - this.size[1] * this.scale) / 2;
    this.redraw();
  }

  // Around a point of the canvas, which stays where it is.
  zoom(factor, x = this.canvas.width / 2, y = this.canvas.height / 2) {
    const least = Math.min(this.fitting, 1) / 2;
    const scale = Math.max(least, Math.min(MOST_ZOOM * this.ratio, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.pan(0, 0);
  }

  // Never so far that the photo is lost from sight.
  pan(across, down) {
    const { width, height } = this.canvas;
    const [wide, high] = [this.size[0] * this.scale, this.size[1] * this.scale];
    const margin = Math.min(width, height) / 4;
    this.x = Math.max(margin - wide, Math.min(width - margin, this.x + across));
    this.y = Math.max(margin - high, Math.min(height - margin, this.y + down));
    this.redraw();
  }

  // From the canvas's own pixels to those of the photo, and back.
  toPhoto(x, y) {
    return [(x - this.x) / this.scale, (y - this.y) / this.scale];
  }

  toCanvas(x, y) {
    return [x * this.scale + this.x, y * this.scale + this.y];
  }

  // The stroke is over: what it has not changed looks as it did before.
  settle() {
    const met = new Set(this.live.keys());
    this.live.clear();
    this.changed(met);
  }

  // Tiles whose alpha is another one now.
  changed(indexes) {
    for (const square of this.#squares.values()) {
      if (!square.image) continue;
      if (square.level !== this.level) square.stale = true;
      else if (!square.stale) square.show((index) => this.#look(index), this.tiles.columns, this.ghost, indexes);
    }
    let box = null;
    for (const index of indexes) {
      const [left, top] = [(index % this.tiles.columns) * TILE, Math.floor(index / this.tiles.columns) * TILE];
      box = box
        ? [Math.min(box[0], left), Math.min(box[1], top), Math.max(box[2], left + TILE), Math.max(box[3], top + TILE)]
        : [left, top, left + TILE, top + TILE];
    }
    if (box) this.#mark(box);
  }

  // Everything looks different: another tool, another ground.
  refresh() {
    for (const square of this.#squares.values()) square.stale = true;
    this.redraw();
  }

  redraw() {
    this.#mark([-Infinity, -Infinity, Infinity, Infinity]);
  }

  #mark(box) {
    this.#dirty = this.#dirty
      ? box.map((edge, i) => (i < 2 ? Math.min(edge, this.#dirty[i]) : Math.max(edge, this.#dirty[i])))
      : box;
    this.#frame ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.#dirty) return;
    const { context, canvas } = this;
    const [left, top, right, bottom] = this.#place(this.#dirty);
    this.#dirty = null;
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.clearRect(0, 0, canvas.width, canvas.height);
    this.ground?.(context, [this.x, this.y, this.size[0] * this.scale, this.size[1] * this.scale]);
    this.#drawSquares(left, top, right, bottom);
    context.restore();
    this.onDraw?.();
  }

  #place(box) {
    const [left, top] = this.toCanvas(box[0], box[1]);
    const [right, bottom] = this.toCanvas(box[2], box[3]);
    return [
      Math.max(0, Math.floor(left) - 2),
      Math.max(0, Math.floor(top) - 2),
      Math.min(this.canvas.width, Math.ceil(right) + 2),
      Math.min(this.canvas.height, Math.ceil(bottom) + 2),
    ];
  }

  // As many pixels as the screen shows, or up to half as many again.
  get level() {
    const wanted = Math.floor(Math.log2(1 / this.scale) + 0.4);
    return Math.max(0, Math.min(this.levels.length - 1, wanted));
  }

  #drawSquares(left, top, right, bottom) {
    const level = this.level;
    const side = SIDE << level;
    const [startX, startY] = this.toPhoto(left, top);
    const [endX, endY] = this.toPhoto(right, bottom);
    const columns = Math.ceil(this.levels[level][0] / SIDE);
    const rows = Math.ceil(this.levels[level][1] / SIDE);
    this.context.imageSmoothingEnabled = this.scale < 2 * this.ratio;
    for (let row = Math.max(0, Math.floor(startY / side)); row < Math.min(rows, Math.ceil(endY / side)); row++) {
      for (let col = Math.max(0, Math.floor(startX / side)); col < Math.min(columns, Math.ceil(endX / side)); col++) {
        this.#drawSquare(this.#square(level, col, row, columns), level);
      }
    }
    this.#forget(level);
  }

  #drawSquare(square, level) {
    if (!square.image) return this.#drawCoarser(square, level);
    if (square.stale) square.show((index) => this.#look(index), this.tiles.columns, this.ghost);
    this.#put(square, 0, 0, square.image.width, square.image.height, square.level);
  }

  // While a square is on its way, the part of a coarser one stands in.
  #drawCoarser({ column, row }, level) {
    for (let up = level + 1; up < this.levels.length; up++) {
      const by = up - level;
      const square = this.#squares.get(`${up}-${column >> by}-${row >> by}`);
      if (!square?.image) continue;
      if (square.stale) square.show((index) => this.#look(index), this.tiles.columns, this.ghost);
      const side = SIDE >> by;
      const [x, y] = [(column % (1 << by)) * side, (row % (1 << by)) * side];
      return this.#put(square, x, y, Math.min(side, square.image.width - x), Math.min(side, square.image.height - y), up);
    }
  }

  #put(square, x, y, width, height, level) {
    if (width <= 0 || height <= 0) return;
    const size = 2 ** level * this.scale;
    const left = (square.column * SIDE + x) * size + this.x;
    const top = (square.row * SIDE + y) * size + this.y;
    // To whole pixels, so that neighbours meet without a seam.
    const [l, t, r, b] = [left, top, left + width * size, top + height * size].map(Math.round);
    this.context.drawImage(square.canvas, x, y, width, height, l, t, r - l, b - t);
  }

  #look(index) {
    return this.comparing ? 255 : (this.live.get(index) ?? this.tiles.data[index]);
  }

  #square(level, column, row, columns) {
    const key = `${level}-${column}-${row}`;
    const known = this.#squares.get(key);
    if (known) {
      this.#squares.delete(key); // the last one used is the last to go
      this.#squares.set(key, known);
      return known;
    }
    const square = new Square(level, column, row);
    this.#squares.set(key, square);
    this.#fetch(square, key, row * columns + column);
    return square;
  }

  async #fetch(square, key, number) {
    this.#loading.add(key);
    try {
      square.colour(await this.load(square.level, number));
    } catch {
      this.#squares.delete(key); // asked for again when it is shown again
      setTimeout(() => this.redraw(), 3000);
    }
    this.#loading.delete(key);
    this.redraw();
  }

  // Of the photo, whatever is taken away there; as #rrggbb, or null outside of it.
  colour(x, y) {
    for (let level = this.level; level < this.levels.length; level++) {
      const [column, row] = [x, y].map((place) => Math.floor(place / 2 ** level / SIDE));
      const image = this.#squares.get(`${level}-${column}-${row}`)?.image;
      if (!image) continue;
      const [left, top] = [Math.floor(x / 2 ** level) - column * SIDE, Math.floor(y / 2 ** level) - row * SIDE];
      if (left < 0 || top < 0 || left >= image.width || top >= image.height) return null;
      const start = (top * image.width + left) * 4;
      return `#${[...image.data.subarray(start, start + 3)].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    }
    return null;
  }

  get isLoading() {
    return this.#loading.size > 0;
  }

  #forget(level) {
    for (const [key, square] of this.#squares) {
      if (this.#squares.size <= MOST_KEPT) return;
      // The smallest one stays: it stands in for all others.
      if (square.image && square.level !== this.levels.length - 1 && (square.level !== level || this.#squares.size > 2 * MOST_KEPT)) {
        this.#squares.delete(key);
      }
    }
  }
}

function checkerboard() {
  const canvas = document.createElement("canvas");
  const side = 12;
  canvas.width = canvas.height = 2 * side;
  const context = canvas.getContext("2d");
  const style = getComputedStyle(document.documentElement);
  context.fillStyle = style.getPropertyValue("--check-a");
  context.fillRect(0, 0, 2 * side, 2 * side);
  context.fillStyle = style.getPropertyValue("--check-b");
  context.fillRect(side, 0, side, side);
  context.fillRect(0, side, side, side);
  return canvas;
}
