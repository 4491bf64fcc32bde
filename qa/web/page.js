// What the chat page does by itself: buttons, the conversations that this browser keeps, files to save, news.
// Whatever was written by others enters the page through textContent alone.
"use strict";

const PREFIX = "dateline:";
const MOST_KEPT = 100; // conversations
const LOOK_AGAIN = 60_000; // milliseconds between two looks for new articles, while the page is seen

const find = (selector, within = document) => within.querySelector(selector);
const box = () => find("#question textarea");
let words = {};
let current = null; // the conversation that is shown, once it was kept

// Saying something to the server: a hidden field stands for all buttons; it is sent as by the Enter key.

function send(command) {
  const field = find("#command :is(input, textarea)");
  const set = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set;
  set.call(field, JSON.stringify(command));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
}

const told = {
  copy: (button) => copy(button, answerText(button.closest(".answer"))),
  link: (button) => copy(button, `${location.origin}${location.pathname}?q=${encodeURIComponent(questionOf(button))}`),
  good: (button) => judge(button),
  bad: (button) => judge(button),
};

document.addEventListener("click", (event) => {
  const cite = event.target.closest("a.cite");
  if (cite) {
    event.preventDefault();
    showCard(cite.getAttribute("href").slice(1));
    return;
  }
  const button = event.target.closest("button.act");
  if (!button) return;
  const { name, value } = button;
  (told[name] ?? (() => send({ do: name, value })))(button);
  if (["edit", "cancel", "ask"].includes(name)) box().focus();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, dialog");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box().focus();
  }
  if (event.key === "Escape" && !typing) find("#evidence button[name=back]")?.click();
});

// Evidence

function showCard(id) {
  const [, turn] = id.split("-");
  const card = document.getElementById(id);
  if (card) return mark(card);
  waiting = id;
  send({ do: "show", value: turn });
}

let waiting = null; // the card to go to, once the evidence of its turn is there

function mark(card) {
  waiting = null;
  for (const other of document.querySelectorAll("#evidence .card.shown")) other.classList.remove("shown");
  card.classList.add("shown");
  goTo(card);
}

function goTo(element) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.setAttribute("tabindex", "-1");
  element.focus({ preventScroll: true });
  element.scrollIntoView({ behavior: still ? "auto" : "smooth", block: element.matches("mark") ? "center" : "nearest" });
}

function evidenceChanged() {
  const card = waiting && document.getElementById(waiting);
  if (card) mark(card);
  const quote = find("#evidence .whole #quote");
  if (quote) goTo(quote);
  const back = find("#evidence .whole button[name=back]");
  if (!back && find("#evidence .card")) find("#evidence").scrollTop = waiting ? find("#evidence").scrollTop : 0;
}

// Copying

const questionOf = (button) => {
  const rows = [...document.querySelectorAll("#chat .question, #chat .answer")];
  const before = rows.slice(0, rows.indexOf(button.closest(".answer"))).reverse();
  return find("p", before.find((row) => row.matches(".question"))).innerText;
};

const answerText = (answer) => {
  const quotes = [...answer.querySelectorAll("a.cite[title]")].map((cite) => `${cite.innerText} ${cite.title}`);
  return [find(".said, .refusal", answer).innerText, "", ...new Set(quotes)].join("\n").trim();
};

async function copy(button, text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else { // a page that is not served over TLS from another machine
    const field = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  const before = button.textContent;
  button.textContent = words.copied;
  setTimeout(() => (button.textContent = before), 1500);
}

// Small dialogs

function element(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

function asked(fields, done) {
  const labels = fields.map(({ label, value = "", rows }) => {
    const field = rows ? element("textarea", { rows, maxlength: 1000 }) : element("input", { maxlength: 200 });
    field.value = value;
    return element("label", {}, label, field);
  });
  const cancel = element("button", { type: "button" }, words.cancel);
  const dialog = element(
    "dialog", { class: "asks" },
    element("form", { method: "dialog" }, ...labels, element("p", {}, cancel, element("button", {}, words.send))),
  );
  cancel.addEventListener("click", () => dialog.close());
  find("form", dialog).addEventListener("submit", () => done(...labels.map((label) => label.lastChild.value.trim())));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function judge({ name, value }) {
  const why = { label: words[`why_${name}`], rows: 3 };
  const right = name === "bad" ? [{ label: words.right_words, rows: 2 }] : [];
  asked([why, ...right], (text, better = "") => send({ do: name, value, text, words: better }));
}

// The conversations that this browser keeps, each under a key of its own: two pages do not overwrite each other.

const stored = () =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => {
      try {
        return { key, ...JSON.parse(localStorage.getItem(key)) };
      } catch {
        return { key, name: "?", time: 0, kept: "[]" };
      }
    })
    .sort((one, other) => other.time - one.time);

function keep(kept) {
  if (!kept || kept === "[]") {
    current = null;
    return listStored();
  }
  const key = current ?? `${PREFIX}${Date.now()}-${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  const before = JSON.parse(localStorage.getItem(key) ?? "{}");
  const name = before.name ?? JSON.parse(kept)[0].question.slice(0, 200);
  current = key;
  for (;;) {
    try {
      localStorage.setItem(key, JSON.stringify({ name, time: Date.now(), kept }));
      break;
    } catch { // full: the oldest goes
      const oldest = stored().filter((each) => each.key !== key).at(-1);
      if (!oldest) break;
      localStorage.removeItem(oldest.key);
    }
  }
  for (const old of stored().slice(MOST_KEPT)) localStorage.removeItem(old.key);
  listStored();
}

function listStored() {
  const list = find("#stored ul");
  if (!list) return;
  const wanted = find("#stored input").value.trim().toLowerCase();
  const shown = stored().filter(({ name, kept }) => !wanted || `${name} ${kept}`.toLowerCase().includes(wanted));
  list.replaceChildren(
    ...shown.map(({ key, name, time, kept }) => {
      const open = element("button", { type: "button", class: "open", dir: "auto" }, name);
      if (key === current) open.setAttribute("aria-current", "true");
      open.addEventListener("click", () => {
        current = key;
        send({ do: "open", value: kept });
        find("#stored").open = innerWidth >= 860 && find("#stored").open;
      });
      const rename = element("button", { type: "button", "aria-label": `${words.rename}: ${name}` }, words.rename);
      rename.addEventListener("click", () =>
        asked([{ label: words.rename_to, value: name }], (better) => {
          if (better) localStorage.setItem(key, JSON.stringify({ name: better, time, kept }));
          listStored();
        }),
      );
      const remove = element("button", { type: "button", "aria-label": `${words.delete}: ${name}` }, words.delete);
      remove.addEventListener("click", () => {
        localStorage.removeItem(key);
        if (key === current) current = null;
        listStored();
      });
      return element("li", {}, open, rename, remove);
    }),
  );
  if (!shown.length) list.append(element("li", { class: "hint" }, words.history_empty));
}

function showStored() {
  find("#stored")?.remove();
  const search = element("input", { type: "search", "aria-label": words.history_search, placeholder: words.history_search });
  search.addEventListener("input", listStored);
  const hint = element("p", { class: "hint" }, words.history_hint);
  const formats = ["md", "html", "json"].map((format) => {
    const button = element("button", { type: "button", class: "act", name: "export", value: format }, words[`export_${format}`]);
    return button;
  });
  const exports = element("p", { class: "exports" }, `${words.export}: `, ...formats);
  const summary = element("summary", {}, words.history);
  const stored = element("details", { id: "stored" }, summary, element("div", {}, search, element("ul"), hint, exports));
  find("#under-box").prepend(stored);
  listStored();
}

// A file that the server made of the conversation: {"name", "type", "text"}.

function save(made) {
  if (!made) return;
  const { name, type, text } = JSON.parse(made);
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = element("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

// New articles: a look now and then, and when the page is seen again.

let known = null;

async function look() {
  if (document.hidden) return;
  try {
    const holds = await (await fetch("holdings")).json();
    if (known && holds.generation !== known.generation) {
      const more = holds.articles - known.articles;
      const said = more === 1 ? words["arrived.one"] : more > 1 ? words.arrived.replace("{n}", more) : words.changed;
      showNews(said);
    }
    known ??= holds;
  } catch {
    // The server is gone for now; the next question says so.
  }
}

function showNews(said) {
  find("#news")?.remove();
  const rows = document.querySelectorAll("#chat .answer");
  const close = element("button", { type: "button", class: "close", "aria-label": words.cancel }, "×");
  const news = element("p", { id: "news", role: "status" }, said, " ", close);
  close.addEventListener("click", () => news.remove());
  if (rows.length) {
    const again = element("button", { type: "button", class: "act", name: "again", value: rows.length - 1 }, words.again);
    again.addEventListener("click", () => { news.remove(); known = null; look(); });
    close.before(again);
  }
  find("#conversation").prepend(news);
}

// Starting

async function speak(language) {
  words = await (await fetch(`texts/${language}`)).json();
  document.documentElement.lang = words.code;
  document.documentElement.dir = words.direction;
  showStored();
}

function observe(selector, changed) {
  new MutationObserver(changed).observe(find(selector), { childList: true, subtree: true, characterData: true });
}

// What the server says to this script stands in hidden elements of the class "value", each in a part of its own.
const heard = {};

function hear() {
  for (const [part, act] of Object.entries({ spoken: speak, kept: keep, download: save })) {
    const value = find(`#${part} .value`)?.textContent ?? heard[part];
    if (value === heard[part]) continue;
    heard[part] = value;
    act(value);
  }
}

async function start() {
  observe("#evidence", evidenceChanged);
  observe("#relay", hear);
  await speak("en");
  hear();
  const question = new URLSearchParams(location.search).get("q");
  if (question?.trim()) {
    history.replaceState(null, "", location.pathname);
    send({ do: "ask", value: question.slice(0, 2000) });
  }
  await look();
  setInterval(look, LOOK_AGAIN);
  document.addEventListener("visibilitychange", look);
}

const ready = new MutationObserver(() => {
  if (!["#command :is(input, textarea)", "#evidence", "#relay", "#under-box"].every((part) => find(part))) return;
  ready.disconnect();
  start();
});
ready.observe(document, { childList: true, subtree: true });
