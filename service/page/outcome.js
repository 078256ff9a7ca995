// How an assessment ended, first of all: reported, withheld and why, or failed and what to do.

import { coded, facts, make } from "./dom.js";
import { ANALYSES, lasting, moment, plain, standing } from "./words.js";

const TITLES = {
  Withheld: "Withheld: no numbers are reported",
  Canceled: "Canceled",
  Expired: "Expired: it was not finished before its deadline",
};

/** Return the head of the view. */
export function headOf(assessment) {
  const { id, created_at: created, recording_erased_at: erasedAt, reference, result } = assessment;
  const words = standing(assessment);
  const quality = result?.quality;
  return make("header", { class: "head" },
    make("p", { class: "fine" }, make("a", { href: "#/" }, "All assessments")),
    make("h1", { tabindex: "-1" }, TITLES[words] ?? words),
    make("p", { class: "fine code" }, id),
    facts([
      ["Reference", reference],
      ["Received", moment(created)],
      ["Recording", quality && `${lasting(quality.duration_ms)}, ${quality.width} × ${quality.height}`],
      ["Recording erased", erasedAt && moment(erasedAt)],
      ["Intended use", result && plain(result.intended_use)],
    ]));
}

/** Return the box of what must be told beside the numbers. */
export function notices(result) {
  return result.notices.length
    ? make("section", { class: "notices", "aria-label": "Notices" }, result.notices.map((one) => make("p", {}, one)))
    : null;
}

/** Return one card for each analysis that has no number: what there was, what it takes, what to do. */
export function withheldCards(result) {
  return result.withheld.map((one) => {
    const heading = `withheld-${one.analysis}-${one.model ?? "all"}`;
    return make("section", { class: "card withheld", "aria-labelledby": heading },
      make("h2", { id: heading }, `${ANALYSES[one.analysis] ?? plain(one.analysis)}${one.model ? ` by ${one.model}` : ""}: withheld`),
      make("p", { class: "reason" }, plain(one.code)),
      facts([["Found", one.have], ["Needed", one.need], ["What to do", make("span", {}, coded(one.advice))]], { class: "facts rows" }));
  });
}

/** Return the card of an assessment that ended without a result. */
export function failureCard({ status, error, attempts }) {
  if (!error) {
    return make("section", { class: "card" }, make("p", {}, status === "canceled"
      ? "It was canceled before it had a result. Send the recording again to assess it."
      : "It ended without a result. Send the recording again to assess it."));
  }
  return make("section", { class: "card problem-card", "aria-label": "Why it failed" },
    facts([
      ["Code", make("code", {}, error.code)],
      ["What to do", make("span", {}, coded(error.detail))],
      ["Sending it again", error.retryable ? "The same recording can succeed another time." : "The same recording will fail again."],
      ["Attempts", String(attempts)],
    ], { class: "facts rows" }));
}
