// The timeline of an assessment: its rows, and the columns of a plot, as many for a long
// recording as for a short one. A gap in the values stays a gap.

import { lines } from "./api.js";

const SLOTS = 600;
const GAP = 2.5;

/** Read the rows of the timeline, in the order of media time. */
export async function readRows(api, path) {
  const rows = [];
  for await (const line of lines(await api.ask("GET", path))) if (line) rows.push(JSON.parse(line));
  return rows;
}

/** Return the rows thinned to columns: { columns: [{ at, rows }], durationMs, gapMs }. */
export function thinned(rows, durationMs) {
  const slotMs = Math.max(durationMs, 1) / SLOTS;
  const slots = new Map();
  for (const row of rows) {
    const slot = Math.min(Math.floor(row.at_ms / slotMs), SLOTS);
    if (!slots.has(slot)) slots.set(slot, []);
    slots.get(slot).push(row);
  }
  const columns = [...slots.values()].map((own) => ({ at: mean(own.map((row) => row.at_ms)), rows: own }));
  const lastMs = rows.at(-1)?.at_ms ?? 0;
  const intervalMs = durationMs / Math.max(rows.length, 1);
  return { columns, durationMs: Math.max(durationMs, lastMs, 1), gapMs: GAP * Math.max(intervalMs, slotMs) };
}

/** Return stretches of [media time, value] between gaps; `valueOf` may answer undefined. */
export function runs({ columns, gapMs }, valueOf) {
  const points = columns
    .map(({ at, rows }) => [at, mean(rows.map(valueOf).filter((value) => value !== undefined))])
    .filter(([, value]) => value !== undefined);
  const steps = points.slice(1).map(([at], i) => at - points[i][0]);
  const longest = steps.length ? Math.max(gapMs, GAP * median(steps)) : gapMs;
  const found = [];
  points.forEach((point, i) => {
    if (i === 0 || point[0] - points[i - 1][0] > longest) found.push([]);
    found.at(-1).push(point);
  });
  return found;
}

/** Return the row that is nearest to the media time, or undefined. */
export function nearest(rows, atMs) {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].at_ms < atMs) low = middle + 1;
    else high = middle;
  }
  const before = rows[low - 1];
  return before && atMs - before.at_ms < rows[low].at_ms - atMs ? before : rows[low];
}

function mean(values) {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
