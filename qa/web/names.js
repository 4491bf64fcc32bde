// Names that the archive has, offered while one is being typed into the box.

import { box, element, find, words } from "./parts.js";

const MOST = 5; // names that are offered at once
const BEGUN = /[\p{L}\p{N}][\p{L}\p{N}&'’.-]+$/u; // two signs at least, up to the caret

let names = null; // once somebody types
let offered = []; // as they stand in the list
let active = -1; // the one that Enter takes

async function known() {
  names ??= fetch("names").then((answer) => answer.json()).catch(() => []);
  return names;
}

const begun = (field) => field.value.slice(0, field.selectionStart).match(BEGUN)?.[0] ?? "";

async function offer(field) {
  const typed = begun(field).toLowerCase();
  const all = typed ? await known() : [];
  if (typed !== begun(field).toLowerCase()) return; // more was typed meanwhile
  const starts = (name) => name.toLowerCase().split(" ").some((word) => word.startsWith(typed));
  show(all.filter((name) => name.toLowerCase() !== typed && starts(name)).slice(0, MOST));
}

function show(found) {
  offered = found;
  active = -1;
  find("#names")?.remove();
  const field = box();
  field.setAttribute("aria-autocomplete", "list");
  field.removeAttribute("aria-activedescendant");
  field.removeAttribute("aria-controls");
  if (!found.length) return;
  const options = found.map((name, number) => {
    const option = element("li", { role: "option", id: `name-${number}`, dir: "auto" }, name);
    option.addEventListener("mousedown", (event) => {
      event.preventDefault(); // the box keeps the focus
      take(number);
    });
    return option;
  });
  const list = element("ul", { id: "names", role: "listbox", "aria-label": words.names }, ...options);
  field.closest(".input-container").append(list);
  field.setAttribute("aria-controls", "names");
}

function move(step) {
  const places = offered.length + 1; // in the list, and in the box
  active = ((active + 1 + step + places) % places) - 1;
  find("#names").childNodes.forEach((option, number) => option.setAttribute("aria-selected", number === active));
  if (active < 0) box().removeAttribute("aria-activedescendant");
  else box().setAttribute("aria-activedescendant", `name-${active}`);
}

function take(number) {
  const field = box();
  const name = offered[number];
  field.setRangeText(`${name} `, field.selectionStart - begun(field).length, field.selectionStart, "end");
  show([]);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (event.target === box()) offer(event.target);
});
document.addEventListener("focusout", (event) => {
  if (event.target === box()) show([]);
});

// In the capturing phase: gradio asks the question at Enter.
document.addEventListener("keydown", (event) => {
  if (event.target !== box() || !offered.length || event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps) move(steps[event.key]);
  else if (event.key === "Escape") show([]);
  else if (event.key === "Enter" && active >= 0) take(active);
  else {
    if (event.key === "Enter") show([]);
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}, true);
