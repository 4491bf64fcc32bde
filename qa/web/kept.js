// The conversations that this browser keeps, each under a key of its own: two pages do not overwrite each other.

import { asked, element, find, send, words } from "./parts.js";

const PREFIX = "dateline:";
const MOST_KEPT = 100; // conversations

let storage = null;
try {
  storage = window.localStorage;
} catch {
  // The browser is told to keep nothing.
}

let current = null; // the conversation that is shown, once it was kept: its key, and what this page kept there last

function read(key) {
  try {
    const { name, time, kept } = JSON.parse(storage.getItem(key));
    const answers = JSON.parse(kept).map(({ question, text }) => `${question} ${text}`);
    return { key, name: String(name), time, kept, text: answers.join(" ") };
  } catch {
    return { key, name: "?", time: 0, kept: "", text: "" };
  }
}

const stored = () =>
  Object.keys(storage ?? {})
    .filter((key) => key.startsWith(PREFIX))
    .map(read)
    .sort((one, other) => other.time - one.time);

// Keep a conversation: JSON of its answers. What another page did with the same one meanwhile stays as it is.
export function keep(said) {
  const answers = JSON.parse(said || "[]");
  if (!answers.length) {
    current = null;
    return listStored();
  }
  const kept = JSON.stringify(answers);
  const before = current && read(current.key);
  const ours = before && before.kept === current.kept;
  const key = ours ? current.key : `${PREFIX}${Date.now()}-${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  const name = ours ? before.name : answers[0].question.slice(0, 200);
  current = { key, kept };
  write(key, JSON.stringify({ name, time: Date.now(), kept }));
  for (const old of stored().slice(MOST_KEPT)) storage.removeItem(old.key);
  listStored();
}

function write(key, row) {
  for (;;) {
    try {
      return storage?.setItem(key, row);
    } catch { // full: the oldest goes
      const oldest = stored().filter((each) => each.key !== key).at(-1);
      if (!oldest) return;
      storage.removeItem(oldest.key);
    }
  }
}

function open({ key, kept }) {
  current = { key, kept };
  send({ do: "open", value: kept });
  if (innerWidth < 860) find("#stored").open = false;
}

function rename({ key, name, time, kept }) {
  asked(words.rename, [{ label: words.rename_to, value: name }], (better) => {
    if (better) write(key, JSON.stringify({ name: better, time, kept }));
    listStored();
  });
}

function remove({ key }) {
  storage.removeItem(key);
  if (key === current?.key) current = null;
  listStored();
}

function row(each) {
  const button = (act, told, attributes) => {
    const made = element("button", { type: "button", ...attributes }, told);
    made.addEventListener("click", () => act(each));
    return made;
  };
  const shown = each.key === current?.key ? { "aria-current": "true" } : {};
  return element(
    "li", {},
    button(open, each.name, { class: "open", dir: "auto", ...shown }),
    button(rename, words.rename, { "aria-label": `${words.rename}: ${each.name}` }),
    button(remove, words.delete, { "aria-label": `${words.delete}: ${each.name}` }),
  );
}

function listStored() {
  const list = find("#stored ul");
  if (!list) return;
  const wanted = find("#stored input").value.trim().toLowerCase();
  const shown = stored().filter(({ name, text }) => `${name} ${text}`.toLowerCase().includes(wanted));
  list.replaceChildren(...shown.map(row));
  if (!shown.length) list.append(element("li", { class: "hint" }, words.history_empty));
}

// The list of them under the box, with what saves the one that is shown.
export function showStored() {
  const before = find("#stored");
  const search = element("input", { type: "search", "aria-label": words.history_search, placeholder: words.history_search });
  search.addEventListener("input", listStored);
  const formats = ["md", "html", "json"].map((format) =>
    element("button", { type: "button", class: "act", name: "export", value: format }, words[`export_${format}`]),
  );
  const hint = element("p", { class: "hint" }, words.history_hint);
  const exports = element("p", { class: "exports" }, `${words.export}: `, ...formats);
  const inside = element("div", {}, search, element("ul"), hint, exports);
  const shown = element("details", { id: "stored" }, element("summary", {}, words.history), inside);
  shown.open = before?.open ?? false;
  before?.remove();
  find("#under-box").prepend(shown);
  listStored();
}

window.addEventListener("storage", listStored); // another page of this browser kept something
