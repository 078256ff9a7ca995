// What the caller states: who is assessed, where, in which setting, and what was agreed to.

import { make, textField } from "./dom.js";

/** Return the fields as { element, value }; `value()` is their part of the request. */
export function stated() {
  const parts = [subject(), context(), consent()];
  return {
    element: make("div", {}, parts.map((one) => one.element)),
    value: () => Object.assign({}, ...parts.map((one) => one.value())),
  };
}

function subject() {
  const select = make("select", { id: "subject" },
    make("option", { value: "" }, "the only person; withheld if there are more"),
    make("option", { value: "largest" }, "the person with the largest face"));
  const element = make("fieldset", {}, make("legend", {}, "Who is assessed"),
    make("label", { for: "subject" }, "Of several people"), select);
  return { element, value: () => (select.value ? { subject: { select: select.value } } : {}) };
}

function context() {
  const jurisdiction = textField("jurisdiction", "Jurisdiction", "A country or a part of one, after ISO 3166: DE, US-CA.", 6);
  const age = make("input", { id: "age", type: "number", min: 0, max: 130, inputmode: "numeric" });
  const language = textField("language", "Language spoken", "After BCP 47: de, en-GB.", 35);
  const setting = textField("setting", "Setting", "Where it was recorded, in your words: home, clinic.", 64);
  const element = make("fieldset", {}, make("legend", {}, "Person and place"),
    make("p", { class: "fine" }, "A result can be withheld where a network does not hold or a rule forbids it."),
    jurisdiction.element, make("div", { class: "field" }, make("label", { for: "age" }, "Age in years"), age),
    language.element, setting.element);
  const value = () => {
    const given = Object.entries({
      jurisdiction: jurisdiction.value(),
      age_years: age.value === "" ? "" : Number(age.value),
      language: language.value(),
      setting: setting.value(),
    }).filter(([, one]) => one !== "");
    return given.length ? { context: Object.fromEntries(given) } : {};
  };
  return { element, value };
}

function consent() {
  const policy = textField("policy", "Policy version", "Your name for the text that was agreed to.", 64);
  const at = make("input", { id: "obtained", type: "datetime-local" });
  const scopes = textField("scopes", "Scopes", "Names of analyses, with commas between: severity, expression, micro_expressions.", 400);
  const element = make("fieldset", {}, make("legend", {}, "Consent"),
    make("p", { class: "fine" }, "What the person agreed to, as you state it; kept with the request."),
    policy.element, make("div", { class: "field" }, make("label", { for: "obtained" }, "Obtained at"), at), scopes.element);
  const value = () => {
    if (!policy.value() && !at.value) return {};
    const list = scopes.value().split(",").map((one) => one.trim()).filter(Boolean);
    return { consent: {
      policy_version: policy.value(),
      obtained_at: at.value ? new Date(at.value).toISOString() : "",
      ...(list.length ? { scopes: list } : {}),
    } };
  };
  return { element, value };
}
