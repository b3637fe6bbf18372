import * as api from "./requests.js";

const find = (id) => document.getElementById(id);
const [search, composer, body, suggestions] = ["search", "composer", "body", "suggestions"].map(find);

let shownTag = null;

// Showing

function tagButton(tag, pressed, text = tag) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tag";
  button.textContent = text;
  button.dataset.tag = tag;
  button.setAttribute("aria-pressed", pressed);
  return button;
}

function tagLabel(tag) {
  const label = document.createElement("span");
  label.className = "tag";
  label.textContent = tag;
  return label;
}

function noteItem(note) {
  const item = find("note").content.cloneNode(true);
  const time = item.querySelector("time");
  const remove = item.querySelector("button");
  item.querySelector(".body").textContent = note.body;
  item.querySelector(".tags").append(...note.tags.map(tagLabel));
  time.dateTime = note.created_at;
  time.textContent = new Date(note.created_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  remove.setAttribute("aria-label", `Delete the note: ${note.body.slice(0, 60)}`);
  remove.addEventListener("click", attempt(async () => {
    await api.deleteNote(note.id);
    await refresh();
  }));
  return item;
}

function show(notes, counts) {
  find("notes").replaceChildren(...notes.map(noteItem));
  find("notes").setAttribute("aria-busy", "false");
  find("filters").replaceChildren(
    ...counts.map(({ tag, notes }) => tagButton(tag, tag === shownTag, `${tag} ${notes}`)),
  );
  find("empty").hidden = notes.length > 0;
  find("empty").textContent = search.value || shownTag ? "Nothing found." : "No notes yet. Write the first one.";
}

// Asking. Only the newest question is shown: an older answer may arrive later.

let newest = 0;

async function refresh() {
  const question = ++newest;
  const words = search.value.trim();
  const notes = words ? api.searchNotes(words) : shownTag ? api.notesWithTag(shownTag) : api.listNotes();
  const answers = await Promise.all([notes, api.countTags()]);
  if (question === newest) show(...answers);
}

async function suggest() {
  const text = body.value.trim();
  const tags = text ? await api.suggestTags(text).catch(() => []) : [];
  if (text === body.value.trim()) suggestions.replaceChildren(...tags.map((tag) => tagButton(tag, true)));
}

async function add() {
  const chosen = suggestions.querySelectorAll("[aria-pressed=true]");
  await api.addNote(body.value, [...chosen].map((button) => button.dataset.tag));
  composer.reset();
  suggestions.replaceChildren();
  search.value = "";
  shownTag = null;
  await refresh();
}

async function showVersion() {
  const version = await api.apiVersion().catch(() => "away");
  if (find("version").textContent !== version) find("version").textContent = version;
}

// Acting

function attempt(action) {
  return async () => {
    try {
      await action();
      find("problem").hidden = true;
    } catch (error) {
      find("problem").textContent = error.message;
      find("problem").hidden = false;
    }
  };
}

function afterPause(action, milliseconds = 250) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
}

composer.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.submitter.disabled = true;
  await attempt(add)();
  event.submitter.disabled = false;
  body.focus();
});

body.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) composer.requestSubmit(composer.querySelector(".primary"));
});

suggestions.addEventListener("click", ({ target }) => {
  if (target.dataset.tag) target.setAttribute("aria-pressed", target.getAttribute("aria-pressed") !== "true");
});

find("filters").addEventListener("click", ({ target }) => {
  if (!target.dataset.tag) return;
  shownTag = target.dataset.tag === shownTag ? null : target.dataset.tag;
  search.value = "";
  attempt(refresh)();
});

search.addEventListener("input", afterPause(() => {
  shownTag = null;
  attempt(refresh)();
}));

// Watch it change during a release.
setInterval(() => document.hidden || showVersion(), 3000);
showVersion();
attempt(refresh)();

const flags = await api.readFlags();
find("flags").textContent = flags.length ? `Flags: ${flags.join(", ")}` : "";
if (flags.includes("suggest-tags")) body.addEventListener("input", afterPause(suggest));
