// The page of a batch: files are added, and a broken upload goes on where it stopped.

import { looksLikeImage } from "./folders.js";
import { onFiles } from "./incoming.js";
import { Sending, Trouble } from "./sending.js";

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, key) => values[key]);

class Adder {
  constructor(form) {
    this.form = form;
    this.say = form.dataset;
    this.sending = new Sending(form);
    this.problem = form.querySelector(".upload-problem");
    form.hidden = false;
    for (const input of form.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => {
        this.add([...input.files]);
        input.value = "";
      });
    }
  }

  async add(files) {
    if (this.isBusy) return;
    const photos = files.filter(looksLikeImage);
    this.explain(photos.length ? "" : this.say.nothing);
    if (!photos.length) return;
    this.isBusy = true;
    try {
      this.follow();
      this.tell(await this.sending.send(this.form.action, photos), files.length - photos.length);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.explain(error.message);
    } finally {
      this.isBusy = false;
      this.follow();
    }
  }

  tell({ sent, refused, wasStopped }, skipped) {
    const parts = [wasStopped ? this.say.cancelled : sent ? this.say.sent : this.say.none];
    if (refused) parts.push(fill(this.say.failed, { count: refused }));
    if (skipped) parts.push(fill(this.say.skipped, { count: skipped }));
    const words = parts.join(" ");
    this.form.querySelector("[data-announce-upload]").textContent = words;
    if (refused || skipped) this.explain(words);
  }

  explain(sentence) {
    this.problem.textContent = sentence;
    this.problem.hidden = !sentence;
  }

  // The list asks for news by itself as long as something is to come; now something is.
  follow() {
    const poll = document.querySelector("#poll");
    if (poll && !poll.hasAttribute("hx-get")) {
      globalThis.htmx?.ajax("GET", poll.dataset.changes, { source: poll, swap: "none" });
    }
  }
}

const form = document.querySelector("#adder");
const adder = form && new Adder(form);
onFiles(() => adder);
