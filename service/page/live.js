// An assessment on its way: stage, per cent, place in the queue, time left; and Cancel.

import { button, fill, make } from "./dom.js";
import { ended, follow } from "./events.js";
import { problemBox } from "./problem.js";
import { progressCard } from "./progress.js";
import { STAGES, wait } from "./words.js";

/** Follow the assessment in the view until it has ended, and return it as it ended. */
export async function live(view, api, id, signal) {
  let card = null;
  let last = null;
  for await (const now of follow(api, id, signal)) {
    last = now;
    if (ended(now)) break;
    if (card === null) {
      card = begin(view, api, id);
      card.element.querySelector("h1").focus();
    }
    tell(card, now);
  }
  return last;
}

function begin(view, api, id) {
  const card = progressCard();
  const cancel = button("Cancel", async () => {
    cancel.disabled = true;
    try {
      await api.json("POST", `/v1/assessments/${id}/cancel`);
    } catch (problem) {
      cancel.disabled = false;
      fill(card.told, problemBox("It could not be canceled", problem));
    }
  });
  fill(card.actions, cancel, make("a", { class: "button", href: "#/" }, "Leave it running"));
  card.element.append(make("p", { class: "fine code" }, id));
  fill(view, card.element);
  return card;
}

function tell(card, { status, progress }) {
  const { stage, percent, queue_position: ahead, eta_ms: eta } = progress;
  const step = status === "queued" ? "queued" : stage === "done" ? "aggregating" : stage;
  const place = ahead === null || ahead === undefined ? null : ahead === 0 ? "Next in the queue" : `${ahead} ahead in the queue`;
  const left = eta ? `About ${wait(eta.p50 / 1000)} left, ${wait(eta.p90 / 1000)} at most as a rule` : null;
  card.set(step, percent, STAGES[step] ?? step, [`${percent} %`, place, left]);
}
