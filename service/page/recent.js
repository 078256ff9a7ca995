// Assessments of this key, newest first, and a way to open one by its id.

import { button, fill, make } from "./dom.js";
import { problemBox } from "./problem.js";
import { moment, standing } from "./words.js";

const PAGE = 8;
const ID = /asm_[0-9a-f]{32}/;

/** Return the card with the list; it fills itself. */
export function recent(api) {
  const list = make("ul", { class: "recent" });
  const more = make("div", {});
  load(api, list, more, `/v1/assessments?limit=${PAGE}`);
  return make("section", { class: "card", "aria-labelledby": "recent" },
    make("h2", { id: "recent" }, "Recent assessments"), list, more, byId());
}

async function load(api, list, more, path) {
  try {
    const { data, next } = await api.json("GET", path);
    list.append(...data.map(entry));
    if (next) fill(more, button("Older", () => load(api, list, more, next), { class: "quiet" }));
    else fill(more, list.children.length ? null : make("p", { class: "fine" }, "None yet."));
  } catch (problem) {
    fill(more, problemBox("The list could not be read", problem, button("Try again", () => load(api, list, more, path))));
  }
}

function entry(assessment) {
  const { id, reference, created_at } = assessment;
  return make("li", {},
    make("a", { href: `#/${id}` }, make("span", { class: reference ? null : "code" }, reference ?? `${id.slice(0, 12)}…`),
      make("span", { class: "badge", "data-standing": assessment.outcome ?? assessment.status }, standing(assessment)),
      make("time", { datetime: created_at, class: "fine" }, moment(created_at))));
}

function byId() {
  const field = make("input", { id: "by-id", type: "text", placeholder: "asm_…", spellcheck: "false", autocomplete: "off", autocapitalize: "none" });
  const told = make("p", { class: "fine", role: "alert" });
  const form = make("form", { class: "by-id", novalidate: true }, make("label", { for: "by-id" }, "Open by id"),
    make("div", { class: "joined" }, field, make("button", { type: "submit" }, "Open")), told);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [id] = ID.exec(field.value) ?? [];
    told.textContent = id ? "" : "An id is asm_ and 32 of the characters 0-9 and a-f.";
    if (id) location.hash = `#/${id}`;
  });
  return form;
}
