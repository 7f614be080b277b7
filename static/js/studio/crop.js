// The crop on the picture: a frame that hands and keys move, with four corners and four sides to pull. What it is
// stands in the form's own fields, which work without it, too.

const NEAR = 12; // pixels from a side that still mean the side
const FIELDS = ["cut_left", "cut_top", "cut_width", "cut_height"];
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const LEAST = 8; // pixels that a crop has on each side, where the picture has so many

export class Crop {
  // `changed` is told the box that hands or keys have left.
  constructor(frame, fields, picture, changed) {
    Object.assign(this, { frame, fields, picture, changed });
    frame.addEventListener("pointerdown", (event) => this.down(event));
    frame.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) {
      frame.addEventListener(name, (event) => this.holds(event) && this.release());
    }
    frame.addEventListener("keydown", (event) => this.key(event));
  }

  get isOn() {
    return this.fields.crop.value === "drawn";
  }

  get lie() {
    return new Lie(this.picture.size, this.fields.flip.value, Number(this.fields.rotate.value) || 0);
  }

  // As the fields say it; all of the picture where they say nothing.
  get box() {
    const [x, y, width, height] = FIELDS.map((name) => Number(this.fields[name].value) || 0);
    const { size } = this.lie;
    return this.isOn && width && height ? around([[x, y], [x + width, y + height]], size) : [0, 0, ...size];
  }

  set box([left, top, right, bottom]) {
    this.fields.crop.value = "drawn";
    const values = [left, top, right - left, bottom - top];
    FIELDS.forEach((name, i) => (this.fields[name].value = values[i]));
    this.show();
  }

  // Drawn anew, from one corner to the other, in pixels of the photo.
  draw([x, y], [u, v]) {
    const { lie } = this;
    this.box = around([[x, y], [u, y], [x, v], [u, v]].map((point) => lie.turned(...point)), lie.size);
    this.changed(this.box);
  }

  // To whoever wants to draw one, all of the picture: corners to pull, and room to draw in.
  show() {
    this.frame.hidden = !this.isOn && this.frame.inert;
    this.frame.toggleAttribute("data-new", !this.isOn);
    if (this.frame.hidden) return;
    const { lie, picture } = this;
    const [left, top, right, bottom] = this.box;
    const scale = picture.scale / picture.ratio;
    const [a, b, c, d] = lie.matrix;
    const [x, y] = picture.toCanvas(...lie.photo(left, top)).map((value) => value / picture.ratio);
    const size = { width: `${(right - left) * scale}px`, height: `${(bottom - top) * scale}px` };
    Object.assign(this.frame.style, size, { transform: `matrix(${a}, ${b}, ${c}, ${d}, ${x}, ${y})` });
  }

  down(event) {
    if (event.button) return;
    event.preventDefault();
    // Two fingers zoom, wherever they are.
    if (this.held || this.hands.pointers.size) return this.hands.down(event);
    const handle = event.target.closest("[data-edges]");
    (handle ?? this.frame).focus({ preventScroll: true });
    this.frame.setPointerCapture(event.pointerId);
    this.held = { event, box: this.box, edges: handle ? edgesOf(handle) : this.near(event), from: [event.clientX, event.clientY] };
  }

  // The sides that a pointer is near to; none means the whole frame.
  near(event) {
    const { clientWidth, clientHeight } = this.frame;
    const { offsetX, offsetY } = event;
    const room = Math.min(NEAR, clientWidth / 4, clientHeight / 4);
    const far = [offsetX, offsetY, clientWidth - offsetX, clientHeight - offsetY];
    return [0, 1, 2, 3].filter((edge) => far[edge] < room);
  }

  holds(event) {
    return this.held?.event.pointerId === event.pointerId;
  }

  move(event) {
    if (!this.holds(event)) return;
    const { box, edges, from } = this.held;
    this.held.event = event;
    const ratio = this.picture.ratio / this.picture.scale;
    this.pull(box, edges, (event.clientX - from[0]) * ratio, (event.clientY - from[1]) * ratio);
  }

  // Gives back the last event of the pointer that held it.
  release() {
    const { held } = this;
    this.held = null;
    if (held) this.changed(this.box);
    return held?.event;
  }

  key(event) {
    const way = WAYS[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = Math.max(1, Math.round(4 / this.picture.scale)) * (event.shiftKey ? 10 : 1);
    this.pull(this.box, edgesOf(event.target), way[0] * step, way[1] * step);
    this.changed(this.box);
  }

  pull(box, edges, across, down) {
    const { lie } = this;
    const way = lie.way(across, down);
    this.box = edges.length ? dragged(box, lie.size, edges, ...way) : moved(box, lie.size, ...way);
  }
}

const edgesOf = (element) => [...(element.dataset.edges ?? "")].map(Number);

// As figures, without a DOM ------------------------------------------------------

// How a photo lies once it is flipped and turned: a crop is counted in the pixels of the turned picture
// (images/engine/edits/place.py).
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
