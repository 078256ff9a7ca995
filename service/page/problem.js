// A problem as a person reads it: what to do, where it is wrong, and the id to tell the operator.

import { coded, make } from "./dom.js";

/** Return the box that tells a problem; `title` says what did not work. */
export function problemBox(title, problem, ...actions) {
  const known = problem.code !== undefined && problem.detail !== undefined;
  const detail = known ? problem.detail : `This page has a fault: ${problem.message}`;
  return make("div", { class: "problem", role: "alert" },
    make("p", { class: "title" }, title),
    make("p", {}, coded(detail)),
    problem.errors &&
      make("ul", {}, problem.errors.map((one) =>
        make("li", {}, make("code", {}, one.pointer || "/"), ` ${one.detail}`))),
    make("p", { class: "fine" }, "Code ", make("code", {}, known ? problem.code : "page"),
      ...(problem.requestId ? [" · Request ", make("code", {}, problem.requestId)] : [" · No answer, so no request id"])),
    actions.length ? make("div", { class: "actions" }, actions) : null);
}
