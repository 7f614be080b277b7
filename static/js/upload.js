// The upload form: drop, paste, pick or photograph. One photo is one request with real progress; several are a
// batch, whose upload goes on after whatever breaks it. Without this script the same form posts as it is.

import { looksLikeImage, pathOf } from "./batches/folders.js";
import { onFiles } from "./batches/incoming.js";
import { Sending, Trouble } from "./batches/sending.js";
import { language } from "./language.js";

const MEGABYTE = 1_000_000;
const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const percent = new Intl.NumberFormat(language, { style: "percent" });
const amount = (unit, digits) =>
  new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: digits });
const sizeOf = ({ size }) =>
  size < MEGABYTE ? amount("kilobyte", 0).format(Math.ceil(size / 1000)) : amount("megabyte", 1).format(size / MEGABYTE);
const keyOf = (file) => `${pathOf(file)}\n${file.size}\n${file.lastModified}`;
// More rows with small pictures would only make the page slow.
const MOST_ROWS = 30;

class UploadForm {
  files = [];
  request = null;

  constructor(form) {
    this.form = form;
    this.say = form.dataset;
    this.find = (selector) => form.querySelector(selector);
    this.input = this.find("#id_photos");
    this.camera = this.find("#id_camera");
    this.list = this.find(".chosen");
    this.problem = this.find(".upload-problem");
    this.sending = this.find(".sending");
    this.submit = this.find("[type=submit]");
    this.folder = this.find("#id_folder");
    this.batch = new Sending(form);
    this.listen();
    this.reveal();
    this.add([...this.input.files]); // a reload may have kept the choice
  }

  listen() {
    this.input.addEventListener("change", () => this.add([...this.input.files]));
    this.camera.addEventListener("change", () => {
      this.add([...this.camera.files]);
      this.camera.value = "";
    });
    this.folder.addEventListener("change", () => {
      this.add([...this.folder.files]);
      this.folder.value = "";
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.request) this.send();
    });
    this.sending.querySelector("button").addEventListener("click", () => this.request?.abort());
  }

  reveal() {
    this.form.dataset.enhanced = "";
    this.find(".drop-hint").hidden = false;
    this.camera.disabled = false;
    this.folder.disabled = false;
    this.folder.closest(".picker").hidden = false;
    this.camera.closest(".picker").hidden = false; // the style sheet shows it on touch screens only
  }

  add(files) {
    if (this.request) return;
    const problems = [];
    const known = new Set(this.files.map(keyOf));
    const photos = files.length > 1 ? files.filter(looksLikeImage) : files;
    if (photos.length < files.length) problems.push(fill(this.say.skipped, { count: files.length - photos.length }));
    for (const file of photos) {
      if (known.has(keyOf(file))) continue;
      known.add(keyOf(file));
      const problem = this.refusal(file);
      if (problem) problems.push(problem);
      else this.show(file);
    }
    this.changed(problems);
  }

  refusal(file) {
    if (!looksLikeImage(file)) return fill(this.say.notImage, { name: file.name });
    if (!file.size) return fill(this.say.empty, { name: file.name });
    if (file.size > Number(this.say.maxBytes)) return fill(this.say.tooBig, { name: file.name });
    return this.files.length >= Number(this.say.maxFiles) ? this.say.tooMany : null;
  }

  show(file) {
    this.files.push(file);
    if (this.files.length > MOST_ROWS) return this.count();
    const item = this.find("#chosen-photo").content.cloneNode(true).firstElementChild;
    const remove = item.querySelector("button");
    item.querySelector("bdi").textContent = file.name;
    item.querySelector(".chosen-name .small").textContent = sizeOf(file);
    remove.setAttribute("aria-label", fill(remove.dataset.label, { name: file.name }));
    remove.addEventListener("click", () => this.remove(file, item));
    this.list.append(item);
    showThumbnail(item.querySelector("canvas"), file);
  }

  // Those beyond the rows that are shown.
  count() {
    const rest = this.files.length - this.list.querySelectorAll("button").length;
    this.rest ??= document.createElement("li");
    this.rest.textContent = fill(this.say.andMore, { count: rest });
    if (rest > 0) this.list.append(this.rest);
    else this.rest.remove();
  }

  remove(file, item) {
    this.files = this.files.filter((known) => known !== file);
    const neighbour = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    if (this.rest) this.count();
    this.changed();
    (neighbour?.querySelector("button") ?? this.input).focus();
  }

  changed(problems = []) {
    const choice = new DataTransfer();
    this.files.forEach((file) => choice.items.add(file));
    this.input.files = choice.files; // so that the browser's own checks see the same choice
    this.list.hidden = !this.files.length;
    this.form.toggleAttribute("data-filled", this.files.length > 0);
    this.explain([...new Set(problems)].join(" "));
    if (this.files.length) this.announce(fill(this.say.chosen, { count: this.files.length }));
  }

  announce(words) {
    this.find("[data-announce]").textContent = words;
  }

  explain(sentence) {
    this.problem.textContent = sentence;
    this.problem.hidden = !sentence;
  }

  send() {
    if (this.files.length > 1) this.sendBatch();
    else this.sendForm();
  }

  async sendBatch() {
    const fields = Object.fromEntries(["submission", "visibility"].map((name) => [name, this.form.elements[name].value]));
    this.request = { abort() {} };
    this.submit.disabled = true;
    this.form.setAttribute("aria-busy", "true");
    this.explain("");
    try {
      const { page } = await this.batch.send(this.say.batches, this.files, fields);
      location.assign(page);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.stopped(error.message);
    }
  }

  sendForm() {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => this.progress(event));
    request.upload.addEventListener("load", () => this.progress(null));
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.stopped(this.say.offline));
    request.addEventListener("abort", () => this.stopped(this.say.formCancelled));
    request.open("POST", this.form.action);
    request.setRequestHeader("Accept", "text/html");
    request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    this.busy(request);
    request.send(new FormData(this.form));
  }

  busy(request) {
    const wasHere = this.submit === document.activeElement;
    this.request = request;
    this.submit.disabled = Boolean(request);
    this.sending.hidden = !request;
    this.form.setAttribute("aria-busy", String(Boolean(request)));
    if (!request) return;
    this.explain("");
    this.progress({ loaded: 0, total: 1 });
    if (wasHere) this.sending.querySelector("button").focus();
  }

  progress(event) {
    const bar = this.sending.querySelector("progress");
    const words = this.sending.querySelector(".sending-words");
    if (event) {
      bar.value = event.loaded / event.total;
      words.textContent = fill(this.say.sending, { percent: percent.format(bar.value) });
    } else {
      bar.removeAttribute("value");
      words.textContent = this.say.checking;
      this.announce(this.say.checking);
    }
  }

  answered(request) {
    // 201 names the page to open; a redirect was already followed, and the page is fetched once more.
    const target = new URL(request.getResponseHeader("Location") ?? request.responseURL, location);
    const isHere = target.pathname === new URL(this.form.action).pathname;
    if (request.status < 400 && !isHere) return location.assign(target);
    const main = request.response?.querySelector("main");
    if (main?.querySelector("#upload")) return this.replace(main);
    this.stopped(main?.querySelector("[data-sentence]")?.textContent || this.say.broken);
  }

  // The answer is the form again, with reasons: show it, and keep the photos it does not name.
  replace(main) {
    const refused = [...main.querySelectorAll("[data-rejected]")].map((item) => item.dataset.rejected);
    const kept = this.files.filter((file) => !refused.includes(file.name));
    document.querySelector("main").replaceWith(document.adoptNode(main));
    start();
    current.add(kept);
    document.querySelector("#rejected")?.focus();
  }

  stopped(sentence) {
    this.busy(null);
    this.explain(sentence);
    this.problem.focus();
  }
}

// Twice the place that it has on the page.
const THUMB = 96;
let thumbs = Promise.resolve();

// One after the other, and small: a browser that shows the file itself keeps all of its pixels, 200 MB for fifty
// megapixels.
function showThumbnail(canvas, file) {
  thumbs = thumbs.then(async () => {
    if (!canvas.isConnected) return; // taken away again before its turn came
    try {
      const bitmap = await createImageBitmap(file, { resizeHeight: THUMB, resizeQuality: "medium" });
      Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      bitmap.close();
    } catch {
      // A format this browser cannot draw (often HEIC): its name stands instead.
      canvas.replaceWith(file.name.split(".").pop().slice(0, 4).toUpperCase());
    }
  });
}

let current = null;

function start() {
  const form = document.querySelector("#upload");
  current = form && new UploadForm(form);
}

onFiles(() => current);
// Back from the photo page: the browser may show this page as it was left, still sending.
window.addEventListener("pageshow", (event) => event.persisted && current?.busy(null));

start();
