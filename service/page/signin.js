// The first thing that is asked for: the key.

import { Api } from "./api.js";
import { button, fill, make } from "./dom.js";
import { problemBox } from "./problem.js";

/** Fill the view with the form; `onKey` gets a key that the service knows, and its networks. */
export function signIn(view, onKey) {
  const field = make("input", {
    id: "key", type: "password", autocomplete: "off", spellcheck: "false", autocapitalize: "none",
    required: true, placeholder: "sk_live_… or sk_test_…", "aria-describedby": "key-note",
  });
  const told = make("div", {});
  const go = make("button", { type: "submit", class: "primary" }, "Continue");
  const show = button("Show", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    show.textContent = hidden ? "Hide" : "Show";
    show.setAttribute("aria-pressed", String(hidden));
  }, { "aria-pressed": "false", "aria-label": "Show the key" });
  const form = make("form", { novalidate: true },
    make("label", { for: "key" }, "API key"),
    make("div", { class: "joined" }, field, show),
    make("p", { id: "key-note", class: "fine" },
      "Kept in this tab until you close it or forget it. A key that begins with sk_test_ tries the service without measuring anything."),
    told, make("div", { class: "actions" }, go));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    go.disabled = true;
    field.removeAttribute("aria-invalid");
    try {
      const key = field.value.trim();
      const { data } = await new Api(checked(key)).json("GET", "/v1/models");
      onKey(key, data);
    } catch (problem) {
      field.setAttribute("aria-invalid", "true");
      fill(told, problemBox(problem.status === 401 ? "The service does not know this key" : "Could not sign in", problem));
      field.focus();
    } finally {
      go.disabled = false;
    }
  });
  fill(view, make("section", { class: "card narrow" }, make("h1", { tabindex: "-1" }, "Enter your API key"), form));
}

/** A header cannot carry other characters; no key of the service has any, so it is simply unknown. */
function checked(key) {
  return /^[\x21-\x7e]+$/.test(key) ? key : "-";
}
