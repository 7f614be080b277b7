// The studio's page: it holds the parts together. Without this script its forms post as they are.

import { language } from "../language.js";
import { Crop } from "./crop.js";
import { Hands } from "./hands.js";
import { History } from "./history.js";
import { Picture } from "./picture.js";
import { post, Saver } from "./saving.js";
import { apply, blended, differences, FULL, MOST_RADIUS, Stroke } from "./strokes.js";
import { patchOf, tilesOf } from "./wire.js";

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const inWords = new Intl.NumberFormat(language, { style: "percent" });
const EXACT = (mark) => mark.op === "stroke" && !mark.snap;

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
  clicks = [];
  working = false;

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
    this.settings();
    this.busy(this.say.preparing);
    // What works on the picture can be pressed once there is one.
    const tools = this.root.querySelectorAll("[data-bar], [data-tools]");
    for (const element of tools) element.inert = true;
    try {
      await this.load();
    } catch (error) {
      this.busy("");
      return this.problem(error instanceof Refused ? error.message : this.say.lost);
    }
    for (const element of tools) element.inert = false;
    this.busy("");
    this.canvas.dataset.loaded = "";
  }

  async load() {
    const index = await this.json(() => fetch(this.state.at.ready));
    const bytes = await this.bytes(await fetch(this.state.at.alpha));
    this.tiles = tilesOf(bytes, index.size);
    this.history = new History(this.tiles);
    this.most = Math.min(MOST_RADIUS / 4, Math.max(...index.size) / 4);
    this.picture = new Picture(this.canvas, index, this.tiles, (level, number) => this.square(level, number));
    this.crop = new Crop(this.find("[data-crop]"), this.fields, this.picture, (box) => this.cropped(box));
    this.picture.onDraw = () => this.drawn();
    this.picture.onMove = () => this.moved();
    this.hands = new Hands(this.canvas, this.picture, this);
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
    if (!left || JSON.stringify(left.marks) === JSON.stringify(state.marks)) {
      Saver.forget(this.key); // it left with the page after all
      this.left = null;
      return state.marks;
    }
    for (const [name, value] of left.fields ?? []) if (name !== "csrfmiddlewaretoken") this.set(name, value);
    this.settings();
    return left.marks;
  }

  startSaving(marks) {
    this.saver = new Saver({
      address: this.state.at.save,
      key: this.key,
      revision: this.left?.revision ?? this.state.revision,
      content: () => ({ fields: [...new FormData(this.form)], marks: this.history.marks }),
      set: (settings) => this.take(settings),
      tell: (word, sentence) => this.told(word, sentence),
    });
    if (!this.left) return;
    if (marks.length) this.problem(this.say.recovered, false);
    this.saver.touch();
  }

  async replay(mark) {
    if (EXACT(mark)) return this.history.play(mark);
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
      if (response.status === 404) throw new Refused(this.say.gone);
      const answer = await response.json();
      if (response.status === 202) await pause(300);
      else if (response.ok) return answer;
      else throw new Refused(answer.sentence);
    }
  }

  async bytes(response) {
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    if (response.status === 404) throw new Refused(this.say.gone);
    throw new Refused((await response.json()).sentence);
  }

  ask(name, values) {
    const body = new FormData();
    for (const [key, value] of Object.entries(values)) body.set(key, value);
    return post(this.state.at[name], body);
  }

  // What the last of these marks changes.
  async worked(marks) {
    return patchOf(await this.bytes(await this.ask("mark", { marks: JSON.stringify(marks) })));
  }

  // Nothing else is begun while the server thinks: the order of marks counts.
  async during(words, work) {
    if (this.working) return;
    this.working = true;
    this.busy(words);
    try {
      await work();
      this.problem("");
    } catch (error) {
      this.problem(error instanceof Refused ? error.message : this.say.offline);
    }
    this.working = false;
    this.picture.live.clear();
    this.picture.redraw();
    this.busy("");
  }

  add(mark, words = this.say.looking) {
    return this.during(words, async () => {
      const patch = await this.worked([...this.history.marks, mark]);
      if (!patch.size) throw new Refused(this.say.nothing);
      this.changed(this.history.play(mark, patch));
    });
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
    return !["brush", "box", "crop", "hand"].includes(this.tool);
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
    if (["box", "crop"].includes(this.tool)) this.box = this.box && !event ? this.box : [at, at];
    if (this.tool !== "brush") return this.hover(at);
    this.stroke = new Stroke(this.brush, this.tiles);
    this.points = [];
    this.from = this.keep;
    this.snap = this.fields.snap.checked;
    this.touch = event?.pointerType === "touch";
    this.draw([[...at, pressure]]);
  }

  move(points, event) {
    const at = points[points.length - 1];
    if (this.box) this.box[1] = at;
    if (this.stroke) this.draw(points, event);
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
    if (this.snap) return this.add({ ...mark, snap: true });
    const met = apply(this.tiles, stroke, mark.keep);
    this.history.push(mark, met);
    this.changed(met);
  }

  cancel() {
    const met = this.stroke ? new Set(this.stroke.cover.keys()) : new Set();
    this.stroke = this.box = null;
    this.find("[data-box]").hidden = true;
    this.picture.live.clear();
    this.picture.changed(met);
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
    const marks = [...this.history.marks];
    const last = marks[marks.length - 1];
    const isMore = mode === "only" && last?.op === "select" && last.mode === "only";
    const inside = isMore && this.tiles.at(x, y) >= 128 ? 0 : 1;
    const clicks = [...(isMore ? last.clicks : []), [x, y, inside]];
    return this.during(this.say.looking, async () => {
      const before = isMore ? marks.slice(0, -1) : marks;
      const values = { clicks: clicks.flat().join(), mode, marks: JSON.stringify(before) };
      const mark = await this.json(() => this.ask("choose", values));
      const patch = await this.worked([...before, mark]);
      if (isMore) this.picture.changed(this.history.undo());
      this.changed(this.history.play(mark, patch));
    });
  }

  finishBox() {
    const [[x, y], [u, v]] = this.box ?? [[0, 0], [0, 0]];
    const size = [Math.abs(u - x), Math.abs(v - y)];
    // By keys the first press sets one corner and the second one the other.
    if (Math.min(...size) < 4) return;
    this.box = null;
    this.find("[data-box]").hidden = true;
    if (this.tool === "crop") return this.crop.draw([x, y], [u, v]);
    const edges = { left: Math.min(x, u), top: Math.min(y, v), right: Math.max(x, u), bottom: Math.max(y, v) };
    const values = Object.fromEntries(Object.entries(edges).map(([name, edge]) => [name, Math.max(0, Math.round(edge))]));
    this.during(this.say.looking, async () => {
      const mark = await this.json(() => this.ask("box", { ...values, mode: this.fields.mode.value }));
      this.changed(this.history.play(mark, await this.worked([...this.history.marks, mark])));
    });
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
    const [x, y] = this.picture.toCanvas(at[0], at[1]).map((value) => value / ratio);
    ring.toggleAttribute("data-keep", this.keep);
    Object.assign(ring.style, { width: `${2 * radius}px`, height: `${2 * radius}px`, transform: `translate(${x - radius}px, ${y - radius}px)` });
    if (this.box) this.showBox();
    if (isSpoken) this.tell(fill(this.say.place, { x: Math.round(at[0]), y: Math.round(at[1]) }));
  }

  showBox() {
    const { ratio } = this.picture;
    const [[x, y], [u, v]] = this.box.map((corner) => this.picture.toCanvas(corner[0], corner[1]).map((value) => value / ratio));
    const frame = this.find("[data-box]");
    frame.hidden = false;
    const style = { width: `${Math.abs(u - x)}px`, height: `${Math.abs(v - y)}px` };
    Object.assign(frame.style, style, { transform: `translate(${Math.min(x, u)}px, ${Math.min(y, v)}px)` });
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
    this.step_through(() => this.history.undo(), this.say.undone);
  }

  redo() {
    this.step_through(() => this.history.redo(), this.say.redone);
  }

  step_through(go, words) {
    if (!this.history || this.working || this.stroke) return;
    const met = go();
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
    for (const swatch of this.root.querySelectorAll("[data-swatch]")) {
      swatch.style.background = swatch.dataset.swatch;
      swatch.hidden = false;
    }
    for (const button of this.root.querySelectorAll("[data-pick]")) button.hidden = false;
    this.find("[data-keep-form]").addEventListener("submit", (event) => this.keepIt(event));
    this.result.addEventListener("pointerdown", () => this.showResult(false));
    this.form.addEventListener("input", (event) => this.entered(event.target));
    this.form.addEventListener("submit", (event) => this.submit(event));
    this.find("[data-do=copy]").hidden = !window.ClipboardItem;
    document.addEventListener("keydown", (event) => {
      const isWriting = event.target.closest("input:not([type=radio], [type=checkbox], [type=range]), textarea, canvas");
      if (isWriting || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      if (event.shiftKey) this.redo();
      else this.undo();
    });
  }

  // Settings ---------------------------------------------------------------------

  entered(field) {
    if (field.name === "margin") for (const side of ["top", "right", "bottom", "left"]) this.set(side, field.value);
    if (field.name === "margin") this.set("unit", "%");
    if (field.name === "top") this.set("margin", field.value || 0); // its slider stands where the upper side does
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

  set(name, value) {
    const field = this.fields[name];
    if (!field) return;
    if (field.type === "checkbox") field.checked = Boolean(value);
    else field.value = value;
  }

  // Whoever wants a crop drawn gets a frame to draw at: all of the picture, to begin with.
  startCrop() {
    this.fields.tool.value = "crop";
    this.chosen();
    this.crop.box = this.crop.box;
  }

  chosen() {
    if (!this.picture) return;
    this.settings();
    for (const part of this.form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").includes(this.tool);
    this.canvas.dataset.tool = this.tool;
    this.crop.frame.inert = this.tool !== "crop";
    this.crop.show();
    this.picking = null;
    this.showResult(false);
    this.box = null;
    this.find("[data-box]").hidden = true;
    this.picture.ground = this.ground();
    if (this.picture.ghost !== this.fields.ghost.checked) {
      this.picture.ghost = this.fields.ghost.checked;
      this.picture.refresh();
    }
    this.moved();
  }

  // Colours are drawn here, at once; the rest the server shows.
  ground() {
    return (context, [x, y, width, height]) => {
      const kind = this.fields.ground.value;
      context.fillStyle = kind === "colour" ? this.fields.colour.value : this.picture.checker;
      if (kind === "gradient") {
        const gradient = this.gradient(context, x + width / 2, y + height / 2, width, height);
        gradient.addColorStop(0, this.fields.colour.value);
        gradient.addColorStop(1, this.fields.end.value);
        context.fillStyle = gradient;
      }
      context.fillRect(x, y, width, height);
    };
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
    this.saver?.touch();
    if (!(await this.saver?.done())) return;
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
    try {
      await this.bytes(await fetch(address));
    } catch (error) {
      this.problem(error instanceof Refused ? error.message : this.say.lost);
    }
  }

  async submit(event) {
    if (!this.saver) return; // without a picture the form is sent as it is
    event.preventDefault();
    this.saver.touch();
    if (!(await this.saver.done())) return;
    if (event.submitter?.name === "download") location.assign(this.state.at.file);
  }

  async copy() {
    if (!this.saver) return;
    let reason = this.say.notCopied;
    const picture = this.toCopy();
    picture.catch((error) => (reason = error instanceof Refused ? error.message : this.say.lost));
    this.busy(this.say.preparing);
    try {
      // With a promise inside: Safari lets nobody write who has waited first.
      await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
      this.speak(this.say.copied);
    } catch {
      if (!this.saver.refused) this.problem(reason); // what was refused has been said
    }
    this.busy("");
  }

  // A PNG of the edit, whatever its own format is.
  async toCopy() {
    this.saver.touch();
    if (!(await this.saver.done())) throw new Refused(this.say.offline);
    for (;;) {
      const response = await fetch(`${this.state.at.file}?copy=1`);
      if (response.status === 404) throw new Refused(this.say.gone);
      if (!response.ok) throw new Error(response.status);
      if (response.status !== 202) return response.blob();
      await pause(500);
    }
  }

  // Words ------------------------------------------------------------------------

  told(word, sentence) {
    const words = { saving: this.say.saving, saved: this.say.allSaved };
    this.saved.textContent = words[word] ?? "";
    if (word === "saved") this.find("[data-problem]").hidden = !this.find("[data-problem]").dataset.stays;
    if (word === "offline") this.problem(this.say.offline);
    if (word === "gone") this.problem(this.say.gone);
    if (word === "refused") this.problem(sentence);
    if (word === "outdated") this.problem(sentence, true);
    if (word === "saved" && !this.result.hidden) this.seeResult();
    if (word === "saved") this.check();
  }

  // What a preset has set, in the fields.
  take(settings) {
    // Loaded anew, the page still knows for whom this is made, whatever has been changed since.
    const page = new URL(location);
    if ((page.searchParams.get("market") ?? "") !== settings.was) {
      page.searchParams.set("market", settings.was);
      history.replaceState(history.state, "", page);
    }
    for (const [name, value] of Object.entries(settings)) this.set(name, value ?? "");
    this.settings();
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
    for (;;) {
      const { status, response } = await page(`${this.state.at.check}?market=${market}`);
      if (this.asked !== asked || !response || status > 202) return;
      place.replaceChildren(...response.body.childNodes);
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
    this.saver.touch();
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

