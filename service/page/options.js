// What is asked of the recording, folded away because all of it is optional.

import { make, textField } from "./dom.js";
import { stated } from "./stated.js";
import { ANALYSES, plain } from "./words.js";

const USUAL = { analyses: ["severity", "expression"], every: 400 };

/** Return the options as { element, request }; `request()` is the body without its source. */
export function options(networks) {
  const served = networks.filter((one) => one.task in ANALYSES);
  const tasks = Object.keys(ANALYSES).filter((task) => served.some((one) => one.task === task));
  const groups = tasks.map((task) => analysis(task, served.filter((one) => one.task === task)));
  const every = make("input", { id: "every", type: "number", min: 1, max: 60000, value: USUAL.every, inputmode: "numeric" });
  const unit = make("select", { "aria-label": "Unit of sampling" },
    make("option", { value: "every_ms" }, "milliseconds"),
    make("option", { value: "every_n_frames" }, "frames"));
  unit.addEventListener("change", () => { every.value = unit.value === "every_ms" ? USUAL.every : 10; });
  const reference = textField("reference", "Reference", "Your own name for it, not a person's. It comes back in every answer.", 200);
  const baseline = textField("baseline", "Baseline", "The id of an earlier assessment of the same person, by the same network: the change from it is stated.", 64);
  const said = stated();
  const element = make("details", { class: "options" },
    make("summary", {}, "Options"),
    make("fieldset", {}, make("legend", {}, "Analyses and networks"), groups.map((one) => one.element)),
    make("fieldset", {}, make("legend", {}, "Sampling"),
      make("div", { class: "inline" }, make("label", { for: "every" }, "Score one frame in"), every, unit)),
    make("div", { class: "alone" }, reference.element, baseline.element),
    said.element);
  return { element, request: () => ({
    ...chosen(groups),
    sampling: { [unit.value]: Number(every.value) },
    ...(reference.value() ? { reference: reference.value() } : {}),
    ...(baseline.value() ? { baseline: baseline.value() } : {}),
    ...said.value(),
  }) };
}

function chosen(groups) {
  const analyses = groups.filter((one) => one.wanted()).map((one) => one.task);
  const model = groups.filter((one) => one.wanted()).flatMap((one) => one.networks());
  return { ...(analyses.length ? { analyses } : {}), ...(model.length ? { model } : {}) };
}

function analysis(task, networks) {
  const box = make("input", { type: "checkbox", id: `analysis-${task}`, checked: USUAL.analyses.includes(task) });
  const boxes = networks.map((one) => make("input", { type: "checkbox", id: `network-${one.name}`, value: one.name }));
  const list = make("ul", { class: "networks" }, networks.map((one, i) =>
    make("li", {}, boxes[i], make("label", { for: `network-${one.name}` }, make("code", {}, one.name), " ",
      make("span", { class: "fine" }, described(one))))));
  const inner = make("div", { class: "inner", hidden: !box.checked },
    make("p", { class: "fine" }, networks.length > 1 ? "Networks; the usual ones where none is chosen." : "Network"), list);
  box.addEventListener("change", () => { inner.hidden = !box.checked; });
  return {
    task,
    element: make("div", { class: "analysis" }, make("div", { class: "check" }, box,
      make("label", { for: `analysis-${task}` }, ANALYSES[task])), inner),
    wanted: () => box.checked,
    networks: () => boxes.filter((one) => one.checked).map((one) => one.value),
  };
}

function described(network) {
  const calibrated = network.task === "severity" && !network.calibration ? ["no calibration"] : [];
  const proved = network.evidence ? [] : ["no evidence"];
  const demonstration = network.demonstration ? ["demonstration weights"] : [];
  return [`scores a ${plain(network.kind)}`, ...demonstration, ...calibrated, ...proved].join(", ");
}
