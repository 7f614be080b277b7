// The panel that shows how files are sent: bytes, files, time left; pause, go on, stop.

import { language } from "../language.js";
import { commonFolder, pathOf } from "./folders.js";
import { Queue } from "./queue.js";

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const unit = (name, digits = 0) =>
  new Intl.NumberFormat(language, { style: "unit", unit: name, maximumFractionDigits: digits });
const number = new Intl.NumberFormat(language);
const megabytes = (bytes) => unit("megabyte", bytes < 10_000_000 ? 1 : 0).format(bytes / 1_000_000);
const SHOW_MS = 250;

function timeOf(ms) {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return unit("second").format(Math.ceil(seconds / 5) * 5);
  return seconds < 5400 ? unit("minute").format(Math.round(seconds / 60)) : unit("hour", 1).format(seconds / 3600);
}

// A server that begins anew at this very moment is no place to go to: the browser would show its own error page.
async function reachable(page) {
  for (let tries = 0; tries < 30; tries += 1) {
    const answer = await fetch(page, { method: "HEAD" }).catch(() => null);
    if (answer && answer.status < 500) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

export class Trouble extends Error {}

export class Sending {
  constructor(form) {
    this.form = form;
    this.say = form.dataset;
    this.panel = form.querySelector(".sending-batch");
    this.find = (selector) => this.panel.querySelector(selector);
    this.find("[data-pause]").addEventListener("click", () => this.toggle());
    this.find("[data-cancel]").addEventListener("click", () => this.queue?.stop());
    addEventListener("beforeunload", (event) => this.queue && event.preventDefault());
  }

  // Announce the files, and send what is missing. Resolves with the batch's page and what was refused.
  async send(url, files, fields = {}) {
    const plan = await this.announce(url, files, fields);
    const jobs = files.map((file, index) => [file, plan.files[index]]).filter(([, { state }]) => state === "awaited");
    const refused = plan.files.filter(({ state }) => state === "refused").length;
    if (jobs.length) await this.run(plan, jobs, files.length - refused - jobs.length);
    const wasStopped = Boolean(this.queue?.isStopped);
    const notTaken = refused + (this.queue?.refused.length ?? 0);
    if (jobs.length) await reachable(plan.page);
    this.close();
    return { page: plan.page, sent: jobs.length, refused: notTaken, wasStopped };
  }

  async announce(url, files, fields) {
    const manifest = files.map((file) => ({ path: pathOf(file), size: file.size, modified: file.lastModified ?? 0 }));
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("manifest", JSON.stringify(manifest));
    body.set("name", commonFolder(files));
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } }).catch(() => null);
    const isJson = answer?.headers.get("Content-Type")?.startsWith("application/json");
    const said = isJson ? await answer.json() : {};
    if (!answer?.ok || !said.files) throw new Trouble(said.sentence || this.say.broken);
    return said;
  }

  async run(plan, jobs, known) {
    this.queue = new Queue(jobs, { endpoint: plan.uploads, onChange: () => this.changed() });
    this.panel.hidden = false;
    const link = this.find("[data-page]");
    link.href = plan.page;
    link.hidden = location.pathname === plan.page;
    this.note(known > 0 ? fill(this.say.continued, { count: number.format(known), total: number.format(known + jobs.length) }) : "");
    this.draw();
    await this.queue.run();
  }

  close() {
    this.panel.hidden = true;
    this.queue = null;
  }

  toggle() {
    const { queue } = this;
    if (queue.isPaused) queue.resume();
    else queue.pause();
    const button = this.find("[data-pause]");
    button.dataset.pause ||= button.textContent;
    button.textContent = queue.isPaused ? button.dataset.goOn : button.dataset.pause;
  }

  note(words) {
    const line = this.find("[data-note]");
    line.textContent = words;
    line.hidden = !words;
  }

  // Progress comes many times a second; a screen needs four.
  changed() {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      if (this.queue) this.draw();
    }, SHOW_MS);
  }

  draw() {
    const { queue } = this;
    const { files, bytes } = queue.total;
    const state = queue.isPaused ? this.say.paused : queue.isWaiting ? this.say.waiting : "";
    const left = !state && queue.left !== null ? fill(this.say.timeLeft, { time: timeOf(queue.left) }) : state;
    this.find("progress").value = bytes ? queue.bytes / bytes : 0;
    this.find("[data-files]").textContent = fill(this.say.sendingFiles, { done: number.format(queue.done), total: number.format(files) });
    this.find("[data-bytes]").textContent = fill(this.say.sendingBytes, { done: megabytes(queue.bytes), total: megabytes(bytes) });
    this.find("[data-left]").textContent = left;
  }
}
