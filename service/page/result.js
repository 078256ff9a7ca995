// The view of an assessment that has ended: outcome first, then numbers, plots, ledger, provenance.

import { actions } from "./actions.js";
import { behaviourCard } from "./behaviour.js";
import { chart } from "./chart.js";
import { facts, fill, make, table } from "./dom.js";
import { expressionLanes, frameLane, microLane, severityLane } from "./lanes.js";
import { failureCard, headOf, notices, withheldCards } from "./outcome.js";
import { player } from "./player.js";
import { problemBox } from "./problem.js";
import { qualityCard } from "./quality.js";
import { severityCard } from "./severity.js";
import { readRows, thinned } from "./timeline.js";
import { clock, percent, plain, told } from "./words.js";

const LISTED = 24;

/** Fill the view with the assessment; `file` is its recording if this tab still has it. */
export function ended(view, api, assessment, file, onDeleted) {
  const { result } = assessment;
  const rest = result ? body(api, assessment, file) : [failureCard(assessment)];
  const again = make("a", { class: "button", href: "#/" }, "New assessment");
  fill(view, headOf(assessment), actions(api, assessment, onDeleted), rest, make("div", { class: "actions" }, again));
}

function body(api, assessment, file) {
  const { result } = assessment;
  const severities = result.severity ?? [];
  return [
    notices(result),
    withheldCards(result),
    severities.length ? make("div", { class: "pair" }, severities.map(severityCard)) : null,
    result.quality.frames.sampled ? timelineCard(api, assessment, file) : null,
    behaviourCard(result),
    result.micro_expressions ? microCard(result.micro_expressions) : null,
    qualityCard(result.quality),
    limits(result),
    provenance(result.provenance),
  ];
}

function timelineCard(api, assessment, file) {
  const { result, urls } = assessment;
  const expressions = [...(result.expression ? [result.expression] : []), ...result.more_expressions];
  const place = make("div", { class: "plot" }, make("p", { class: "fine" }, "Reading the timeline…"));
  const card = make("section", { class: "card", "aria-labelledby": "timeline" },
    make("h2", { id: "timeline" }, expressions.length ? "Expression shown" : "Sampled frames"),
    make("div", { class: "beside" }, expressions.map(headline), place),
    expressions.map(segments));
  readRows(api, urls.timeline).then(
    (rows) => plot(place, result, rows, expressions, file),
    (problem) => fill(place, problemBox("The timeline could not be read", problem)));
  return card;
}

function headline(expression, i) {
  const { dominant, mean, model } = expression;
  return make("div", {},
    make("p", { class: "headline" }, make("strong", {}, dominant), ` was shown most, ${percent(mean[dominant])} on average`,
      make("span", { class: "by" }, `, by ${model}`)),
    i === 0 ? make("p", { class: "fine" }, "What the face showed; it says nothing about what the person felt.") : null);
}

function plot(place, result, rows, expressions, file) {
  const frames = thinned(rows, result.quality.duration_ms);
  const micro = result.micro_expressions ?? [];
  const lanes = [
    ...expressions.flatMap((one, i) => expressionLanes(frames, one, i > 0 || !result.expression ? one.model : null)),
    ...(micro.length ? [microLane(micro)] : []),
    ...(result.severity ?? []).map((one) => severityLane(frames, one)),
    frameLane(frames),
  ];
  const beside = player(file, result.provenance.video_sha256, (atMs) => drawn.moveTo(atMs));
  const drawn = chart(frames, rows, lanes, beside.seek, beside.toggle);
  fill(place, beside.element, drawn.readout, drawn.element,
    make("p", { class: "fine" }, "Over media time (min:s). Click the plot, or use the arrow keys, to move; breaks are frames without a value."
      + (expressions.length ? " Each row of a label runs from 0 to 100 %, shaded where it was sure; its mean stands at the right." : "")));
}

function segments(expression) {
  const rows = expression.segments.slice(0, LISTED).map((one) => [one.label, clock(one.start_ms), clock(one.end_ms), percent(one.mean)]);
  const left = expression.segments.length - rows.length;
  return make("details", {}, make("summary", {}, `Segments by ${expression.model} (${expression.segments.length})`),
    rows.length
      ? table("Stretches in which one expression was surely shown", ["Shown", "#From", "#To", "#Mean"], rows)
      : make("p", { class: "fine" }, "No expression was sure for half a second or longer."),
    left > 0 ? make("p", { class: "fine" }, `And ${left} more, in the API's result.`) : null);
}

function microCard(events) {
  const rows = events.slice(0, LISTED).map((one) =>
    [one.label, clock(one.apex_ms), `${one.offset_ms - one.onset_ms} ms`, percent(one.confidence)]);
  return make("section", { class: "card", "aria-labelledby": "micro" },
    make("h2", { id: "micro" }, "Micro-expressions"),
    make("p", { class: "headline" }, make("strong", {}, String(events.length)), ` brief expression${events.length === 1 ? " of at most half a second was" : "s of at most half a second were"} seen`),
    make("p", { class: "fine" }, "A hint where to look, not more: public benchmarks find few of the true ones, and no micro-expression shows a lie or an intent."),
    rows.length ? table("Micro-expressions", ["Label", "#Apex", "#Onset to offset", "#Probability"], rows) : null,
    events.length > LISTED ? make("p", { class: "fine" }, `And ${events.length - LISTED} more, in the API's result.`) : null);
}

function limits({ does_not_assess: not }) {
  const words = not.map(plain).join(", ");
  return make("section", { class: "card", "aria-labelledby": "limits" },
    make("h2", { id: "limits" }, "What this does not assess"),
    make("p", {}, `${words.charAt(0).toUpperCase()}${words.slice(1)}. A severity estimate is a network's output on a 0-63 scale aligned to BDI-II. A person who knows the patient decides what it means.`));
}

function provenance({ video_sha256: video, settings_sha256: settings, software, models }) {
  const code = (words) => make("span", { class: "code" }, words);
  return make("details", { class: "card" }, make("summary", {}, "Provenance"),
    facts([
      ["Recording, SHA-256", code(video ?? "not fetched")], ["Settings, SHA-256", code(settings)], ["Software", software],
      ...models.map((one) => [`Network ${one.name}`, make("span", {},
        `version ${one.version}; ${told(one.licence)}${one.demonstration ? "; demonstration weights" : ""}`, make("br"), code(one.sha256))]),
    ], { class: "facts rows" }));
}
