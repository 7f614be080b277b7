// What hands do on the picture: mouse, pen, fingers, wheel and keys, turned into a few plain calls. `studio` is told
// begin, move, end, cancel and click, always in pixels of the photo.

const TAP = 6; // pixels that a hand may tremble and still mean a click
const PINCH_GRACE = 250; // a second finger so soon means that the first one did not mean to draw

export class Hands {
  pointers = new Map();
  hasPen = false;
  at = null; // where the keys have moved the brush, in pixels of the photo
  drawing = null; // "pointer", "space" or "enter"

  constructor(canvas, picture, studio) {
    Object.assign(this, { canvas, picture, studio });
    const on = (name, act, options) => canvas.addEventListener(name, (event) => act.call(this, event), options);
    on("pointerdown", this.down);
    on("pointermove", this.move);
    on("pointerup", this.up);
    on("pointercancel", this.lost);
    on("pointerleave", () => !this.drawing && studio.hover(null));
    on("wheel", this.wheel, { passive: false });
    on("keydown", this.key);
    on("keyup", this.release);
    on("blur", this.away);
    on("contextmenu", (event) => event.preventDefault());
  }

  place(event) {
    const { left, top } = this.canvas.getBoundingClientRect();
    const { ratio } = this.picture;
    return [(event.clientX - left) * ratio, (event.clientY - top) * ratio];
  }

  photo(event) {
    return this.picture.toPhoto(...this.place(event));
  }

  // A pressure of exactly a half means that the device knows none; exactly 1 comes as a pen is lifted.
  pressure(event) {
    const { pressure, pointerType } = event;
    if (pointerType !== "pen" || pressure === 0.5 || pressure === 1 || !pressure) return 255;
    return Math.max(16, Math.min(255, Math.round(pressure * 255)));
  }

  hold(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { place: this.place(event), start: this.place(event), time: event.timeStamp });
  }

  down(event) {
    if (event.pointerType === "pen") this.hasPen = true;
    const other = this.studio.crop.release();
    if (other) this.hold(other);
    this.hold(event);
    this.canvas.focus({ preventScroll: true });
    if (this.pointers.size > 1) return this.pinch(event);
    this.pans = event.button === 1 || this.studio.tool === "hand" || (this.hasPen && event.pointerType === "touch");
    event.preventDefault();
    if (this.pans || event.button > 1) return;
    this.stop();
    this.drawing = "pointer";
    this.at = this.photo(event);
    this.studio.begin(this.at, this.pressure(event), event);
  }

  pinch(event) {
    if (this.drawing !== "pointer") return;
    const [first] = this.pointers.values();
    const isFresh = event.timeStamp - first.time < PINCH_GRACE && distance(first.place, first.start) < 3 * TAP;
    this.interrupt(isFresh);
  }

  // By a second finger, or by the system: what was drawn stays, unless it had hardly begun. It is no click.
  interrupt(isFresh) {
    this.drawing = null;
    if (isFresh || this.studio.isClicking) this.studio.cancel();
    else this.studio.end();
  }

  move(event) {
    const known = this.pointers.get(event.pointerId);
    if (!known) return this.studio.hover(this.photo(event));
    const before = known.place;
    const all = event.getCoalescedEvents?.() ?? [];
    known.place = this.place(event);
    if (this.pointers.size === 2) return this.stretch(event.pointerId, before);
    if (this.pans) return this.picture.pan(known.place[0] - before[0], known.place[1] - before[1]);
    if (this.drawing !== "pointer") return;
    const points = (all.length ? all : [event]).map((each) => [...this.photo(each), this.pressure(each)]);
    this.at = this.photo(event);
    this.studio.move(points);
  }

  // Two fingers move and zoom around the point between them.
  stretch(moved, before) {
    const [[, one], [, other]] = [...this.pointers].sort(([id]) => (id === moved ? -1 : 1));
    const [was, is] = [distance(before, other.place), distance(one.place, other.place)];
    const middle = [(one.place[0] + other.place[0]) / 2, (one.place[1] + other.place[1]) / 2];
    this.picture.pan((one.place[0] - before[0]) / 2, (one.place[1] - before[1]) / 2);
    if (was > 0) this.picture.zoom(is / was, ...middle);
    this.studio.moved();
  }

  up(event) {
    const known = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (this.drawing === "pointer" && !this.pointers.size) {
      this.drawing = null;
      this.studio.end(known && distance(known.start, this.place(event)) < TAP * this.picture.ratio);
    }
    if (!this.pointers.size) this.pans = false;
    this.studio.moved();
  }

  lost(event) {
    this.pointers.delete(event.pointerId);
    if (this.drawing === "pointer") this.interrupt(false);
  }

  stop() {
    if (this.drawing) {
      this.drawing = null;
      this.studio.end();
    }
  }

  away() {
    this.studio.compare(false);
    if (this.drawing !== "pointer") this.stop();
  }

  // A wheel zooms; two fingers on a pad move, and zoom as they spread, which browsers report with Control.
  wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode ? 18 : 1;
    const isWheel = event.deltaMode || (!event.deltaX && Math.abs(event.deltaY) >= 90 && Number.isInteger(event.deltaY));
    if (event.ctrlKey || event.metaKey || isWheel) {
      const much = Math.max(-240, Math.min(240, event.deltaY * lines));
      this.picture.zoom(Math.exp(-much / (event.ctrlKey && !isWheel ? 120 : 400)), ...this.place(event));
    } else {
      this.picture.pan(-event.deltaX * this.picture.ratio, -event.deltaY * this.picture.ratio);
    }
    this.studio.moved();
  }

  key(event) {
    if (event.key === "Tab") return this.tab(event);
    const act = this.keys(event)[event.key];
    // Some keyboards have brackets with Alt.
    if (!act || ((event.altKey || event.ctrlKey || event.metaKey) && !"[]".includes(event.key))) return;
    event.preventDefault();
    act();
  }

  // Held, it shows the original; with Shift it leads on as everywhere, and so does Escape, in the other direction.
  tab(event) {
    if (event.shiftKey) return;
    event.preventDefault();
    this.studio.compare(true);
  }

  keys(event) {
    const step = this.studio.step * (event.shiftKey ? 6 : 1);
    return {
      ArrowLeft: () => this.go(-step, 0),
      ArrowRight: () => this.go(step, 0),
      ArrowUp: () => this.go(0, -step),
      ArrowDown: () => this.go(0, step),
      " ": () => event.repeat || this.press("space"),
      Enter: () => event.repeat || (this.drawing === "enter" ? this.stop() : this.press("enter")),
      "[": () => this.studio.resize(-1),
      "]": () => this.studio.resize(1),
      x: () => this.studio.swap(),
      X: () => this.studio.swap(),
      "+": () => this.zoom(1.25),
      "=": () => this.zoom(1.25),
      "-": () => this.zoom(0.8),
      0: () => this.studio.fit(),
      Escape: () => (this.drawing ? this.cancel() : this.studio.leave()),
    };
  }

  zoom(factor) {
    this.picture.zoom(factor, ...this.picture.toCanvas(...this.place_of_brush()));
    this.studio.moved();
  }

  cancel() {
    this.drawing = null;
    this.studio.cancel();
  }

  place_of_brush() {
    this.at ??= this.picture.toPhoto(this.canvas.width / 2, this.canvas.height / 2);
    return this.at;
  }

  go(across, down) {
    const [x, y] = this.place_of_brush();
    const { size } = this.picture;
    this.at = [Math.max(0, Math.min(size[0] - 1, x + across)), Math.max(0, Math.min(size[1] - 1, y + down))];
    this.follow();
    if (this.drawing) this.studio.move([[...this.at, 255]]);
    else this.studio.hover(this.at, true);
  }

  // The brush does not leave the screen.
  follow() {
    const [x, y] = this.picture.toCanvas(...this.at);
    const { width, height } = this.canvas;
    const inside = (value, most) => (value < most * 0.08 ? most * 0.25 - value : value > most * 0.92 ? most * 0.75 - value : 0);
    const [across, down] = [inside(x, width), inside(y, height)];
    if (across || down) this.picture.pan(across, down);
  }

  press(how) {
    if (this.drawing) return;
    this.drawing = how;
    this.studio.begin(this.place_of_brush(), 255, null);
    if (this.studio.isClicking) this.stop();
  }

  release(event) {
    if (event.key === "Tab") this.studio.compare(false);
    if (event.key === " " && this.drawing === "space") this.stop();
  }
}

const distance = ([x, y], [u, v]) => Math.hypot(x - u, y - v);
