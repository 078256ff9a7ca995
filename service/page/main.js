// Which view is shown: the key, the start, an upload, an assessment on its way, or as it ended.
//
//   no key ─▶ sign in ─▶ #/ ─▶ upload ─▶ #/asm_… (live, then ended) ─▶ receipt

import { receipt } from "./actions.js";
import { Api } from "./api.js";
import { announce, button, fill, make } from "./dom.js";
import { live } from "./live.js";
import { problemBox } from "./problem.js";
import { ended } from "./result.js";
import { sending } from "./sending.js";
import { key } from "./session.js";
import { signIn } from "./signin.js";
import { start } from "./start.js";

const ROUTE = /^#\/(asm_[0-9a-f]{32})$/;

const view = document.getElementById("main");
const recordings = new Map(); // by assessment, as long as this tab is open
const state = { networks: null, leaving: new AbortController() };

async function show() {
  state.leaving.abort();
  state.leaving = new AbortController();
  tellSession();
  const [, id] = ROUTE.exec(location.hash) ?? [];
  if (key.get() === null) return signIn(view, entered);
  const api = new Api(key.get());
  const { signal } = state.leaving;
  try {
    if (id) await one(api, id, signal);
    else await first(api);
  } catch (problem) {
    if (signal.aborted) return undefined;
    if (problem.status === 401) return forget(problem);
    fill(view, problemBox(id ? "The assessment could not be read" : "The service could not be asked", problem,
      button("Try again", show, { class: "primary" }), make("a", { class: "button", href: "#/" }, "Back to the start")));
  }
  return undefined;
}

async function first(api) {
  title("New assessment");
  state.networks ??= (await api.json("GET", "/v1/models")).data;
  start(view, api, state.networks, (file, request) => {
    title("Uploading");
    sending(view, api, { file, request, signal: state.leaving.signal }, (created) => {
      recordings.set(created.id, file);
      location.hash = `#/${created.id}`;
    }, show);
    focus();
  });
}

async function one(api, id, signal) {
  title("Assessment");
  const last = await live(view, api, id, signal);
  if (signal.aborted || last === null) return;
  ended(view, api, last, recordings.get(id), (told) => {
    recordings.delete(id);
    receipt(view, told);
    focus();
  });
  announce(view.querySelector("h1").textContent);
  focus();
}

function entered(value, networks) {
  key.set(value);
  state.networks = networks;
  show().then(focus);
}

function forget(problem = null) {
  key.forget();
  state.networks = null;
  recordings.clear();
  show().then(focus);
  if (problem) view.prepend(problemBox("The service no longer knows this key", problem));
}

function tellSession() {
  const value = key.get();
  const place = document.getElementById("session");
  if (value === null) return fill(place);
  return fill(place, make("span", { class: "fine" }, "Key ", make("code", {}, `${value.slice(0, 8)}…${value.slice(-4)}`)),
    button("Forget", () => forget(), { "aria-label": "Forget the key" }));
}

function focus() {
  view.querySelector("h1")?.focus();
  scrollTo(0, 0);
}

function title(words) {
  document.title = `${words} – mien`;
}

// A file that misses the drop zone must not replace the page.
for (const event of ["dragover", "drop"]) addEventListener(event, (happened) => happened.preventDefault());
addEventListener("hashchange", () => {
  if (location.hash === "" || location.hash.startsWith("#/")) show().then(focus);
});
show();
