// What the page's scripts have in common: elements, small dialogs, words, and how the server is told something.

export const find = (selector, within = document) => within.querySelector(selector);
export const box = () => find("#question textarea");

export function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

// What asks a question: the server answers one at a time, so that these wait for an answer that is coming.
export const ASKING = ["ask", "again", "any_time", "unfiltered", "without"];
export const isAnswering = () => find("#question .stop-button") !== null;

// Hidden fields stand for all buttons; they are sent as by the Enter key.
export function send(command) {
  const part = ASKING.includes(command.do) ? "asking" : "command";
  const field = find(`#${part} :is(input, textarea)`);
  const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set;
  set.call(field, JSON.stringify(command));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
}

// An answer that is coming belongs to the conversation that is shown: it is stopped before another is.
export function leave(command) {
  if (!isAnswering()) return send(command);
  find("#question .stop-button").click();
  const stopped = new MutationObserver(() => {
    if (isAnswering()) return;
    stopped.disconnect();
    send(command);
  });
  stopped.observe(find("#question"), { childList: true, subtree: true });
}

// The words of the page, in the language that was asked for last.

export let words = {};
let wanted = "";

export async function fetchWords(language) {
  wanted = language;
  const fetched = await (await fetch(`texts/${language}`)).json();
  if (wanted === language) words = fetched;
  return wanted === language;
}

// A dialog with a field for each thing that is asked; `done` gets what was typed.
export function asked(title, fields, done) {
  const labels = fields.map(({ label, value = "", rows }) => {
    const field = rows ? element("textarea", { rows, maxlength: 1000 }) : element("input", { maxlength: 200 });
    field.value = value;
    return element("label", {}, label, field);
  });
  const cancel = element("button", { type: "button" }, words.cancel);
  const buttons = element("p", {}, cancel, element("button", { value: "send" }, words.send));
  const form = element("form", { method: "dialog" }, ...labels, buttons);
  const dialog = element("dialog", { class: "asks", "aria-label": title }, form);
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { // the focus is back where it was
    dialog.remove();
    if (dialog.returnValue === "send") done(...labels.map((label) => label.lastChild.value.trim()));
  });
  document.body.append(dialog);
  dialog.showModal();
}
