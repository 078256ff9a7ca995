// The upload as it is seen: bytes, rate, pause and resume; then the assessment is created.

import { button, fill } from "./dom.js";
import { problemBox } from "./problem.js";
import { progressCard } from "./progress.js";
import { Upload } from "./tus.js";
import { bytes, wait } from "./words.js";

const TITLES = { sending: "Uploading", waiting: "Interrupted, trying again by itself", paused: "Paused" };
const KEPT = "The connection was lost; what has arrived is kept";
const CREATE_TRIES = 5;
const WINDOW_MS = 5000;

/** Fill the view and send { file, request, signal }; `onCreated` gets the assessment. */
export function sending(view, api, order, onCreated, onLeave) {
  const { file, request, signal } = order;
  const card = progressCard();
  const rate = rateOf();
  const upload = new Upload(api, file, ({ sent, size, state, problem }) => {
    const perSecond = rate(sent);
    const left = state === "sending" && perSecond ? `${wait((size - sent) / perSecond)} left` : null;
    const speed = state === "sending" && perSecond ? `${bytes(perSecond)}/s` : null;
    const why = problem && (problem.status === 0 ? KEPT : problem.detail);
    card.set("upload", (100 * sent) / size, TITLES[state], [`${bytes(sent)} of ${bytes(size)}`, speed, left, why]);
  });
  const pausing = button("Pause", () => {
    (upload.paused ? upload.resume : upload.pause).call(upload);
    pausing.textContent = upload.paused ? "Resume" : "Pause";
  });
  fill(card.actions, pausing, button("Cancel", () => { upload.cancel(); onLeave(); }));
  fill(view, card.element);
  card.set("upload", 0, TITLES.sending, [`0 B of ${bytes(file.size)}`]);
  signal.addEventListener("abort", () => upload.stop());
  const stay = (event) => event.preventDefault();
  addEventListener("beforeunload", stay);
  const again = () => sending(view, api, order, onCreated, onLeave);
  finish(upload, api, request, pausing, card)
    .then(onCreated, (problem) => problem.name !== "AbortError" && failed(card, problem, again, onLeave))
    .finally(() => removeEventListener("beforeunload", stay));
}

async function finish(upload, api, request, pausing, card) {
  const uploadId = await upload.run();
  pausing.disabled = true;
  card.set("upload", 100, "Creating the assessment", [bytes(upload.file.size)]);
  const created = await create(api, { ...request, source: { upload_id: uploadId } });
  upload.forget();
  return created;
}

/** Create the assessment; the key makes it one, however often the request has to be sent. */
async function create(api, request) {
  const random = [...crypto.getRandomValues(new Uint8Array(16))];
  const headers = { "Idempotency-Key": random.map((byte) => byte.toString(16).padStart(2, "0")).join("") };
  for (let tried = 1; ; tried += 1) {
    try {
      return await api.json("POST", "/v1/assessments", request, headers);
    } catch (problem) {
      if (!problem.passing || tried === CREATE_TRIES) throw problem;
      await new Promise((resolve) => setTimeout(resolve, 1000 * (problem.retryAfter ?? tried)));
    }
  }
}

function failed(card, problem, again, onLeave) {
  fill(card.told, problemBox("The recording was not accepted", problem));
  fill(card.actions, button("Try again", again, { class: "primary" }), button("Back", onLeave));
  card.actions.firstChild.focus();
}

/** Return a function from bytes sent to bytes per second over the last few seconds. */
function rateOf() {
  const seen = [];
  return (sent) => {
    const now = performance.now();
    seen.push([now, sent]);
    while (seen.length > 2 && now - seen[0][0] > WINDOW_MS) seen.shift();
    const [[since, before]] = seen;
    return now - since > 500 && sent > before ? (1000 * (sent - before)) / (now - since) : null;
  };
}
