// The crop on the picture: a frame that hands and keys move, with four corners and four sides to pull. What it is
// stands in the form's own fields, which work without it, too.

import { around, dragged, Lie, moved } from "./frame.js";

const NEAR = 12; // pixels from a side that still mean the side
const FIELDS = ["cut_left", "cut_top", "cut_width", "cut_height"];
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Crop {
  // `changed` is told the box that hands or keys have left.
  constructor(frame, fields, picture, changed) {
    Object.assign(this, { frame, fields, picture, changed });
    frame.addEventListener("pointerdown", (event) => this.down(event));
    frame.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) frame.addEventListener(name, () => this.release());
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
    if (event.button || this.held) return;
    event.preventDefault();
    const handle = event.target.closest("[data-edges]");
    (handle ?? this.frame).focus({ preventScroll: true });
    this.frame.setPointerCapture(event.pointerId);
    this.held = { id: event.pointerId, box: this.box, edges: handle ? edgesOf(handle) : this.near(event), from: [event.clientX, event.clientY] };
  }

  // The sides that a pointer is near to; none means the whole frame.
  near(event) {
    const { clientWidth, clientHeight } = this.frame;
    const { offsetX, offsetY } = event;
    const room = Math.min(NEAR, clientWidth / 4, clientHeight / 4);
    const far = [offsetX, offsetY, clientWidth - offsetX, clientHeight - offsetY];
    return [0, 1, 2, 3].filter((edge) => far[edge] < room);
  }

  move(event) {
    if (this.held?.id !== event.pointerId) return;
    const { box, edges, from } = this.held;
    const ratio = this.picture.ratio / this.picture.scale;
    this.pull(box, edges, (event.clientX - from[0]) * ratio, (event.clientY - from[1]) * ratio);
  }

  release() {
    if (this.held) this.changed(this.box);
    this.held = null;
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
