// One file on its way, in the words of the protocol tus 1.0. Touches no page.

const CHUNK = 4_000_000;
const HEADERS = { "Tus-Resumable": "1.0.0" };
const BYTES = "application/offset+octet-stream";
const PATIENCE_MS = [500, 1000, 2000, 4000, 8000, 15_000];

export class Refusal extends Error {}
export class Stopped extends Error {}

const encode = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

// A request with progress, which fetch() has for downloads only. Resolves with status 0 when the line broke.
function request(method, url, { headers = {}, body = null, onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    const stop = () => (call.abort(), reject(new Stopped()));
    if (signal?.aborted) return reject(new Stopped());
    signal?.addEventListener("abort", stop, { once: true });
    const answer = () => {
      signal?.removeEventListener("abort", stop);
      resolve({ status: call.status, text: call.responseText, header: (name) => call.getResponseHeader(name) });
    };
    if (onProgress) call.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    for (const event of ["load", "error", "timeout"]) call.addEventListener(event, answer);
    call.open(method, url);
    for (const [name, value] of Object.entries({ ...HEADERS, ...headers })) call.setRequestHeader(name, value);
    call.send(body);
  });
}

export class Upload {
  // `plan` is what the server said of the file: its item, and where an upload that was begun stands.
  constructor(file, plan, { endpoint, onProgress, onWait }) {
    this.file = file;
    this.item = plan.item;
    this.address = plan.upload ?? null;
    this.offset = plan.offset ?? 0;
    this.endpoint = endpoint;
    this.onProgress = onProgress;
    this.onWait = onWait;
    this.failures = 0;
  }

  // Resolves when every byte has arrived. Throws Refusal with a sentence, or Stopped.
  async run(signal) {
    this.signal = signal;
    while (!this.address || this.offset < this.file.size) {
      const answer = await (this.address ? this.append() : this.create());
      // 408: the line was silent for so long that the server gave the request up.
      if (answer.status === 0 || answer.status >= 500 || [408, 429].includes(answer.status)) await this.wait();
      else await this.take(answer);
    }
  }

  chunk() {
    return this.file.slice(this.offset, this.offset + CHUNK);
  }

  async create() {
    const headers = {
      "Upload-Length": String(this.file.size),
      "Upload-Metadata": `item ${encode(this.item)},filename ${encode(this.file.name)}`,
      "Content-Type": BYTES,
    };
    return this.call("POST", this.endpoint, { headers, body: await this.readable(this.chunk()) });
  }

  async append() {
    const headers = { "Upload-Offset": String(this.offset), "Content-Type": BYTES };
    return this.call("PATCH", this.address, { headers, body: await this.readable(this.chunk()) });
  }

  call(method, url, options) {
    const from = this.offset;
    const onProgress = (loaded) => this.onProgress?.(from + loaded);
    return request(method, url, { ...options, onProgress, signal: this.signal });
  }

  // A file that was changed, moved or deleted meanwhile cannot be read; a request would only say “no line”.
  async readable(blob) {
    try {
      await blob.slice(0, 1).arrayBuffer();
      return blob;
    } catch {
      throw new Refusal("changed");
    }
  }

  async take(answer) {
    if (answer.status === 201) this.address = answer.header("Location");
    if (answer.status === 201 || answer.status === 204) return this.moved(answer);
    const isThere = !this.address && answer.status === 409;
    if (isThere) return this.done(); // somebody else was faster: another tab
    if (answer.status === 404 || answer.status === 410) return this.begin(answer);
    if (answer.status === 409 || answer.status === 460) return this.ask();
    throw new Refusal(answer.text);
  }

  moved(answer) {
    this.failures = 0;
    this.offset = Number(answer.header("Upload-Offset"));
    this.onProgress?.(this.offset);
  }

  done() {
    this.address ??= this.endpoint;
    this.offset = this.file.size;
    this.onProgress?.(this.offset);
  }

  // The upload has ended meanwhile: once more from its beginning, but not for ever.
  begin(answer) {
    if (!this.address || ++this.failures > 3) throw new Refusal(answer.text);
    this.address = null;
    this.offset = 0;
  }

  // Where does it stand? The line may have broken after the server had taken more than it could say.
  async ask() {
    if (!this.address) return;
    const answer = await request("HEAD", this.address, { signal: this.signal });
    if (answer.status === 200) {
      this.offset = Number(answer.header("Upload-Offset"));
      this.onProgress?.(this.offset);
    } else if (answer.status === 404 || answer.status === 410) this.begin(answer);
    else await this.pause(PATIENCE_MS[0]);
  }

  async wait() {
    this.onWait?.(true);
    await this.pause(PATIENCE_MS[Math.min(this.failures++, PATIENCE_MS.length - 1)] * (0.75 + Math.random() / 2));
    await this.ask();
    this.onWait?.(false);
  }

  pause(ms) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      this.signal?.addEventListener("abort", () => (clearTimeout(timer), reject(new Stopped())), { once: true });
    });
  }
}
