// How numbers, times and names are said, the same as in the printed report.

export const ANALYSES = {
  severity: "Severity estimate",
  expression: "Expression shown",
  micro_expressions: "Micro-expressions",
};

export const STATUSES = {
  queued: "Queued",
  processing: "Processing",
  succeeded: "Ended",
  failed: "Failed",
  canceled: "Canceled",
  expired: "Expired",
};

export const STAGES = {
  queued: "Waiting for a worker",
  starting: "Starting",
  scoring: "Decoding, finding the face, scoring",
  aggregating: "Putting the result together",
  done: "Done",
};

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Return a name of the API as words. */
export const plain = (name) => String(name).replaceAll("_", " ");

/** Return a share in [0, 1] as whole per cent. */
export const percent = (share) => `${Math.round(100 * share)} %`;

/** Return media time as minutes and seconds, with tenths where they matter. */
export function clock(milliseconds) {
  const tenths = Math.round(milliseconds / 100);
  const minutes = Math.floor(tenths / 600);
  const rest = tenths - 600 * minutes;
  const seconds = String(Math.floor(rest / 10)).padStart(2, "0");
  return rest % 10 ? `${minutes}:${seconds}.${rest % 10}` : `${minutes}:${seconds}`;
}

/** Return how long something lasted: seconds, from a minute on minutes and seconds. */
export const lasting = (milliseconds) =>
  (milliseconds < 59_950 ? `${(milliseconds / 1000).toFixed(1)} s` : `${clock(milliseconds)} min`);

/** Return a number of bytes with its unit. */
export function bytes(count) {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Return a wait as a person would say it. */
export function wait(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** Return a time of the API in the reader's own time zone. */
export function moment(timestamp) {
  const at = new Date(timestamp);
  return at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** Return how an assessment stands, in one or two words. */
export function standing({ status, outcome, result }) {
  if (status !== "succeeded") return STATUSES[status] ?? plain(status);
  if (outcome === "withheld") return "Withheld";
  return result?.withheld?.length ? "Reported in part" : "Reported";
}

/** Return a manifest's entry, a licence or evidence, as words. */
export function told(value) {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(told).join(", ");
  if (typeof value !== "object") return String(value);
  return Object.entries(value).map(([name, one]) => `${plain(name)}: ${told(one)}`).join("; ");
}
