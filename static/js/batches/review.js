// One photo large, the next ones loading: accept, reject, cut out again, edit, undo, by keys and by swipes.
// Answers are sent behind the scenes, in order, and again until they have arrived.

const AHEAD = 4;
const SWIPE = 60; // pixels
const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_, key) => values[key]);

// Pictures that are loaded and decoded before anybody looks at them.
class Pictures {
  #known = new Map();

  get(address) {
    if (!this.#known.has(address)) {
      const image = new Image();
      image.src = address;
      image.decode().catch(() => null); // a broken one shows its alternative text
      this.#known.set(address, image);
    }
    return this.#known.get(address);
  }

  // Four screens of photos are kept, and not a thousand.
  keep(addresses) {
    for (const address of this.#known.keys()) if (!addresses.has(address)) this.#known.delete(address);
    addresses.forEach((address) => this.get(address));
  }
}

class Review {
  pictures = new Pictures();
  history = [];
  outbox = Promise.resolve();

  constructor(root) {
    this.root = root;
    this.say = root.dataset;
    this.find = (selector) => root.querySelector(selector);
    this.items = JSON.parse(document.querySelector("#review-items").textContent);
    this.at = Number(this.say.at);
    // Where people read from right to left, onward is to the left.
    this.onward = getComputedStyle(root).direction === "rtl" ? -1 : 1;
    this.looked = Number(this.say.looked);
    this.stage = this.find("[data-stage]");
    this.alt = this.find("[data-picture]")?.alt ?? "";
    this.listen();
    this.find("[data-hint]").hidden = false;
    this.show();
    root.focus({ preventScroll: true });
  }

  get item() {
    return this.items[this.at];
  }

  listen() {
    this.find("form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.answer(event.submitter.value);
    });
    this.find("[data-undo]").addEventListener("click", () => this.undo());
    document.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("keyup", (event) => event.key === " " && this.compare(false));
    this.swipes();
  }

  key(event) {
    const isTyping = event.target.matches("input, textarea, select");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !this.item) return;
    if (event.key === " " && event.target.matches("button, a")) return;
    const act = {
      a: () => this.answer("accepted"),
      x: () => this.answer("rejected"),
      r: () => this.answer("redo"),
      e: () => this.find("[data-edit]").click(),
      u: () => this.undo(),
      ArrowRight: () => this.move(this.onward),
      ArrowLeft: () => this.move(-this.onward),
      " ": () => this.compare(true),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    if (!event.repeat || event.key.startsWith("Arrow")) act();
  }

  swipes() {
    let from = null;
    this.stage.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "touch" && event.isPrimary) from = event;
    });
    this.stage.addEventListener("pointermove", (event) => {
      if (from) this.stage.style.setProperty("--drag", `${event.clientX - from.clientX}px`);
    });
    const end = (event) => {
      if (!from) return;
      const [x, y] = [event.clientX - from.clientX, event.clientY - from.clientY];
      from = null;
      this.stage.style.removeProperty("--drag");
      if (event.type === "pointerup" && Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) this.answer(x > 0 ? "accepted" : "rejected");
    };
    this.stage.addEventListener("pointerup", end);
    this.stage.addEventListener("pointercancel", end);
  }

  compare(isBefore) {
    if (this.item?.before) this.draw(isBefore ? this.item.before : this.item.after);
  }

  answer(verdict) {
    const { item } = this;
    if (!item) return;
    this.history.push({ at: this.at, verdict: item.verdict, redone: verdict === "redo" });
    this.judge(item, verdict);
    this.tell(this.say[verdict]);
    this.move(1);
  }

  // An answer is taken back; what is being cut out again cannot be.
  undo() {
    const last = this.history.pop();
    if (!last) return;
    this.at = last.at;
    if (!last.redone) this.judge(this.item, last.verdict);
    this.tell(this.say.undone);
    this.show();
  }

  judge(item, verdict) {
    const [was, is] = [Boolean(item.verdict), Boolean(verdict) && verdict !== "redo"];
    this.looked += Number(is) - Number(was);
    item.verdict = verdict === "redo" ? "" : verdict;
    this.outbox = this.outbox.then(() => this.send(item.item, verdict));
  }

  async send(item, verdict) {
    const body = new FormData(this.find("form"));
    body.set("verdict", verdict);
    const options = { method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" }, keepalive: true };
    for (let pause = 500; ; pause = Math.min(pause * 2, 15_000)) {
      const answer = await fetch(`${this.say.judge}${item}/`, options).catch(() => null);
      const isOver = answer && answer.status < 500 && answer.status !== 429;
      this.problem(isOver ? "" : this.say.unsaved);
      if (isOver) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  problem(words) {
    const line = this.find("[data-problem]");
    line.textContent = words;
    line.hidden = !words;
  }

  tell(words) {
    this.find("[data-announce-review]").textContent = words;
  }

  move(step) {
    this.at = Math.max(0, this.at + step);
    if (this.item) this.show();
    else this.end();
  }

  end() {
    this.outbox.then(() => {
      this.root.hidden = true;
      const end = document.querySelector("#review-end");
      end.hidden = false;
      end.querySelector("h2").focus();
    });
  }

  show() {
    const { item } = this;
    this.root.hidden = false;
    this.preload();
    this.draw(item.after);
    this.find("[data-name] ").textContent = item.folder ? `${item.folder}/${item.name}` : item.name;
    this.find("[data-doubt]").textContent = item.confidence === null ? "" : fill(this.say.confidence, { percent: item.confidence });
    this.find("[data-verdict]").textContent = this.say[item.verdict] ?? "";
    this.find("[data-edit]").href = item.edit;
    this.find("[data-undo]").hidden = !this.history.length;
    this.find("[data-progress-words]").textContent = fill(this.say.progress, { done: this.looked, total: this.say.total });
    this.find("progress").value = this.looked;
    this.root.dataset.item = item.item;
  }

  preload() {
    const near = this.items.slice(Math.max(0, this.at - 1), this.at + AHEAD);
    this.pictures.keep(new Set([...near.map(({ after }) => after), this.item.before].filter(Boolean)));
  }

  draw(address) {
    if (!address) {
      const why = document.createElement("p");
      why.className = "card";
      why.textContent = this.item.why;
      return this.stage.replaceChildren(why);
    }
    const picture = this.pictures.get(address);
    picture.alt = this.alt;
    this.stage.replaceChildren(picture);
  }
}

const root = document.querySelector("#review");
if (root) new Review(root);
