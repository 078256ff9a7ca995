// The timeline plot: lanes over one axis of media time, and a playhead that keys and pointers move.

import { draw, fill, make } from "./dom.js";
import { nearest } from "./timeline.js";
import { clock, percent, plain } from "./words.js";

const STEPS_S = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800];
const AXIS = 26;
const NARROW = 520;

/** Return { element, readout, moveTo }; `onSeek` is told the media time that somebody chose. */
export function chart(frames, rows, lanes, onSeek, onToggle) {
  const svg = draw("svg", { "aria-hidden": "true" });
  const readout = make("p", { class: "readout" });
  const element = make("div", {
    class: "chart", role: "slider", tabindex: 0, "aria-label": "Media time; arrow keys move, Space plays",
    "aria-valuemin": 0, "aria-valuemax": Math.round(frames.durationMs),
  }, svg);
  const state = { at: 0, x: null, unscale: null, head: null };
  const moveTo = (atMs) => {
    state.at = Math.min(Math.max(atMs, 0), frames.durationMs);
    state.head?.setAttribute("transform", `translate(${state.x(state.at).toFixed(1)} 0)`);
    const words = said(nearest(rows, state.at));
    fill(readout, make("strong", {}, clock(state.at)), ...words.map((one) => make("span", {}, one)));
    element.setAttribute("aria-valuenow", Math.round(state.at));
    element.setAttribute("aria-valuetext", [clock(state.at), ...words].join(", "));
  };
  const seek = (atMs) => { moveTo(atMs); onSeek(state.at); };
  keys(element, rows, frames, state, seek, onToggle);
  pointers(element, svg, state, seek);
  new ResizeObserver(() => {
    const width = element.clientWidth;
    if (width === 0 || width === state.width) return;
    state.width = width;
    layOut(svg, frames, lanes, width, state);
    moveTo(state.at);
  }).observe(element);
  moveTo(0);
  return { element, readout, moveTo };
}

function said(row) {
  if (!row) return [];
  if (!row.used) return [`frame rejected: ${plain(row.rejected)}`];
  const shown = Object.entries(row.expression ?? {}).sort(([, a], [, b]) => b - a)[0];
  const scores = Object.entries(row.severity ?? {}).map(([model, score]) => `${model} ${score.toFixed(1)}`);
  return [...(shown ? [`${shown[0]} ${percent(shown[1])}`] : []), ...scores, "frame used"];
}

function keys(element, rows, frames, state, seek, onToggle) {
  element.addEventListener("keydown", (event) => {
    const i = rows.indexOf(nearest(rows, state.at));
    const row = (by) => rows[Math.min(Math.max(i + by, 0), rows.length - 1)]?.at_ms ?? 0;
    const moves = {
      ArrowRight: () => row(1), ArrowUp: () => row(1), ArrowLeft: () => row(-1), ArrowDown: () => row(-1),
      PageUp: () => state.at + frames.durationMs / 10, PageDown: () => state.at - frames.durationMs / 10,
      Home: () => 0, End: () => frames.durationMs,
    };
    if (event.key === " ") onToggle();
    else if (moves[event.key]) seek(moves[event.key]());
    else return;
    event.preventDefault();
  });
}

function pointers(element, svg, state, seek) {
  const at = (event) => seek(state.unscale(event.clientX - svg.getBoundingClientRect().left));
  element.addEventListener("pointerdown", (event) => {
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    at(event);
  });
  element.addEventListener("pointermove", (event) => event.buttons && at(event));
}

function layOut(svg, frames, lanes, width, state) {
  const narrow = width < NARROW;
  const left = narrow ? 4 : 116;
  const right = width - (narrow ? 4 : 56);
  const head = narrow ? 18 : 0;
  const height = lanes.reduce((sum, lane) => sum + lane.height + head, 0) + AXIS;
  state.x = (atMs) => left + (atMs / frames.durationMs) * (right - left);
  state.unscale = (pixels) => ((pixels - left) / (right - left)) * frames.durationMs;
  state.head = draw("g", { class: "playhead" },
    draw("line", { y1: 0, y2: height - AXIS }), draw("circle", { cy: height - AXIS, r: 5 }));
  let top = 0;
  const drawn = lanes.map((lane) => {
    top += head;
    const bottom = top + lane.height;
    const group = draw("g", {},
      draw("line", { x1: left, x2: right, y1: bottom, y2: bottom, class: "rule" }),
      lane.marks(state.x, top, bottom), names(lane, narrow, width, top, bottom));
    top = bottom;
    return group;
  });
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(name, value);
  fill(svg, drawn, axis(frames.durationMs, state.x, top, right - left), state.head);
}

function names(lane, narrow, width, top, bottom) {
  const y = narrow ? top - 4 : lane.note ? (top + bottom) / 2 : bottom - 10;
  const words = narrow && lane.note ? `${lane.label}, ${lane.note}` : lane.label;
  const name = `name${lane.strong ? " strong" : ""}`;
  return [
    draw("text", { x: narrow ? 4 : 0, y, class: name }, words),
    lane.note && !narrow && draw("text", { x: 0, y: y + 16, class: "note" }, lane.note),
    lane.value && draw("text", { x: width - (narrow ? 4 : 0), y, class: name, "text-anchor": "end" }, lane.value),
  ].filter(Boolean);
}

function axis(durationMs, x, top, width) {
  const seconds = durationMs / 1000;
  const most = Math.max(2, Math.floor(width / 70));
  const step = STEPS_S.find((one) => seconds / one <= most) ?? seconds / most;
  const ticks = Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, i) => 1000 * step * i);
  return ticks.map((at, i) => draw("g", { class: "tick" },
    draw("line", { x1: x(at), x2: x(at), y1: top, y2: top + 5 }),
    draw("text", { x: x(at), y: top + 20, "text-anchor": i === 0 ? "start" : x(at) > x(durationMs) - 14 ? "end" : "middle" }, clock(at))));
}
