// What the page asks the API and the model. Every function throws an Error whose message a person can read.

async function request(path, options) {
  const answer = await fetch(path, options).catch(() => {
    throw new Error("The server cannot be reached.");
  });
  if (!answer.ok) {
    const { detail } = await answer.json().catch(() => ({}));
    throw new Error(typeof detail === "string" ? `Sorry: ${detail}.` : `Sorry, that did not work (${answer.status}).`);
  }
  return answer.status === 204 ? null : answer.json();
}

const query = (path, values) => `${path}?${new URLSearchParams(values)}`;

export const listNotes = () => request("/api/notes");
export const notesWithTag = (tag) => request(query("/api/notes", { tag }));
export const searchNotes = (q) => request(query("/api/notes/search", { q }));
export const deleteNote = (id) => request(`/api/notes/${id}`, { method: "DELETE" });
export const countTags = () => request("/api/tags");
export const apiVersion = async () => (await request("/api/version")).version;

export const addNote = (body, tags) =>
  request("/api/notes", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ body, tags }),
  });

// The model is a service of its own, on its own route. The page works without it.
export const suggestTags = async (text) =>
  (await request(query("/model/tags", { text: text.slice(0, 1000) }))).tags.map(({ tag }) => tag);

// The `environment` of the site in homeport.yaml: the same files serve every target.
export const readFlags = async () => {
  const { FLAGS = "" } = await request("/config.json").catch(() => ({}));
  return FLAGS.split(/[\s,]+/).filter(Boolean);
};
