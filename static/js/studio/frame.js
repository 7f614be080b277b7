// The crop as figures, and how a photo lies once it is flipped and turned: a crop is counted in the pixels of the
// turned picture (images/engine/edits/place.py). No DOM in here.

const LEAST = 8; // pixels that a crop has on each side, where the picture has so many

export class Lie {
  // `flip` as a recipe says it, `degrees` with the clock.
  constructor([width, height], flip, degrees) {
    const angle = (degrees * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)].map((share) => Number(share.toFixed(9)));
    const [across, down] = [flip === "horizontal" || flip === "both" ? -1 : 1, flip === "vertical" || flip === "both" ? -1 : 1];
    this.size = [
      Math.ceil(width * Math.abs(cos) + height * Math.abs(sin)),
      Math.ceil(width * Math.abs(sin) + height * Math.abs(cos)),
    ];
    // From the middle of the photo to the middle of the turned picture.
    this.matrix = [cos * across, -sin * down, sin * across, cos * down];
    this.middle = [width / 2, height / 2];
  }

  turned(x, y) {
    const [a, b, c, d] = this.matrix;
    const [u, v] = [x - this.middle[0], y - this.middle[1]];
    return [a * u + b * v + this.size[0] / 2, c * u + d * v + this.size[1] / 2];
  }

  // The way back: the matrix only turns and mirrors, so its inverse is its transpose.
  photo(x, y) {
    const [a, b, c, d] = this.matrix;
    const [u, v] = [x - this.size[0] / 2, y - this.size[1] / 2];
    return [a * u + c * v + this.middle[0], b * u + d * v + this.middle[1]];
  }

  // How far a way on the screen leads in the turned picture.
  way(across, down) {
    const [a, b, c, d] = this.matrix;
    return [a * across + b * down, c * across + d * down];
  }
}

const within = (value, least, most) => Math.max(least, Math.min(most, value));

// A box is [left, top, right, bottom], in whole pixels.
export function moved([left, top, right, bottom], size, across, down) {
  const x = within(Math.round(across), -left, size[0] - right);
  const y = within(Math.round(down), -top, size[1] - bottom);
  return [left + x, top + y, right + x, bottom + y];
}

// With these of its edges, 0 to 3, moved; the others stay.
export function dragged(box, size, edges, across, down) {
  const result = [...box];
  for (const edge of edges) {
    const axis = edge % 2;
    const least = Math.min(LEAST, size[axis]);
    const wanted = box[edge] + Math.round(axis ? down : across);
    result[edge] = edge < 2 ? within(wanted, 0, box[edge + 2] - least) : within(wanted, box[edge - 2] + least, size[axis]);
  }
  return result;
}

// Around some points, within the picture.
export function around(points, size) {
  const edges = [0, 1].map((axis) => {
    const values = points.map((point) => point[axis]);
    const least = Math.min(LEAST, size[axis]);
    const start = within(Math.round(Math.min(...values)), 0, size[axis] - least);
    return [start, within(Math.round(Math.max(...values)), start + least, size[axis])];
  });
  return [edges[0][0], edges[1][0], edges[0][1], edges[1][1]];
}
