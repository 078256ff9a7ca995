// Elements without markup: whatever comes from the server becomes a text node or an attribute.

const SVG = "http://www.w3.org/2000/svg";

/** Return an HTML element. `on` holds listeners; true, false and null make or leave out attributes. */
export function make(tag, properties = {}, ...children) {
  return dress(document.createElement(tag), properties, children);
}

/** Return an SVG element. */
export function draw(tag, properties = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), properties, children);
}

function dress(element, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...present(children));
  return element;
}

function present(children) {
  return children.flat(2).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Put the children in place of what is there. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** Return words with what stands between backticks as code. */
export function coded(words) {
  return words.split("`").map((part, i) => (i % 2 ? make("code", {}, part) : part));
}

/** Return a button. */
export function button(words, onClick, properties = {}) {
  return make("button", { type: "button", ...properties, on: { click: onClick } }, words);
}

/** Return a list of terms and what they are; entries without a value are left out. */
export function facts(entries, properties = {}) {
  const shown = entries.filter(([, value]) => value !== null && value !== undefined && value !== "");
  const pairs = shown.map(([term, value]) =>
    make("div", {}, make("dt", {}, term), make("dd", {}, value)));
  return make("dl", { class: "facts", ...properties }, pairs);
}

/** Return a table; columns whose name begins with "#" hold numbers. */
export function table(caption, columns, rows, foot = null) {
  const number = columns.map((name) => name.startsWith("#"));
  const cells = (row) =>
    row.map((cell, i) => make(i ? "td" : "th", { scope: i ? null : "row", class: number[i] ? "n" : null }, cell));
  const heads = columns.map((name, i) =>
    make("th", { scope: "col", class: number[i] ? "n" : null }, name.replace("#", "")));
  return make("table", {},
    make("caption", { class: "unseen" }, caption),
    make("thead", {}, make("tr", {}, heads)),
    make("tbody", {}, rows.map((row) => make("tr", {}, cells(row)))),
    foot && make("tfoot", {}, make("tr", {}, cells(foot))));
}

/** Save the blob as a file. */
export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Tell a screen reader, without moving the focus. */
export function announce(words) {
  document.getElementById("announcer").textContent = words;
}

/** Return a line of text with its name and a note, as { element, value }. */
export function textField(id, name, note, most) {
  const input = make("input", { id, type: "text", maxlength: most, autocomplete: "off", "aria-describedby": `${id}-note` });
  const element = make("div", { class: "field" }, make("label", { for: id }, name), input,
    make("p", { id: `${id}-note`, class: "fine" }, note));
  return { element, value: () => input.value.trim() };
}
