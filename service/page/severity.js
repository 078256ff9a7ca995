// The severity estimate of one network: the number, its interval and bands as a picture, its evidence.

import { draw, fill, make } from "./dom.js";
import { percent, plain, told } from "./words.js";

const BANDS = [["minimal", 0, 14], ["mild", 14, 20], ["moderate", 20, 29], ["severe", 29, 63]];
const HIGHEST = 63;
const NARROW = 460;

/** Return the card of one estimate. */
export function severityCard(estimate) {
  const { model, point, interval, bands, band, evidence, demonstration } = estimate;
  const heading = `severity-${model}`;
  return make("section", { class: "card", "aria-labelledby": heading },
    make("h2", { id: heading }, "Severity estimate ", make("span", { class: "by" }, `by ${model}`)),
    make("p", { class: "headline" }, make("strong", {}, point.toFixed(1)), " of 63, on a scale aligned to BDI-II"),
    make("p", {}, interval
      ? `${percent(interval.level)} interval ${interval.low.toFixed(1)} to ${interval.high.toFixed(1)} (${plain(interval.method)}, ${interval.n} calibration videos).`
      : "No interval: these weights have no calibration."),
    demonstration ? make("p", { class: "flag" }, "Demonstration weights: the number has no clinical meaning.") : null,
    make("figure", {}, scale(estimate), make("figcaption", {}, "Diamond: the estimate. Bar: its interval. Fields: BDI-II bands by name.")),
    changed(estimate),
    bands ? make("figure", {}, make("h3", {}, "Probability of each band"), bars(bands), make("figcaption", {}, named(bands, band))) : null,
    make("h3", {}, "Evidence and its limits"),
    make("p", { class: "fine" }, evidence ? evidenced(evidence) : "These weights come with no evidence."),
    make("p", { class: "fine" }, "For comparison: the best reviewed networks that see video only err by 7.1 and 6.6 points (RMSE) on AVEC 2013 and 2014, "
      + "where 17 of 42 test persons are also in training; answering the same number for everyone errs by 11.5."));
}

/** Say which band is likeliest, or why none is named. */
function named(bands, band) {
  if (band) return `Likeliest is ${band}, with ${percent(bands[band])}.`;
  const [[first, one], [second, other]] = Object.entries(bands).sort((a, b) => b[1] - a[1]);
  return `No band is named: ${first} (${percent(one)}) and ${second} (${percent(other)}) are about as likely.`;
}

const VERDICTS = { higher: "higher than the baseline", lower: "lower than the baseline", no_reliable_change: "no reliable change" };

function changed({ change, change_withheld: withheld }) {
  if (withheld) return make("p", {}, `No change is stated: ${plain(withheld)}.`);
  if (!change) return null;
  const { point_difference: difference, smallest_detectable: smallest, verdict } = change;
  const signed = `${difference > 0 ? "+" : ""}${difference.toFixed(1)}`;
  return make("p", {}, make("strong", {}, `Change: ${VERDICTS[verdict] ?? plain(verdict)}`),
    `, ${signed} points; only more than ${smallest.toFixed(1)} points count.`);
}

function evidenced(evidence) {
  const { data, protocol, unit, n, rmse, constant_rmse: constant } = evidence;
  if (!(data && rmse?.value)) return `${told(evidence)}.`;
  const range = rmse.low === undefined ? "" : ` (${rmse.low.toFixed(1)} to ${rmse.high.toFixed(1)})`;
  const against = constant ? `; answering the same number for everyone errs by ${constant.toFixed(1)} there` : "";
  const how = [n && unit ? `${n} ${unit}s` : null, protocol].filter(Boolean).join("; ");
  return `On ${data}${how ? ` (${how})` : ""} this network errs by ${rmse.value.toFixed(1)} points (RMSE)${range}${against}.`;
}

function scale(estimate) {
  const { point, interval } = estimate;
  const within = interval ? `, interval ${interval.low} to ${interval.high}` : "";
  const spoken = `${point} on a scale from 0 to 63 aligned to BDI-II${within}.`;
  const svg = draw("svg", { role: "img", "aria-label": spoken, class: "scale" });
  const place = make("div", { class: "drawn" }, svg);
  new ResizeObserver(() => layOut(svg, estimate, place.clientWidth)).observe(place);
  return place;
}

function layOut(svg, { point, interval }, width) {
  if (width === 0) return;
  const [top, bottom] = width < NARROW ? [40, 80] : [24, 64];
  const x = (score) => 8 + (score / HIGHEST) * (width - 16);
  const fields = BANDS.map(([name, low, high], i) => draw("g", {},
    draw("rect", { x: x(low), y: top, width: x(high) - x(low) - (i < 3 ? 2 : 0), height: bottom - top, class: `band-${i}` }),
    draw("text", { x: (x(low) + x(high)) / 2, y: top - (width < NARROW && i % 2 ? 24 : 8), "text-anchor": "middle" }, name)));
  const edges = [0, 14, 20, 29, 63].map((score) =>
    draw("text", { x: x(score), y: bottom + 18, "text-anchor": score === 0 ? "start" : score === HIGHEST ? "end" : "middle", class: "note" }, String(score)));
  const middle = (top + bottom) / 2;
  const whisker = interval ? [
    draw("line", { x1: x(interval.low), x2: x(interval.high), y1: middle, y2: middle, class: "interval" }),
    ...[interval.low, interval.high].map((end) => draw("line", { x1: x(end), x2: x(end), y1: middle - 9, y2: middle + 9, class: "interval" })),
  ] : [];
  const at = x(point);
  const diamond = draw("polygon", { points: `${at},${middle - 11} ${at + 9},${middle} ${at},${middle + 11} ${at - 9},${middle}`, class: "point" });
  const height = bottom + 24;
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) svg.setAttribute(name, value);
  fill(svg, fields, edges, whisker, diamond);
}

function bars(bands) {
  const row = ([name, share]) => {
    const bar = make("span", { class: "bar" }, make("span", {}));
    bar.firstChild.style.width = `${100 * share}%`;
    return make("tr", {}, make("th", { scope: "row" }, name), make("td", { class: "grow" }, bar), make("td", { class: "n" }, percent(share)));
  };
  return make("table", { class: "bars" }, make("caption", { class: "unseen" }, "Probability of each BDI-II band"),
    make("tbody", {}, Object.entries(bands).map(row)));
}
