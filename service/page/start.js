// The first view: a recording, what is asked of it, and what was assessed lately.

import { fill, make } from "./dom.js";
import { options } from "./options.js";
import { recent } from "./recent.js";
import { source } from "./source.js";
import { ANALYSES } from "./words.js";

/** Fill the view; `onSend` gets the file and the request. */
export function start(view, api, networks, onSend) {
  const asked = options(networks);
  let file = null;
  const send = make("button", { type: "button", class: "primary", disabled: true }, "Upload and assess");
  const place = source((chosen) => {
    file = chosen;
    send.disabled = chosen === null;
    if (chosen) send.focus();
  });
  send.addEventListener("click", () => onSend(file, asked.request()));
  fill(view, make("div", { class: "columns" },
    make("section", { class: "card", "aria-labelledby": "new" },
      make("h1", { id: "new", tabindex: "-1" }, "New assessment"),
      place, asked.element, make("div", { class: "actions end" }, send)),
    make("div", { class: "side" }, recent(api), served(networks))));
}

function served(networks) {
  const usable = networks.filter((one) => one.task in ANALYSES);
  const entry = (one) => make("li", {},
    make("code", {}, one.name),
    make("span", { class: "fine" }, `${ANALYSES[one.task]}${one.demonstration ? ", demonstration weights" : ""}`));
  return make("section", { class: "card", "aria-labelledby": "served" },
    make("h2", { id: "served" }, "Networks served"),
    usable.length ? make("ul", { class: "plain" }, usable.map(entry)) : make("p", {}, "None. The operator must build the weights first."));
}
