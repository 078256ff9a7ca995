// What can be done with a result: read the report, take the timeline along, delete everything.

import { button, facts, fill, make, save, table } from "./dom.js";
import { problemBox } from "./problem.js";
import { moment, plain } from "./words.js";

/** The groups of downloads: [what, [words, address, the file's name after the id]...]. */
const downloads = ({ timeline, segments, self, receipt: signed, fhir }) => [
  ["Timeline", ["CSV", `${timeline}?format=csv`, "csv"], ["JSON Lines", `${timeline}?format=jsonl`, "jsonl"], ["WebVTT", `${timeline}?format=vtt`, "vtt"]],
  ["Events", ["CSV", `${segments}?format=csv`, "segments.csv"], ["JSON Lines", `${segments}?format=jsonl`, "segments.jsonl"]],
  ["Result", ["JSON", self, "json"], ["FHIR R5", `${fhir}?release=r5`, "r5.fhir.json"], ["FHIR R4", `${fhir}?release=r4`, "r4.fhir.json"], ["Signed receipt", signed, "receipt.json"]],
];

/** Return the row of actions; `onDeleted` gets the receipt. */
export function actions(api, assessment, onDeleted) {
  const place = make("div", {});
  const guard = (title, act) => async () => {
    try {
      fill(place);
      await act();
    } catch (problem) {
      fill(place, problemBox(title, problem));
    }
  };
  const { id, urls, status } = assessment;
  const get = (address, ending) => async () => save(await api.blob(address), `${id}.${ending}`);
  const results = status !== "succeeded" ? [] : [
    button("Open the report", guard("The report could not be read", () => report(api, assessment)), { class: "primary" }),
    downloads(urls).map(([what, ...forms]) => make("div", { class: "group", role: "group", "aria-label": `Download: ${what.toLowerCase()}` },
      make("span", { class: "fine" }, what),
      forms.map(([words, address, ending]) => button(words, guard("It could not be read", get(address, ending)), { "aria-label": `${what} as ${words}` })))),
  ];
  const erase = button("Delete…", () => confirmed(guard("It could not be deleted", async () => onDeleted(await api.json("DELETE", urls.self)))), { class: "danger" });
  return make("div", {}, make("div", { class: "actions" }, results, erase), place);
}

/** The report is a blob here: its frame is a sandbox without scripts, origin or forms. */
async function report(api, { id, urls }) {
  const blob = await api.blob(urls.report);
  const address = URL.createObjectURL(blob);
  const frame = make("iframe", { sandbox: "", src: address, title: "Report" });
  const dialog = make("dialog", { class: "report", "aria-label": "Report" },
    make("div", { class: "actions" },
      make("a", { class: "button", href: address, target: "_blank", rel: "noopener" }, "Open in a new tab to print"),
      button("Save", () => save(blob, `${id}.html`)), button("Close", () => dialog.close(), { class: "primary" })), frame);
  open(dialog, () => setTimeout(() => URL.revokeObjectURL(address), 60_000));
}

function confirmed(act) {
  const dialog = make("dialog", { "aria-labelledby": "erase-title" },
    make("h2", { id: "erase-title" }, "Delete this assessment?"),
    make("p", {}, "The recording, the request and the result are erased and cannot be recovered."),
    make("div", { class: "actions end" }, button("Keep it", () => dialog.close(), { autofocus: true }),
      button("Delete", () => { dialog.close(); act(); }, { class: "danger" })));
  open(dialog, () => {});
}

function open(dialog, onClose) {
  document.body.append(dialog);
  dialog.addEventListener("close", () => { dialog.remove(); onClose(); });
  dialog.showModal();
}

/** Fill the view with what was erased. */
export function receipt(view, { id, deleted_at: at, erased }) {
  const gone = (one) => [plain(one.class), one.at ? moment(one.at) : "at an unknown time"];
  fill(view, make("section", { class: "card narrow" },
    make("h1", { tabindex: "-1" }, "Deleted"),
    make("p", {}, "Nothing of it can be recovered. This is the receipt."),
    facts([["Assessment", make("span", { class: "code" }, id)], ["Deleted", moment(at)]]),
    make("h2", {}, "Erased"),
    table("What was erased, and when", ["What", "#Erased"], erased.map(gone)),
    make("div", { class: "actions" }, make("a", { class: "button primary", href: "#/" }, "New assessment"))));
}
