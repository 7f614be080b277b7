// The studio's page: it holds the parts together. Without this script its forms post as they are.

import { language } from "../language.js";
import { Crop } from "./crop.js";
import { Hands } from "./hands.js";
import { History } from "./history.js";
import { Picture } from "./picture.js";
import { post, Saver } from "./saving.js";
import { apply, blended, differences, FULL, MOST_RADIUS, patchOf, Stroke, tilesOf } from "./strokes.js";

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const put = ({ style }, x, y, width, height) =>
  Object.assign(style, { width: `${width}px`, height: `${height}px`, transform: `translate(${x}px, ${y}px)` });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const inWords = new Intl.NumberFormat(language, { style: "percent" });
const TOKEN = "csrfmiddlewaretoken";

// A part of a page as the browser itself reads it: the policy forbids making markup from text.
const page = (address) =>
  new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.onloadend = () => resolve(request);
    request.open("GET", address);
    request.send();
  });

class Refused extends Error {}

class Studio {
  stroke = null;
  box = null;
  working = false;
  pending = []; // a stroke that the server is still working out
  isUnsaved = false; // and it was said

  constructor(root) {
    this.root = root;
    this.say = root.dataset;
    this.state = JSON.parse(document.getElementById("studio-state").textContent);
    this.find = (selector) => root.querySelector(selector);
    this.form = this.find("[data-settings]");
    this.fields = this.form.elements;
    this.canvas = this.find("[data-canvas]");
    this.result = this.find("[data-result]");
    this.saved = document.querySelector("[data-studio-state]");
  }

  // Opening ------------------------------------------------------------------

  async open() {
    this.root.toggleAttribute("data-ready", true);
    for (const element of this.root.querySelectorAll("[data-view], [data-bar], [data-tools]")) element.hidden = false;
    this.saved.hidden = false;
    this.listen();
    this.fill(Saver.brush);
    this.busy(this.say.preparing);
    // What works on the picture can be pressed once there is one.
    const tools = this.root.querySelectorAll("[data-bar], [data-tools]");
    for (const element of tools) element.inert = true;
    try {
      await this.load();
    } catch (error) {
      this.busy("");
      return this.failed(error);
    }
    for (const element of tools) element.inert = false;
    this.busy("");
    this.canvas.dataset.loaded = "";
  }

  async load() {
    const index = await this.json(() => fetch(this.state.at.ready));
    // On its way while the page before it still saved, this one does not know of that.
    if (index.revision !== this.state.revision) await new Promise(() => location.reload());
    const bytes = await this.bytes(await fetch(this.state.at.alpha));
    this.tiles = tilesOf(bytes, index.size);
    this.history = new History(this.tiles);
    this.most = Math.min(MOST_RADIUS / 4, Math.max(...index.size) / 4);
    this.picture = new Picture(this.canvas, index, this.tiles, (level, number) => this.square(level, number));
    this.crop = new Crop(this.find("[data-crop]"), this.fields, this.picture, (box) => this.cropped(box));
    this.picture.ground = (context, frame) => this.ground(context, ...frame);
    this.picture.onDraw = () => this.drawn();
    this.picture.onMove = () => this.moved();
    this.hands = this.crop.hands = new Hands(this.canvas, this.picture, this);
    this.crop.frame.addEventListener("wheel", (event) => this.hands.wheel(event), { passive: false });
    const marks = this.recover();
    for (const mark of marks) await this.replay(mark);
    this.startSaving(marks);
    this.picture.refresh();
    this.chosen();
    this.buttons();
    this.check();
  }

  // What could not be saved last time, else what the server knows.
  recover() {
    this.key = `studio ${this.state.photo}`;
    this.left = Saver.left(this.key);
    const { left, state } = this;
    const isSet = ([name, value]) => name === TOKEN || this.fields[name]?.value === value;
    if (!left || (JSON.stringify(left.marks) === JSON.stringify(state.marks) && left.fields.every(isSet))) {
      Saver.forget(this.key); // it left with the page after all
      this.left = null;
      return state.marks;
    }
    this.fill(left.fields);
    return left.marks;
  }

  startSaving(marks) {
    this.saver = new Saver({
      address: this.state.at.save,
      key: this.key,
      revision: this.left?.revision ?? this.state.revision,
      content: () => ({ fields: [...new FormData(this.form)], marks: [...this.history.marks, ...this.pending] }),
      set: (settings) => this.take(settings),
      tell: (word, sentence) => this.told(word, sentence),
    });
    if (!this.left) return;
    if (marks.length) this.problem(this.say.recovered);
    this.saver.touch();
  }

  async replay(mark) {
    if (mark.op === "stroke" && !mark.snap) return this.history.play(mark);
    return this.history.play(mark, await this.worked([...this.history.marks, mark]));
  }

  async square(level, number) {
    const response = await fetch(`${this.state.square}${level}-${number}.jpg`);
    if (!response.ok) throw new Error(response.status);
    return createImageBitmap(await response.blob());
  }

  // Asking the server ----------------------------------------------------------

  // Asks again while a worker is still at it.
  async json(ask) {
    for (;;) {
      const response = await ask();
      if (response.status !== 202) return (await this.good(response)).json();
      await pause(300);
    }
  }

  async bytes(response) {
    return new Uint8Array(await (await this.good(response)).arrayBuffer());
  }

  async good(response) {
    if (response.ok) return response;
    throw new Refused(response.status === 404 ? this.say.gone : (await response.json()).sentence);
  }

  ask(name, values) {
    const body = new FormData();
    for (const [key, value] of Object.entries(values)) body.set(key, value);
    return post(this.state.at[name], body);
  }

  // What the last of these marks changes, however long there is no connection, or half an answer.
  async worked(marks) {
    for (;;) {
      let words;
      try {
        const response = await this.ask("mark", { marks: JSON.stringify(marks) });
        if (![429, 502, 503, 504].includes(response.status)) return patchOf(await this.bytes(response));
        words = (await response.json().catch(() => 0)).sentence;
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
      this.problem(words ?? this.say.offline);
      await pause(2000);
    }
  }

  // Nothing else is begun while the server thinks: the order of marks counts.
  async during(words, work) {
    if (this.working) return;
    this.working = true;
    this.busy(words);
    try {
      await work();
      this.calm();
    } catch (error) {
      this.problem(error instanceof Refused ? error.message : this.say.offline);
    }
    this.working = false;
    this.picture?.settle();
    this.saver?.flush(); // or says again why it cannot
    this.busy("");
  }

  add(mark) {
    return this.during(this.say.looking, () => this.lay(mark));
  }

  // What the server makes of a mark, `instead` of the last one or after it.
  async lay(mark, instead = 0) {
    const before = this.history.marks.slice(0, this.history.done - instead);
    const patch = await this.worked([...before, mark]).finally(() => (this.pending = []));
    if (!patch.size) throw new Refused(this.say.nothing);
    if (instead) this.changed(this.history.undo());
    this.changed(this.history.play(mark, patch));
  }

  changed(met) {
    for (const index of met) this.picture.live.delete(index);
    this.picture.changed(met);
    this.buttons();
    this.saver.touch();
  }

  // Tools: what hands tell ------------------------------------------------------

  get tool() {
    return this.fields.tool.value;
  }

  get isClicking() {
    return this.picking || !["brush", "box", "crop", "hand"].includes(this.tool);
  }

  get keep() {
    return this.fields.keep.value === "1";
  }

  // Exponential, from half a pixel up: the smallest brush is one pixel wide.
  get radius() {
    return 0.5 * (this.most / 0.5) ** (this.fields.brush.value / 100);
  }

  get step() {
    return Math.max(1, Math.round(this.tool === "brush" ? this.radius / 3 : 6 / this.picture.scale));
  }

  get brush() {
    return {
      radius: Math.max(2, Math.round(this.radius * 4)),
      hardness: Math.round((this.fields.hardness.value * FULL) / 100),
      opacity: Math.max(1, Math.round((this.fields["strength-of-brush"].value * FULL) / 100)),
    };
  }

  begin(at, pressure, event) {
    this.showResult(false);
    if (this.working || this.picking) return;
    this.calm();
    if (["box", "crop"].includes(this.tool)) this.box = this.box && !event ? this.box : [at, at];
    if (this.tool !== "brush") return this.hover(at);
    this.stroke = new Stroke(this.brush, this.tiles);
    this.points = [];
    this.from = this.keep;
    this.snap = this.fields.snap.checked;
    this.touch = event?.pointerType === "touch";
    this.draw([[...at, pressure]]);
  }

  move(points) {
    const at = points[points.length - 1];
    if (this.box) this.box[1] = at;
    if (this.stroke) this.draw(points);
    this.hover(at);
  }

  draw(points) {
    const met = new Set();
    const least = Math.max(2, this.stroke.brush.radius >> 3);
    for (const [x, y, pressure] of points) {
      const place = [Math.round(x * 4), Math.round(y * 4), pressure];
      const last = this.points[this.points.length - 1];
      if (last && Math.hypot(place[0] - last[0], place[1] - last[1]) < least) continue;
      this.points.push(place);
      this.stroke.add(...place, met);
    }
    for (const index of met) {
      this.picture.live.set(index, blended(this.tiles.data[index], this.stroke.cover.get(index), this.from));
    }
    if (met.size) this.picture.changed(met);
  }

  end(isTap = true) {
    this.find("[data-lens]").hidden = true;
    if (this.stroke) return this.finish();
    const { at } = this.hands;
    if (this.picking) return this.picked(at);
    if (this.box) return this.finishBox();
    // A press that came to nothing, while the server was thinking, is no click.
    if (this.isClicking && isTap && !this.working) this.click(Math.floor(at[0]), Math.floor(at[1]));
  }

  finish() {
    const { stroke, points } = this;
    this.stroke = null;
    const mark = { op: "stroke", keep: this.from, ...stroke.brush, points: differences(points) };
    const pressure = points.map((point) => point[2]);
    if (pressure.some((much) => much !== FULL)) mark.pressure = pressure;
    if (this.snap) return this.hint({ ...mark, snap: true });
    this.changed(this.history.push(mark, apply(this.tiles, stroke, mark.keep)));
  }

  // Kept before the server answers, like every stroke.
  async hint(mark) {
    this.pending = [mark];
    this.saver.touch();
    await this.add(mark);
    this.saver.touch();
  }

  cancel() {
    this.stroke = this.box = null;
    this.find("[data-box]").hidden = true;
    this.picture.settle();
    this.hover(this.hands.at);
  }

  click(x, y) {
    const [width, height] = this.picture.size;
    if (x < 0 || y < 0 || x >= width || y >= height) return;
    if (this.tool === "select") return this.select(x, y);
    const mark = { op: "part", at: [x, y], keep: this.keep };
    this.add(this.tool === "part" ? mark : { ...mark, by: "colour" });
  }

  // A colour from the picture, for the field that waits for one.
  pick(name) {
    this.picking = name;
    this.showResult(false);
    this.canvas.dataset.tool = "pick";
    this.canvas.focus();
    this.speak(this.say.pickOne);
  }

  picked(at) {
    const colour = this.picture.colour(...at);
    const field = this.fields[this.picking];
    this.picking = null;
    this.canvas.dataset.tool = this.tool;
    if (colour) this.paintWith(field, colour);
    field.focus();
  }

  paintWith(field, colour) {
    field.value = colour;
    this.entered(field);
  }

  // Clicks with “only this” refine one choice: the next one takes the place of the last.
  select(x, y) {
    const mode = this.fields.mode.value;
    const { marks } = this.history;
    const last = marks.at(-1);
    const isMore = mode === "only" && last?.op === "select" && last.mode === "only";
    const inside = isMore && this.tiles.at(x, y) >= 128 ? 0 : 1;
    const clicks = [...(isMore ? last.clicks : []), [x, y, inside]];
    return this.during(this.say.looking, async () => {
      const before = marks.slice(0, isMore ? -1 : undefined);
      const values = { clicks: clicks.flat().join(), mode, marks: JSON.stringify(before) };
      await this.lay(await this.json(() => this.ask("choose", values)), isMore ? 1 : 0);
    });
  }

  finishBox() {
    const [[x, y], [u, v]] = this.box;
    const size = [Math.abs(u - x), Math.abs(v - y)];
    // By keys the first press sets one corner and the second one the other.
    if (Math.min(...size) < 4) return;
    this.box = null;
    this.find("[data-box]").hidden = true;
    if (this.tool === "crop") return this.crop.draw([x, y], [u, v]);
    const edges = [Math.min(x, u), Math.min(y, v), Math.max(x, u), Math.max(y, v)];
    const [left, top, right, bottom] = edges.map((edge) => Math.max(0, Math.round(edge)));
    const values = { left, top, right, bottom, mode: this.fields.mode.value };
    this.during(this.say.looking, async () => this.lay(await this.json(() => this.ask("box", values))));
  }

  cropped([left, top, right, bottom]) {
    this.settings();
    this.saver.touch();
    this.tell(fill(this.say.cropped, { width: right - left, height: bottom - top, x: left, y: top }));
  }

  // The brush's outline, the box, and for keys a word on where it is.
  hover(at, isSpoken = false) {
    const ring = this.find("[data-brush]");
    const { ratio, scale } = this.picture;
    ring.hidden = !at || this.tool === "hand";
    if (!at) return;
    const radius = this.tool === "brush" ? Math.max(2, (this.radius * scale) / ratio) : 7;
    const [x, y] = this.onScreen(at);
    ring.toggleAttribute("data-keep", this.keep);
    put(ring, x - radius, y - radius, 2 * radius, 2 * radius);
    if (this.box) this.showBox();
    if (isSpoken) this.tell(fill(this.say.place, { x: Math.round(at[0]), y: Math.round(at[1]) }));
  }

  showBox() {
    const [[x, y], [u, v]] = this.box.map((corner) => this.onScreen(corner));
    const frame = this.find("[data-box]");
    frame.hidden = false;
    put(frame, Math.min(x, u), Math.min(y, v), Math.abs(u - x), Math.abs(v - y));
  }

  onScreen([x, y]) {
    return this.picture.toCanvas(x, y).map((place) => place / this.picture.ratio);
  }

  drawn() {
    this.lens();
    this.crop.show();
  }

  // What a finger hides, beside it, twice as large.
  lens() {
    const lens = this.find("[data-lens]");
    lens.hidden = !(this.stroke && this.touch);
    if (lens.hidden) return;
    const [x, y] = this.picture.toCanvas(...this.hands.at);
    const side = lens.width / 2;
    const context = lens.getContext("2d");
    context.clearRect(0, 0, lens.width, lens.height);
    context.drawImage(this.canvas, x - side / 2, y - side / 2, side, side, 0, 0, lens.width, lens.height);
    lens.toggleAttribute("data-right", x < this.canvas.width / 2 && y < this.canvas.height / 2);
  }

  moved() {
    this.find("[data-zoom]").textContent = inWords.format(this.picture.scale / this.picture.ratio);
    if (this.hands?.at) this.hover(this.hands.at);
  }

  // Keys and buttons -----------------------------------------------------------

  undo() {
    this.go("undo", this.say.undone);
  }

  redo() {
    this.go("redo", this.say.redone);
  }

  go(way, words) {
    if (!this.history || this.working || this.stroke) return;
    const met = this.history[way]();
    if (!met.size) return;
    this.changed(met);
    this.speak(words);
  }

  resize(by) {
    this.fields.brush.value = Number(this.fields.brush.value) + 4 * by;
    this.chosen();
  }

  swap() {
    const name = this.tool === "select" ? "mode" : "keep";
    if (name === "mode") this.fields.mode.value = this.fields.mode.value === "drop" ? "keep" : "drop";
    else this.fields.keep.value = this.keep ? "" : "1";
    this.speak(this.keep ? this.say.keep : this.say.drop);
    this.chosen();
  }

  fit() {
    this.picture.fit();
    this.moved();
  }

  leave() {
    this.form.querySelector("[name=tool]:checked").focus();
  }

  compare(isOn) {
    if (this.picture.comparing === isOn) return;
    this.picture.comparing = isOn;
    this.find("[data-do=compare]").setAttribute("aria-pressed", isOn);
    this.picture.refresh();
  }

  listen() {
    const act = {
      undo: () => this.undo(),
      redo: () => this.redo(),
      in: () => this.hands.zoom(1.5),
      out: () => this.hands.zoom(1 / 1.5),
      fit: () => this.fit(),
      compare: () => this.compare(!this.picture.comparing),
      result: () => this.showResult(this.result.hidden),
      theirs: () => this.reload(),
      mine: () => this.insist(),
      copy: () => this.copy(),
    };
    this.root.addEventListener("click", ({ target }) => {
      act[target.closest("[data-do]")?.dataset.do]?.();
      const { pick, swatch, right } = target.closest("[data-pick], [data-swatch], [data-right]")?.dataset ?? {};
      if (pick) this.pick(pick);
      if (swatch) this.paintWith(this.fields.colour, swatch);
      if (right) this.putRight(right);
    });
    for (const button of this.root.querySelectorAll("[data-swatch], [data-pick]")) {
      button.style.background = button.dataset.swatch ?? "";
      button.hidden = false;
    }
    this.find("[data-keep-form]").addEventListener("submit", (event) => this.keepIt(event));
    this.result.addEventListener("pointerdown", () => this.showResult(false));
    this.form.addEventListener("input", ({ target }) => target.form === this.form && this.entered(target));
    this.find("[data-ground]").addEventListener("change", ({ target }) => this.addGround(target.form));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.find("[data-do=copy]").hidden = !window.ClipboardItem;
    document.addEventListener("keydown", (event) => {
      const isWriting = event.target.closest("input:not([type=radio], [type=checkbox], [type=range]), textarea");
      const key = event.key.toLowerCase();
      if (isWriting || event.altKey || !(event.ctrlKey || event.metaKey) || !["z", "y"].includes(key)) return;
      event.preventDefault();
      if (event.shiftKey || key === "y") this.redo();
      else this.undo();
    });
  }

  // Settings ---------------------------------------------------------------------

  entered(field) {
    if (field.name === "margin") {
      this.set("unit", "%");
      for (const side of ["top", "right", "bottom", "left"]) this.set(side, field.value);
    }
    if (field.name === "top") this.set("margin", field.value || 0); // its slider stands where the upper side does
    const { picture } = this.fields;
    if (field.value === "picture" && picture.length > 1) picture.selectedIndex ||= 1; // the latest one
    this.calm();
    this.settings();
    if (field.name === "crop" && this.crop?.isOn) this.startCrop();
    if (field.closest("[data-tools]")) return this.chosen();
    const isCrop = this.tool === "crop" && /^(crop|cut_|flip|rotate)/.test(field.name);
    const isPlain = ["transparent", "colour", "gradient"].includes(this.fields.ground.value);
    const isSeen = isCrop || (isPlain && ["ground", "colour", "end", "shape", "slant"].includes(field.name));
    this.picture?.redraw();
    this.saver?.touch();
    if (!isSeen && field.name !== "format" && field.name !== "quality") this.showResult(true);
  }

  addGround(form) {
    return this.during(this.say.preparing, async () => {
      const { picture } = this.fields;
      const { id, name } = await this.json(() => post(form.action, new FormData(form)));
      form.reset();
      picture.add(new Option(name, id, false, true), 1);
      this.entered(picture);
    });
  }

  // What belongs to a choice shows with it, and every slider tells its value.
  settings() {
    for (const element of this.form.querySelectorAll("[data-when]")) {
      const isOn = element.dataset.when.split(" ").some((pair) => {
        const [name, value] = pair.split("=");
        return this.fields[name].value === value;
      });
      element.toggleAttribute("data-on", isOn);
    }
    for (const slide of this.form.querySelectorAll(".studio-slide")) {
      const field = slide.querySelector("input");
      const isSize = this.picture && field.name === "brush";
      const words = isSize ? `${Math.max(1, Math.round(2 * this.radius))} px` : field.value;
      slide.querySelector("output").textContent = words;
      field.setAttribute("aria-valuetext", words);
    }
  }

  fill(values) {
    for (const [name, value] of values) this.set(name, value ?? "");
    this.settings();
  }

  set(name, value) {
    const field = this.fields[name];
    if (!field || name === TOKEN) return;
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
  }

  // A frame to draw at: all of the picture, to begin with.
  startCrop() {
    this.fields.tool.value = "crop";
    this.chosen();
    this.crop.box = this.crop.box;
  }

  chosen() {
    if (!this.picture) return;
    Saver.brush = [...new FormData(this.form)].filter(([name]) => this.fields[name].closest?.("[data-for=brush]"));
    this.settings();
    for (const part of this.form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(this.tool);
    this.canvas.dataset.tool = this.tool;
    this.crop.frame.inert = this.tool !== "crop";
    this.crop.show();
    this.picking = null;
    this.showResult(false);
    this.box = null;
    this.find("[data-box]").hidden = true;
    if (this.picture.ghost !== this.fields.ghost.checked) {
      this.picture.ghost = this.fields.ghost.checked;
      this.picture.refresh();
    }
    this.moved();
  }

  // Colours are drawn here, at once; the rest the server shows.
  ground(context, x, y, width, height) {
    const kind = this.fields.ground.value;
    context.fillStyle = kind === "colour" ? this.fields.colour.value : this.picture.checker;
    if (kind === "gradient") {
      const gradient = this.gradient(context, x + width / 2, y + height / 2, width, height);
      gradient.addColorStop(0, this.fields.colour.value);
      gradient.addColorStop(1, this.fields.end.value);
      context.fillStyle = gradient;
    }
    context.fillRect(x, y, width, height);
  }

  // As in CSS, and as the server draws it.
  gradient(context, x, y, width, height) {
    if (this.fields.shape.value === "radial") {
      return context.createRadialGradient(x, y, 0, x, y, Math.hypot(width, height) / 2);
    }
    const angle = (this.fields.slant.value * Math.PI) / 180;
    const [across, down] = [Math.sin(angle), -Math.cos(angle)];
    const half = (Math.abs(width * across) + Math.abs(height * down)) / 2;
    return context.createLinearGradient(x - across * half, y - down * half, x + across * half, y + down * half);
  }

  async showResult(isOn) {
    const button = this.find("[data-do=result]");
    button.setAttribute("aria-pressed", isOn);
    if (!isOn) {
      this.result.hidden = true;
      return;
    }
    if (!(await this.saver?.done())) return this.showResult(false);
    if (button.getAttribute("aria-pressed") !== "true") return;
    this.seeResult();
  }

  seeResult() {
    const address = `${this.state.at.look}?revision=${this.saver.revision}`;
    if (this.result.getAttribute("src") !== address) {
      this.busy(this.say.preparing);
      this.result.src = address;
      this.result.onload = () => this.busy("");
      this.result.onerror = () => this.unseen(address);
    }
    this.result.hidden = false;
  }

  // A picture tells nobody why it did not come.
  async unseen(address) {
    this.busy("");
    this.result.removeAttribute("src");
    this.showResult(false);
    await fetch(address)
      .then((response) => this.bytes(response))
      .catch((error) => this.failed(error));
  }

  async submit(event) {
    if (!this.saver) return; // without a picture the form is sent as it is
    event.preventDefault();
    if (this.fetching) return; // a double click
    this.fetching = true;
    this.busy(this.say.preparing);
    try {
      location.assign(await this.file());
    } catch (error) {
      this.failed(error);
      this.find("[data-problem]").scrollIntoView({ block: "nearest" });
    }
    this.fetching = false;
    this.busy("");
  }

  // Where the file of the edit as it stands is, once it is there.
  async file(query = "") {
    const address = `${this.state.at.file}?${query}`;
    if (!(await this.saver.done())) throw new Error("unsaved");
    await this.json(() => fetch(`${address}&ready`));
    return address;
  }

  async copy() {
    if (!this.saver) return;
    let reason = new Refused(this.say.notCopied);
    const picture = this.toCopy();
    picture.catch((error) => (reason = error));
    this.busy(this.say.preparing);
    try {
      // With a promise inside: Safari lets nobody write who has waited first.
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      this.speak(this.say.copied);
    } catch {
      this.failed(reason);
    }
    this.busy("");
  }

  // A PNG of the edit, whatever its own format is.
  async toCopy() {
    return (await this.good(await fetch(await this.file("copy=1")))).blob();
  }

  // Words ------------------------------------------------------------------------

  told(word, sentence) {
    this.saved.textContent = /^sav/.test(word) ? this.say[word] : "";
    if (word === "saving") return;
    const wasUnsaved = this.isUnsaved;
    this.isUnsaved = word !== "saved";
    if (this.isUnsaved) return this.problem(sentence ?? this.say[word], word === "outdated");
    if (wasUnsaved) this.problem("");
    if (!this.result.hidden) this.seeResult();
    this.check();
  }

  // Only what was said of saving stays.
  calm() {
    if (!this.isUnsaved) this.problem("");
  }

  // What a preset has set, in the fields.
  take(settings) {
    // Loaded anew, the page still knows for whom this is made, whatever has been changed since.
    const page = new URL(location);
    if ((page.searchParams.get("market") ?? "") !== settings.was) {
      page.searchParams.set("market", settings.was);
      history.replaceState(history.state, "", page);
    }
    this.fill(Object.entries(settings));
    this.picture?.redraw();
  }

  // What a marketplace says to the file comes as a part of the page.
  async check() {
    const place = this.find("[data-check]");
    const market = this.fields.market.value;
    place.hidden = !market;
    const asked = `${market} ${this.saver.revision}`;
    if (place.hidden || this.asked === asked) return;
    this.asked = asked;
    place.ariaBusy = true; // until then of another file
    for (;;) {
      const { status, response } = await page(`${this.state.at.check}?market=${market}`);
      if (this.asked !== asked) return;
      const lines = status < 203 && response?.body.childNodes;
      if (!lines) this.asked = null;
      place.replaceChildren(...(lines || []));
      place.ariaBusy = false;
      if (status !== 202) return;
      await pause(500);
    }
  }

  putRight(part) {
    this.fields.remedy.value = part;
    this.saver.touch();
    this.showResult(true);
    this.fields.market.focus();
  }

  // The edit as it stands: as a version, as one with a link, as a preset.
  async keepIt(event) {
    if (!this.saver) return;
    event.preventDefault();
    const { target, submitter } = event;
    const body = new FormData(target, submitter);
    if (!(await this.saver.done())) return;
    const place = this.find("[data-kept]");
    try {
      const { sentence, link } = await (await post(this.state.at.keep, body)).json();
      const anchor = Object.assign(document.createElement("a"), { href: link, textContent: link });
      place.replaceChildren(sentence, ...(link ? [document.createElement("br"), anchor] : []));
    } catch {
      place.textContent = this.say.lost;
    }
    place.hidden = false;
  }

  // What could not be saved has been said.
  failed(error) {
    if (!this.isUnsaved) this.problem(error instanceof Refused ? error.message : this.say.lost);
  }

  problem(words, isChoice = false) {
    const notice = this.find("[data-problem]");
    notice.querySelector("[data-words]").textContent = words;
    notice.querySelector("[data-answers]").hidden = !isChoice;
    notice.hidden = !words;
  }

  reload() {
    Saver.forget(this.key);
    this.saver.dirty = false;
    location.reload();
  }

  insist() {
    this.problem("");
    this.saver.insist();
  }

  busy(words) {
    this.find("[data-busy]").textContent = words;
  }

  speak(words) {
    this.saved.textContent = words;
  }

  // To who cannot see it; where “Saved” does not cut it off.
  tell(words) {
    this.find("[data-told]").textContent = words;
  }

  buttons() {
    this.find("[data-do=undo]").disabled = !this.history.canUndo;
    this.find("[data-do=redo]").disabled = !this.history.canRedo;
  }
}

const root = document.querySelector("[data-studio]");
if (root) {
  root.studio = new Studio(root); // for measurements (tests/bench/paint.py)
  root.studio.open();
}

