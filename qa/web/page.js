// What the chat page does by itself: buttons, evidence, copies, files to save, news.
// Whatever was written by others enters the page through textContent alone.

import { keep, showStored } from "./kept.js";
import "./names.js";
import { ASKING, asked, box, element, fetchWords, find, isAnswering, leave, send, words } from "./parts.js";

const LOOK_AGAIN = 60_000; // milliseconds between two looks for new articles, while the page is seen

// Buttons: what they send is their name and value, but for those that say here what they do.
// While an answer is coming, those that ask or change the conversation do nothing; page.css shows them so.

const WAITING = [...ASKING, "edit", "good", "bad"];

const own = {
  copy: (button) => copy(button, answerText(button.closest(".answer"))),
  link: (button) => copy(button, `${location.origin}${location.pathname}?q=${encodeURIComponent(questionOf(button))}`),
  good: (button) => judge(button),
  bad: (button) => judge(button),
  whole: ({ name, value }) => {
    left = `evidence-${value.replace(":", "-")}`;
    send({ do: name, value });
  },
  back: ({ name, value }) => {
    waiting = left;
    send({ do: name, value });
  },
};

const PRESSABLE = "a.cite, button.act";
let down = null; // what the pointer went down on, and where
let up = -Infinity; // when a press was done without waiting for its click

const rests = ({ clientX, clientY }) => down && Math.hypot(clientX - down.clientX, clientY - down.clientY) < 5;

document.addEventListener("pointerdown", ({ target, clientX, clientY, button, isPrimary }) => {
  const part = button === 0 && isPrimary ? target.closest(PRESSABLE) : null;
  down = part && { part, clientX, clientY };
  up = -Infinity;
});

// What is under a pointer that rests may be drawn anew before it comes up again: then there is no click, or where it was
// a finger one of what is there now.
document.addEventListener("pointerup", (event) => {
  if (!rests(event) || down.part.isConnected) return;
  const { name, value } = down.part;
  up = event.timeStamp;
  press(name ? find(`button.act[name="${name}"][value="${CSS.escape(value)}"]`) : down.part);
});

// It may move away as well, where an answer grows above it: then the click is of what surrounds both.
document.addEventListener("click", (event) => {
  const part = event.target.closest(PRESSABLE) ?? (rests(event) ? down.part : null);
  if (part?.matches("a.cite")) event.preventDefault();
  if (event.timeStamp - up > 500) press(part);
  if (event.target.closest("#again")) leave({ do: "new" });
  if (event.target.closest(".label-wrap")) setTimeout(nameParts); // once it is open, or closed
});

function press(part) {
  down = null;
  if (!part) return;
  if (part.matches("a.cite")) return showCard(part.getAttribute("href").slice(1));
  const { name, value } = part;
  if (WAITING.includes(name) && isAnswering()) return;
  pressed = { name, value };
  (own[name] ?? (() => send({ do: name, value })))(part);
  const typing = matchMedia("(pointer: fine)").matches; // a finger would have the keyboard over what it asked for
  if (["edit", "cancel"].includes(name) || (typing && ASKING.includes(name))) box().focus();
}

let pressed = null; // the button that was pressed last

// What was pressed may be gone for what it did: the focus goes to what is nearest.
function keepFocus() {
  if (!pressed || document.activeElement !== document.body) return;
  const { name, value } = pressed;
  pressed = null;
  if (["good", "bad"].includes(name)) find(`#chat button[name=copy][value="${value}"]`)?.focus();
  if (name === "drop") (find("#chips button") ?? box()).focus();
}

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
  if (card && !find("#article .whole")) return mark(card);
  waiting = id;
  send({ do: "show", value: turn });
}

let waiting = null; // the card to go to, once the evidence of its turn is there
let left = null; // the card that a whole article was opened from

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

let about = null; // the question whose evidence is shown

function cardsChanged() {
  const before = about;
  about = find("#cards .asked")?.textContent ?? null;
  const card = waiting && document.getElementById(waiting);
  if (find("#article .whole")) return;
  if (card) mark(card);
  else if (about !== before) find("#evidence").scrollTop = 0;
}

function articleChanged() {
  const quote = find("#article #quote");
  const card = waiting && document.getElementById(waiting);
  if (quote) goTo(quote);
  else if (card) mark(card);
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
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not allowed, or a page that is not served over TLS from another machine
    const field = element("textarea", {}, text);
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  button.textContent = words.copied;
  setTimeout(() => (button.textContent = words[button.name]), 1500);
}

// Verdicts

function judge({ name, value }) {
  const why = { label: words[`why_${name}`], rows: 3 };
  const right = name === "bad" ? [{ label: words.right_words, rows: 2 }] : [];
  asked(words[name], [why, ...right], (text, better = "") => send({ do: name, value, text, words: better }));
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

let known = null; // the state of the archive that the visitor knows of
let announced = null; // the newest one that they were told of

async function look() {
  if (document.hidden) return;
  let holds;
  try {
    holds = await (await fetch("holdings")).json();
  } catch {
    return; // The server is gone for now; the next question says so.
  }
  known ??= holds;
  if (holds.generation === (announced ?? known).generation) return;
  announced = holds;
  send({ do: "news" });
  showNews(holds.articles - known.articles);
}

function showNews(more) {
  find("#news")?.remove();
  const form = words[`arrived.${new Intl.PluralRules(words.code).select(more)}`] ?? words.arrived;
  const said = more > 0 ? form.replace("{n}", more) : words.changed;
  const close = element("button", { type: "button", class: "close", "aria-label": words.cancel }, "×");
  const news = element("p", { id: "news", role: "status" }, said, " ", close);
  const read = () => {
    news.remove();
    known = announced;
  };
  close.addEventListener("click", read);
  const rows = document.querySelectorAll("#chat .answer");
  if (rows.length) {
    const again = element("button", { type: "button", class: "act", name: "again", value: rows.length - 1 }, words.again);
    again.addEventListener("click", read);
    close.before(again);
  }
  find("#conversation").prepend(news);
}

// Names for those who hear the page: in its language, and of the parts that gradio names by their HTML or not at all

function nameParts() {
  if (!words.code) return; // the page is not open yet
  for (const message of document.querySelectorAll("#chat [data-testid][aria-label]")) message.removeAttribute("aria-label");
  for (const example of document.querySelectorAll("#chat .example")) example.removeAttribute("aria-label");
  find("#chat .examples")?.setAttribute("role", "group"); // of buttons: a list would have to have items
  for (const opener of document.querySelectorAll("#under-box .label-wrap")) {
    opener.setAttribute("aria-expanded", opener.classList.contains("open"));
    find(".icon", opener).setAttribute("aria-hidden", "true");
  }
  find("#chat [role=log]")?.setAttribute("aria-label", words.conversation);
  find("#evidence").setAttribute("role", "region");
  find("#evidence").setAttribute("aria-label", words.evidence);
}

// Starting

async function speak(language) {
  if (!(await fetchWords(language))) return; // another was chosen meanwhile
  document.documentElement.lang = words.code;
  document.documentElement.dir = words.direction;
  showStored();
  nameParts();
}

function observe(selector, changed) {
  new MutationObserver(changed).observe(find(selector), { childList: true, subtree: true, characterData: true });
}

// What was set is set the next time: the server fills the page by these.
function remember(setting, value) {
  document.cookie = `dateline-${setting}=${value}; path=/; max-age=31536000; SameSite=Strict`;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("#settings input[type=radio]")) remember("mode", target.value);
  if (target.matches("#settings input:is([type=range], [type=number])")) remember("passages", target.value);
});

// A link may ask a question: once the server has opened the page. A language that was chosen is chosen the next time.
async function opened(language) {
  if (words.code) remember("language", language);
  await speak(language);
  const question = new URLSearchParams(location.search).get("q");
  if (!question?.trim()) return;
  history.replaceState(null, "", location.pathname);
  send({ do: "ask", value: question.slice(0, 2000) });
}

// What the server says to this script stands in hidden elements of the class "value", each in a part of its own.
const heard = {};

function hear() {
  for (const [part, act] of Object.entries({ spoken: opened, kept: keep, download: save })) {
    const value = find(`#${part} .value`)?.textContent ?? heard[part];
    if (value === heard[part]) continue;
    heard[part] = value;
    act(value);
  }
}

async function start() {
  observe("#chat", () => {
    nameParts();
    keepFocus();
  });
  observe("#chips", keepFocus);
  observe("#cards", cardsChanged);
  observe("#article", articleChanged);
  observe("#relay", hear);
  box().focus(); // the attribute for this would be read twice, which browsers complain of
  hear();
  await look();
  setInterval(look, LOOK_AGAIN);
  document.addEventListener("visibilitychange", look);
}

const ready = new MutationObserver(() => {
  const fields = ["asking", "command"].map((part) => `#${part} :is(input, textarea)`);
  const parts = [...fields, "#question textarea", "#chat", "#chips", "#cards", "#article", "#relay", "#under-box"];
  if (!parts.every((part) => find(part))) return;
  ready.disconnect();
  start();
});
ready.observe(document, { childList: true, subtree: true });
