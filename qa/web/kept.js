// The conversations that this browser keeps, each under a key of its own: two pages do not overwrite each other.

import { asked, element, find, leave, words } from "./parts.js";

const PREFIX = "dateline:";
const MOST_KEPT = 100; // conversations
const LONGEST = 1_950_000; // bytes of one that is sent back: the server takes no more

let storage = null;
try {
  storage = window.localStorage;
} catch {
  // The browser is told to keep nothing.
}

let current = null; // the conversation that is shown, once it was kept: its id, its key, what this page kept there last
let opened = null; // one that is being opened: its key, which becomes its id, and what is kept there
let removed = null; // the one that was deleted last: its key, its name, what was kept there

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

// Keep a conversation: JSON of its id and its answers. It takes the place of none but itself, and what another page did
// with the same one meanwhile stays as it is.
export function keep(said) {
  const { id, answers } = JSON.parse(said);
  removed = null;
  if (opened?.key === id) [current, opened] = [{ id, ...opened }, null];
  else if (current?.id !== id) current = null;
  if (!answers.length) return listStored();
  const kept = JSON.stringify(answers);
  const before = current && read(current.key);
  const ours = before && before.kept === current.kept;
  const key = ours ? current.key : `${PREFIX}${Date.now()}-${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  const name = ours ? before.name : answers[0].question.slice(0, 200);
  current = { id, key, kept };
  if (!ours || before.kept !== kept) write(key, JSON.stringify({ name, time: Date.now(), kept }));
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
  if (new Blob([JSON.stringify(JSON.stringify(kept))]).size > LONGEST) {
    find("#stored .hint[role]").textContent = words.too_long;
    return;
  }
  opened = { key, kept };
  leave({ do: "open", value: kept, text: key });
  if (innerWidth < 860) find("#stored").open = false;
}

function rename({ key, name }) {
  asked(words.rename, [{ label: words.rename_to, value: name }], (better) => {
    const row = storage.getItem(key);
    // As it is now: answers may have come while the name was being typed.
    if (better && row) write(key, JSON.stringify({ ...JSON.parse(row), name: better }));
    listStored();
    find(`#stored [data-key="${CSS.escape(key)}"] .rename`)?.focus();
  });
}

function remove({ key, name }) {
  removed = { key, name, row: storage.getItem(key) };
  storage.removeItem(key);
  listStored();
  find("#stored .undo").focus();
}

function undo() {
  const { key, row } = removed;
  removed = null;
  write(key, row);
  listStored();
  find(`#stored [data-key="${CSS.escape(key)}"] .open`)?.focus();
}

function row(each) {
  const button = (act, told, attributes) => {
    const made = element("button", { type: "button", ...attributes }, told);
    made.addEventListener("click", () => act(each));
    return made;
  };
  const shown = each.key === current?.key ? { "aria-current": "true" } : {};
  return element(
    "li", { "data-key": each.key },
    button(open, each.name, { class: "open", dir: "auto", ...shown }),
    button(rename, words.rename, { class: "rename", "aria-label": `${words.rename}: ${each.name}` }),
    button(remove, words.delete, { "aria-label": `${words.delete}: ${each.name}` }),
  );
}

function listStored() {
  const list = find("#stored ul");
  if (!list) return;
  const wanted = find("#stored input").value.trim().toLowerCase();
  const shown = stored().filter(({ name, text }) => `${name} ${text}`.toLowerCase().includes(wanted));
  list.replaceChildren(...shown.map(row));
  if (!shown.length && !removed) list.append(element("li", { class: "hint" }, wanted ? words.history_none : words.history_empty));
  if (!removed) return;
  const back = element("button", { type: "button", class: "undo" }, words.undo);
  back.addEventListener("click", undo);
  list.prepend(element("li", { class: "hint" }, element("bdi", {}, words.deleted.replace("{name}", () => removed.name)), back));
}

// The list of them under the box, with what saves the one that is shown.
export function showStored() {
  const before = find("#stored");
  const search = element("input", { type: "search", "aria-label": words.history_search, placeholder: words.history_search });
  search.addEventListener("input", listStored);
  const formats = ["md", "html", "json"].map((format) =>
    element("button", { type: "button", class: "act", name: "export", value: format }, words[`export_${format}`]),
  );
  const hint = element("p", { class: "hint", role: "status" }, words.history_hint);
  const exports = element("p", { class: "exports" }, `${words.export}: `, ...formats);
  const inside = element("div", {}, search, element("ul"), hint, exports);
  const shown = element("details", { id: "stored" }, element("summary", {}, words.history), inside);
  shown.open = before?.open ?? false;
  before?.remove();
  find("#under-box").prepend(shown);
  listStored();
}

window.addEventListener("storage", listStored); // another page of this browser kept something
