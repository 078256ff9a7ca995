// The lanes of the timeline plot, one above the other. Each is { label, value, height, marks },
// and marks(x, top, bottom) draws it; x maps media time to pixels.

import { draw } from "./dom.js";
import { runs } from "./timeline.js";
import { percent, plain } from "./words.js";

const ROW = 36;
const STRIP = 40;
const SCORE = 74;
const HIGHEST = 63;
const BAND_STARTS = [14, 20, 29];
const LETTER = 7;

/** Return the lanes of one expression network: its segments, then a row for each label. */
export function expressionLanes(frames, expression, model) {
  const valueOf = (label) => (row) => (model ? row.more_expressions?.[model] : row.expression)?.[label];
  const rows = expression.labels.map((label, i) => ({
    label,
    value: percent(expression.mean[label]),
    strong: label === expression.dominant,
    height: ROW,
    marks: (x, top, bottom) => [
      ...expression.segments.filter((one) => one.label === label).map((one) => lead(one, x, top, bottom, i)),
      ...shares(frames, valueOf(label), x, top + 8, bottom, i),
    ],
  }));
  return [strip(expression), ...rows];
}

function strip({ labels, segments }) {
  const marks = (x, top, bottom) => segments.map((one) => {
    const left = x(one.start_ms);
    const width = Math.max(x(one.end_ms) - left - 1, 1.5);
    const fits = width > LETTER * one.label.length + 8;
    const box = { x: left, width, class: `series-${labels.indexOf(one.label)}` };
    return draw("g", {},
      draw("title", {}, `${one.label}, ${percent(one.mean)}`),
      draw("rect", { ...box, y: top + 6, height: bottom - top - 12, class: `${box.class} tint`, rx: 2 }),
      draw("rect", { ...box, y: top + 6, height: 4 }),
      fits && draw("text", { x: left + width / 2, y: top + 26, "text-anchor": "middle" }, one.label));
  });
  return { label: "segments", height: STRIP, marks };
}

function lead(segment, x, top, bottom, i) {
  const left = x(segment.start_ms);
  const width = Math.max(x(segment.end_ms) - left, 1.5);
  return draw("rect", { x: left, y: top + 4, width, height: bottom - top - 4, class: `series-${i} wash` });
}

function shares(frames, valueOf, x, top, bottom, i) {
  const y = (value) => bottom - value * (bottom - top);
  return runs(frames, valueOf).flatMap((run) => {
    const line = run.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
    const area = [`${x(run[0][0]).toFixed(1)},${bottom}`, ...line, `${x(run.at(-1)[0]).toFixed(1)},${bottom}`];
    return [
      draw("polygon", { points: area.join(" "), class: `series-${i} tint` }),
      run.length > 1
        ? draw("polyline", { points: line.join(" "), class: `stroke-${i}` })
        : draw("circle", { cx: x(run[0][0]), cy: y(run[0][1]), r: 2.5, class: `series-${i}` }),
    ];
  });
}

/** Return the lane of brief expressions: a mark from onset to offset, a notch at the apex. */
export function microLane(events) {
  const marks = (x, top, bottom) => events.flatMap((one) => {
    const middle = (top + bottom) / 2;
    const left = x(one.onset_ms);
    return [draw("g", {},
      draw("title", {}, `${one.label}, ${percent(one.confidence)}`),
      draw("rect", { x: left, y: middle - 5, width: Math.max(x(one.offset_ms) - left, 3), height: 10, class: "event" }),
      draw("line", { x1: x(one.apex_ms), x2: x(one.apex_ms), y1: middle - 10, y2: middle + 10, class: "apex" }))];
  });
  return { label: "micro", value: String(events.length), height: 32, marks };
}

/** Return the lane of one severity network: its score by frame over the bands. */
export function severityLane(frames, { model, point }) {
  const marks = (x, top, bottom) => {
    const y = (score) => bottom - 2 - (score / HIGHEST) * (bottom - top - 12);
    const grid = (score, name) => draw("line", { x1: x(0), x2: x(frames.durationMs), y1: y(score), y2: y(score), class: name });
    const trace = runs(frames, (row) => row.severity?.[model]).flatMap((run) =>
      run.length > 1
        ? [draw("polyline", { points: run.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" "), class: "score" })]
        : [draw("circle", { cx: x(run[0][0]), cy: y(run[0][1]), r: 2.5, class: "score-dot" })]);
    return [...BAND_STARTS.map((start) => grid(start, "grid")), grid(point, "mean"), ...trace];
  };
  return { label: model, note: "0 to 63", value: point.toFixed(1), height: SCORE, marks };
}

/** Return the lane of what became of the frames: used, or rejected and hatched. */
export function frameLane(frames) {
  const marks = (x, top, bottom) => {
    const step = frames.durationMs / Math.max(frames.columns.length, 1);
    const width = Math.max(0.7 * (x(step) - x(0)), 1.2);
    return frames.columns.map(({ at, rows }) => {
      const rejected = rows.find((row) => !row.used);
      const box = { x: Math.min(x(at), x(frames.durationMs) - width), y: top + 8, width, height: bottom - top - 14 };
      return draw("g", {}, draw("title", {}, rejected ? `rejected: ${plain(rejected.rejected)}` : "used"),
        rejected
          ? draw("rect", { ...box, y: box.y + box.height / 2, height: box.height / 2, class: "rejected" })
          : draw("rect", { ...box, class: "used" }));
    });
  };
  return { label: "frames", note: "short: rejected", height: 36, marks };
}
