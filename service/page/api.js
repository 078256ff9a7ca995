// The service over fetch: every answer that is not a success becomes a Problem.

/** What went wrong, after RFC 9457: what to do about it, and the id to tell the operator. */
export class Problem extends Error {
  constructor({ status = 0, code, detail, request_id = null, errors = null }, retryAfter = null) {
    super(detail);
    Object.assign(this, { status, code, detail, requestId: request_id, errors, retryAfter });
  }

  /** Whether the same request can succeed later. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Return the problem that an answer tells, also when something between us and it answered. */
export function problemOf(status, text, header) {
  const retryAfter = Number(header("retry-after")) || null;
  try {
    const body = JSON.parse(text);
    if (body.code && body.detail) return new Problem({ ...body, status }, retryAfter);
  } catch {
    // Not ours: told below by its status.
  }
  const detail = `The service answered with status ${status} and said no more.`;
  return new Problem({ status, code: `http_${status}`, detail, request_id: header("x-request-id") }, retryAfter);
}

/** Return the problem of a connection that gave no answer at all. */
export function unreachable() {
  const detail = "The service cannot be reached. Check the connection, then try again.";
  return new Problem({ code: "unreachable", detail });
}

/** The service, spoken to with one key. */
export class Api {
  constructor(key) {
    this.key = key;
  }

  get authorization() {
    return `Bearer ${this.key}`;
  }

  /** Return the answer to a request, or throw its Problem. */
  async ask(method, path, { body, headers = {}, signal } = {}) {
    const answer = await this.send(method, path, { body, headers, signal });
    if (answer.ok) return answer;
    throw problemOf(answer.status, await answer.text(), (name) => answer.headers.get(name));
  }

  async send(method, path, { body, headers, signal }) {
    try {
      return await fetch(path, {
        method,
        body,
        signal,
        headers: { Authorization: this.authorization, ...headers },
        cache: "no-store",
        credentials: "omit",
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw unreachable();
    }
  }

  /** Return the JSON that the service answers with. */
  async json(method, path, value, headers = {}) {
    const body = value === undefined ? undefined : JSON.stringify(value);
    const typed = body === undefined ? headers : { "Content-Type": "application/json", ...headers };
    return (await this.ask(method, path, { body, headers: typed })).json();
  }

  /** Return what the service answers with, as a file. */
  async blob(path) {
    return (await this.ask("GET", path)).blob();
  }
}

/** Yield the lines of an answer as they arrive. */
export async function* lines(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      yield* parts;
    }
    if (rest) yield rest;
  } finally {
    reader.cancel().catch(() => {});
  }
}
