// Progress as a bar, the step it is at, and a line of numbers; also for those who do not see it.

import { announce, fill, make } from "./dom.js";

const STEPS = [["upload", "Upload"], ["queued", "Queue"], ["starting", "Start"], ["scoring", "Score"], ["aggregating", "Sum up"]];

/** Return a card with { element, set, actions, told }: set(step, percent, title, numbers). */
export function progressCard() {
  const title = make("h1", { tabindex: "-1" });
  const steps = make("ol", { class: "steps", "aria-label": "Steps" }, STEPS.map(([name, words]) => make("li", { "data-step": name }, words)));
  const bar = make("progress", { max: 100, value: 0, "aria-label": "Progress" });
  const numbers = make("p", { class: "numbers" });
  const actions = make("div", { class: "actions" });
  const told = make("div", {});
  const element = make("section", { class: "card narrow progress" }, title, steps, bar, numbers, told, actions);
  let said = "";
  const set = (step, percent, words, parts) => {
    if (title.textContent !== words) title.textContent = words;
    bar.value = percent;
    bar.textContent = `${Math.round(percent)} %`;
    fill(numbers, parts.filter(Boolean).map((part) => make("span", {}, part)));
    mark(steps, step);
    const now = `${words}${percent ? `, ${25 * Math.floor(percent / 25)} %` : ""}`;
    if (now !== said) announce(now);
    said = now;
  };
  return { element, set, actions, told };
}

function mark(steps, current) {
  const at = STEPS.findIndex(([name]) => name === current);
  [...steps.children].forEach((step, i) => {
    step.className = i < at ? "past" : i === at ? "now" : "";
    if (i === at) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
}
