// How an assessment goes on: server-sent events, read with fetch because EventSource sends no key.
// When the stream is cut off it is resumed from the last event; where there is none, we poll.

import { lines } from "./api.js";

const POLL_S = 1;
const FINAL = new Set(["succeeded", "failed", "canceled", "expired"]);
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));

export const ended = (assessment) => FINAL.has(assessment.status);

/** Yield the assessment each time it has changed, and last as it ended. */
export async function* follow(api, id, signal) {
  const path = `/v1/assessments/${id}`;
  const at = { last: null, failures: 0 };
  for (;;) {
    const known = await (await api.ask("GET", path, { signal })).json();
    yield known;
    if (ended(known)) return;
    try {
      if (yield* stream(api, path, known, at, signal)) continue;
    } catch (problem) {
      if (signal.aborted || !(problem.passing || problem.status === 404 || problem instanceof TypeError)) throw problem;
      at.failures += 1;
    }
    await pause(Math.min(POLL_S * Math.max(1, at.failures), 10));
    if (signal.aborted) return;
  }
}

/** Yield the assessment as the events change it; return whether the last one told an end. */
async function* stream(api, path, known, at, signal) {
  const headers = { Accept: "text/event-stream", ...(at.last ? { "Last-Event-ID": at.last } : {}) };
  const answer = await api.ask("GET", `${path}/events`, { headers, signal });
  for await (const event of events(answer)) {
    at.failures = 0;
    at.last = event.id ?? at.last;
    if (event.type !== "progress") return true; // ended or gone: read it again, whole
    const { status, stage, percent, queue_position, eta_ms } = event.data;
    yield { ...known, status, progress: { stage, percent, queue_position, eta_ms } };
  }
  return false;
}

/** Yield the events of a stream: { id, type, data }. */
export async function* events(answer) {
  let event = { data: [] };
  for await (const raw of lines(answer)) {
    const line = raw.replace(/\r$/, "");
    if (line === "") {
      if (event.data.length) yield { ...event, data: JSON.parse(event.data.join("\n")) };
      event = { data: [] };
      continue;
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "data") event.data.push(value);
    else if (field === "id") event.id = value;
    else if (field === "event") event.type = value;
  }
}
