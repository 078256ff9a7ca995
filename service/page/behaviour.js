// How much was shown over time, and how the head moved. It describes the recording, not the person.

import { facts, make } from "./dom.js";
import { lasting, percent } from "./words.js";

/** Return the card of expressivity and movement, or null where the result tells neither. */
export function behaviourCard({ expressivity, movement }) {
  if (!expressivity && !movement) return null;
  return make("section", { class: "card", "aria-labelledby": "behaviour" },
    make("h2", { id: "behaviour" }, "Over time"),
    (expressivity ?? []).map((one) => shown(one, expressivity.length > 1)),
    movement ? moved(movement) : null);
}

function shown({ model, observed_ms: observed, share, uncertain, transitions_per_minute: rate, smiles }, named) {
  const led = Object.entries(share).filter(([, value]) => value > 0).sort(([, a], [, b]) => b - a);
  const shares = [...led, ["uncertain", uncertain]].map(([label, value]) => `${label} ${percent(value)}`);
  return [
    make("h3", {}, "Expressions in segments", named ? make("span", { class: "by" }, ` by ${model}`) : null),
    facts([
      ["Share of time", shares.join(", ")],
      ["Changes per minute", rate.toFixed(1)],
      ["Smiles", smiles ? smiled(smiles) : null],
      ["Usable face time", lasting(observed)],
    ], { class: "facts rows" }),
  ];
}

function smiled({ count, mean_ms: mean, total_ms: total }) {
  return count ? `${count}, ${(mean / 1000).toFixed(1)} s on average, ${lasting(total)} in all` : "none";
}

function moved({ interval_ms: interval, yaw, pitch, roll_degrees: roll, still }) {
  const turning = ({ low, high, median_per_second: speed }, digits, unit) =>
    `${low.toFixed(digits)} to ${high.toFixed(digits)}${unit}, ${speed.toFixed(digits)}${unit} per second`;
  return [
    make("h3", {}, "Head movement"),
    facts([
      ["Still", `${percent(still)} of the time`],
      ["Turn, in eye distances", turning(yaw, 2, "")],
      ["Nod, nose between eyes and mouth", turning(pitch, 2, "")],
      ["Tilt", turning(roll, 1, "°")],
    ], { class: "facts rows" }),
    make("p", { class: "fine" }, `5th to 95th percentile and median speed, from poses ${interval} ms apart; faster movement is not seen. Blinks are not counted: five points carry no lids.`),
  ];
}
