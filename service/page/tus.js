// A resumable upload after tus 1.0.0: creation, PATCH from an offset, HEAD to find the offset again.
//
//   start ─▶ POST ─▶ PATCH … PATCH ─▶ done
//                     │  ▲
//     cut off, paused ▼  │ HEAD
//                    wait ─┘

import { problemOf, unreachable } from "./api.js";
import { uploads } from "./session.js";

const VERSION = { "Tus-Resumable": "1.0.0" };
const CHUNK = 4 * 2 ** 20;
const LONGEST_WAIT_S = 30;
const TRIES = 12; // without a single byte in between: about four minutes
const OFFSET_AGAIN = new Set([409, 423, 460]);

/** One file on its way. `onChange` is told { sent, size, state, problem }, the state being
 * sending, waiting (because of the problem) or paused. */
export class Upload {
  constructor(api, file, onChange) {
    Object.assign(this, { api, file, onChange, sent: 0, failures: 0, paused: false, ended: false });
    this.address = null;
    this.request = null;
    this.wake = null;
  }

  /** Send the file and return the upload's id; throw a Problem when that cannot succeed.
   * The upload is remembered until `forget`, so that nothing is sent twice. */
  async run() {
    this.address = uploads.get(this.file);
    let found = this.address === null;
    while (this.address === null || !found || this.sent < this.file.size) {
      if (this.ended) throw new DOMException("canceled", "AbortError");
      if (this.paused) {
        await this.sleep();
        found = this.address === null;
        continue;
      }
      try {
        if (this.address === null) await this.create();
        else if (!found) await this.find();
        else await this.patch();
        found = true;
      } catch (problem) {
        await this.recover(problem);
        found = this.address === null;
      }
    }
    return this.address.split("/").pop();
  }

  /** Stop sending until `resume`; what has arrived stays. */
  pause() {
    this.paused = true;
    this.request?.abort();
    this.tell("paused");
  }

  /** Go on where it stopped. */
  resume() {
    this.paused = false;
    this.failures = 0;
    this.wake?.();
  }

  /** The service has used the upload up. */
  forget() {
    uploads.forget(this.file);
  }

  /** Stop for good; the same file, chosen again in this tab, goes on from what has arrived. */
  stop() {
    this.ended = true;
    this.request?.abort();
    this.wake?.();
  }

  /** Stop for good, and have the service forget what has arrived. */
  cancel() {
    this.stop();
    this.forget();
    if (this.address !== null) this.ask("DELETE").catch(() => {});
  }

  async create() {
    const answer = await this.ask("POST", "/v1/uploads", { "Upload-Length": this.file.size });
    this.address = new URL(answer.header("location"), location.origin).pathname;
    this.sent = 0;
    uploads.set(this.file, this.address);
  }

  async find() {
    const answer = await this.ask("HEAD");
    this.sent = Number(answer.header("upload-offset"));
    this.tell("sending");
  }

  async patch() {
    const from = this.sent;
    const headers = { "Upload-Offset": from, "Content-Type": "application/offset+octet-stream" };
    const piece = this.file.slice(from, from + CHUNK);
    const answer = await this.ask("PATCH", this.address, headers, piece, (part) => {
      this.sent = from + part;
      this.tell("sending");
    });
    this.sent = Number(answer.header("upload-offset"));
    this.failures = 0;
    this.tell("sending");
  }

  async recover(problem) {
    if (this.ended || this.paused) return;
    const lost = (problem.status === 404 || problem.status === 410) && this.address !== null;
    if (lost && this.failures === 0) {
      uploads.forget(this.file);
      this.address = null; // it has expired: from the beginning, once
      this.failures = 1;
      return;
    }
    if (!problem.passing && !OFFSET_AGAIN.has(problem.status)) throw problem;
    this.failures += 1;
    if (this.failures > TRIES) throw problem;
    this.tell("waiting", problem);
    await this.sleep(problem.retryAfter ?? Math.min(0.5 * 2 ** (this.failures - 1), LONGEST_WAIT_S));
  }

  /** Wait so many seconds, or until it is resumed, canceled or the network is back. */
  sleep(seconds = null) {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (seconds !== null) setTimeout(resolve, 1000 * seconds * (0.75 + Math.random() / 2));
      addEventListener("online", resolve, { once: true });
    });
  }

  tell(state, problem = null) {
    this.onChange({ sent: this.sent, size: this.file.size, state, problem });
  }

  /** XMLHttpRequest, because fetch does not tell how much of a body has been sent. */
  ask(method, address = this.address, headers = {}, body = null, onPart = () => {}) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      this.request = request;
      request.open(method, address);
      for (const [name, value] of Object.entries({ ...VERSION, ...headers })) request.setRequestHeader(name, value);
      request.setRequestHeader("Authorization", this.api.authorization);
      const header = (name) => request.getResponseHeader(name);
      request.upload.onprogress = (event) => onPart(event.loaded);
      request.onload = () =>
        request.status < 300 ? resolve({ header }) : reject(problemOf(request.status, request.responseText, header));
      request.onerror = request.onabort = () => reject(unreachable());
      request.send(body);
    });
  }
}
