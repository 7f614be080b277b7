// What is done is saved as it is done. Without a connection it waits here, and in the browser's own store in case
// that the tab is closed; once it has arrived, nothing of it stays in the browser.

const SOON = 250;
const [PATIENCE, MOST_PATIENCE] = [2000, 30_000];

export class Saver {
  busy = false;
  dirty = false;
  refused = false; // what was sent last
  conflict = null; // what the server said of another window, with its revision

  // `content` gives what is to be saved, `tell` takes a word for what became of it and a sentence.
  // `set` the settings that the server has chosen.
  constructor({ address, key, revision, content, set, tell }) {
    Object.assign(this, { address, key, revision, content, set, tell });
    this.wait = PATIENCE;
    addEventListener("online", () => this.flush());
    addEventListener("pagehide", () => this.leave());
  }

  touch() {
    this.dirty = true;
    this.remember();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), SOON);
  }

  remember() {
    tried(() => localStorage.setItem(this.key, JSON.stringify({ revision: this.revision, ...this.content() })));
  }

  static forget(key) {
    tried(() => localStorage.removeItem(key));
  }

  // What an earlier visit could not save.
  static left(key) {
    return tried(() => JSON.parse(localStorage.getItem(key)));
  }

  // How the brush was set lately in this tab.
  static get brush() {
    return tried(() => JSON.parse(sessionStorage.getItem("brush"))) ?? [];
  }

  static set brush(values) {
    tried(() => sessionStorage.setItem("brush", JSON.stringify(values)));
  }

  body() {
    const { fields, marks } = this.content();
    const body = new FormData();
    for (const [name, value] of fields) body.set(name, value);
    body.set("marks", JSON.stringify(marks));
    body.set("revision", this.revision);
    return body;
  }

  // Gives back a promise of the end of what is being sent, whoever began it.
  flush() {
    clearTimeout(this.timer);
    if (!this.busy && this.dirty) this.sending = this.send();
    return this.sending;
  }

  async send() {
    if (this.conflict) return this.tell("outdated", this.conflict.sentence);
    this.busy = true;
    this.dirty = this.refused = false;
    this.tell("saving");
    try {
      await this.answered(await post(this.address, this.body()));
    } catch {
      this.dirty = true;
      this.tell("offline");
      this.timer = setTimeout(() => this.flush(), this.wait);
      this.wait = Math.min(MOST_PATIENCE, this.wait * 2);
    }
    this.busy = false;
    if (this.dirty && this.wait === PATIENCE) this.flush();
  }

  async answered(response) {
    if (response.status >= 500 || response.status === 429) throw new Error(response.status);
    this.wait = PATIENCE;
    this.refused = !response.ok;
    if (response.status === 404 || response.status === 403) return this.tell("gone");
    const answer = await response.json();
    if (response.ok) return this.saved(answer);
    if (response.status !== 409) return this.tell("refused", answer.sentence);
    this.conflict = answer;
    this.dirty = true;
    this.tell("outdated", answer.sentence);
  }

  saved({ revision, settings }) {
    this.revision = revision;
    this.set(settings);
    if (this.dirty) return this.remember();
    Saver.forget(this.key);
    this.tell("saved");
  }

  // Somebody has seen that there is another version, and wants this one.
  insist() {
    this.revision = this.conflict.revision;
    this.conflict = null;
    this.flush();
  }

  // When all of it has arrived; false when it could not.
  async done() {
    this.touch();
    do await this.flush();
    while (this.busy); // with what came meanwhile
    return !this.dirty && !this.refused;
  }

  leave() {
    if (!this.dirty || this.busy || this.conflict) return;
    // Up to 64 kB leave with the page; what is longer is in the store, and saved at the next visit.
    post(this.address, this.body(), { keepalive: true }).catch(() => {});
  }
}

// The browser's store may be full, or forbidden: it goes without.
function tried(work) {
  try {
    return work();
  } catch {
    return null;
  }
}

export function post(address, body, options = {}) {
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  body.set("csrfmiddlewaretoken", token);
  const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
  return fetch(address, { method: "POST", body, headers, ...options });
}
