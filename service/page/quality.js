// The frame ledger: every sampled frame was used, or rejected for one reason.

import { make, table } from "./dom.js";
import { lasting, percent, plain } from "./words.js";

/** Return the card of the recording's quality. */
export function qualityCard({ frames, face_time_ms: face, duration_ms: duration }) {
  const rejected = Object.entries(frames.rejected).filter(([, count]) => count);
  const sum = rejected.reduce((total, [, count]) => total + count, 0);
  const rows = [["used", String(frames.used)], ...rejected.map(([name, count]) => [`rejected: ${plain(name)}`, String(count)])];
  return make("section", { class: "card", "aria-labelledby": "quality" },
    make("h2", { id: "quality" }, "Quality of the recording"),
    make("p", {}, `Usable face time: ${lasting(face)} of ${lasting(duration)}. Every sampled frame was used, or rejected for one reason.`),
    make("figure", {}, bar(frames, sum), make("figcaption", {}, "Filled: used. Hatched: rejected.")),
    table("What became of the sampled frames", ["Frames", "#Count"], rows,
      ["sampled = used + rejected", `${frames.sampled} = ${frames.used} + ${sum}`]));
}

function bar(frames, rejected) {
  const part = (name, count) => {
    const box = make("span", { class: name });
    box.style.flexGrow = count;
    return count ? box : null;
  };
  const share = frames.sampled ? percent(frames.used / frames.sampled) : "none";
  return make("div", { class: "ledger", role: "img", "aria-label": `${frames.used} of ${frames.sampled} sampled frames used, ${share}; ${rejected} rejected` },
    part("used", frames.used), part("rejected", rejected));
}
