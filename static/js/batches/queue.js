// Many files, a few at once: pause, go on, stop, and how far it is. Touches no page.

import { Refusal, Stopped, Upload } from "./tus.js";

const AT_ONCE = 3;
// The rate of the last seconds tells more about the rest than that of the whole time.
const WINDOW_MS = 15_000;

export class Queue {
  // `jobs` are pairs of a file and what the server said of it; `onChange` is told that figures have changed.
  constructor(jobs, { endpoint, onChange }) {
    this.waiting = [...jobs];
    this.endpoint = endpoint;
    this.onChange = onChange;
    this.total = { files: jobs.length, bytes: jobs.reduce((sum, [file]) => sum + file.size, 0) };
    this.done = 0;
    this.refused = [];
    this.sent = new Map();
    this.lost = new Set();
    this.samples = [];
    this.isPaused = false;
    this.running = new Set();
  }

  get bytes() {
    let sum = 0;
    for (const bytes of this.sent.values()) sum += bytes;
    return sum;
  }

  get isWaiting() {
    return this.lost.size > 0;
  }

  // Milliseconds to the end at the present rate; null when there is none.
  get left() {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || last.at - first.at < 1000 || last.bytes <= first.bytes) return null;
    return ((this.total.bytes - last.bytes) * (last.at - first.at)) / (last.bytes - first.bytes);
  }

  // Resolves when nothing is left to send, or somebody has stopped it.
  run() {
    return new Promise((resolve) => {
      this.finish = resolve;
      this.fill();
    });
  }

  fill() {
    while (!this.isPaused && this.running.size < AT_ONCE && this.waiting.length) this.start(this.waiting.shift());
    if (!this.running.size && !this.waiting.length) this.finish?.();
  }

  async start(job) {
    const [file, plan] = job;
    const control = new AbortController();
    this.running.add(control);
    const upload = new Upload(file, plan, {
      endpoint: this.endpoint,
      onProgress: (bytes) => this.progress(file, bytes),
      onWait: (isLost) => this.wait(control, isLost),
    });
    try {
      await upload.run(control.signal);
      this.done += 1;
    } catch (error) {
      if (error instanceof Stopped) this.putBack(job, upload);
      else this.refuse(file, error);
    }
    this.running.delete(control);
    this.lost.delete(control);
    this.onChange();
    this.fill();
  }

  // A broken line moves no bytes, so nothing but this tells the page of it.
  wait(control, isLost) {
    if (isLost) this.lost.add(control);
    else this.lost.delete(control);
    this.onChange();
  }

  putBack([file], upload) {
    if (!this.isStopped) this.waiting.unshift([file, { item: upload.item, upload: upload.address, offset: upload.offset }]);
  }

  refuse(file, error) {
    if (!(error instanceof Refusal)) throw error;
    this.progress(file, file.size);
    this.refused.push([file, error.message]);
  }

  progress(file, bytes) {
    this.sent.set(file, Math.min(bytes, file.size));
    const now = Date.now();
    this.samples.push({ at: now, bytes: this.bytes });
    while (this.samples.length > 2 && now - this.samples[0].at > WINDOW_MS) this.samples.shift();
    this.onChange();
  }

  pause() {
    this.isPaused = true;
    this.samples = [];
    for (const control of this.running) control.abort();
    this.onChange();
  }

  resume() {
    this.isPaused = false;
    this.fill();
    this.onChange();
  }

  stop() {
    this.isStopped = true;
    this.waiting = [];
    for (const control of this.running) control.abort();
    if (!this.running.size) this.finish?.();
  }
}
