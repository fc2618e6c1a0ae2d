// What the page asks its server; every address is relative to the page's own, which holds the token.

import { labelled, language, onPage, say } from "./texts.js";

/** An answer other than the one hoped for; `message` is for the person, `status` the HTTP code. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  const address = new URL(path, document.baseURI);
  address.searchParams.set("lang", language());
  let answer;
  try {
    answer = await fetch(address, { cache: "no-store", ...options });
  } catch {
    throw new Refused(0, "");
  }
  if (!answer.ok) {
    const told = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, complaint(told));
  }
  return answer;
}

/** What was refused, or which of the fields cannot be used, in the page's own words. */
function complaint({ refused, choice }) {
  if (choice) return say("bad-choice", { what: labelled(choice) });
  return refused ? onPage(refused) : "";
}

/** What the page begins with: saved details, profiles, a statement named already. */
export async function start() {
  return (await ask("start")).json();
}

/** Tell the server that this page is open; `lost` is called when there is none any more. */
export function stay(lost) {
  new EventSource(new URL("alive", document.baseURI)).onerror = (event) => {
    event.target.close();
    lost();
  };
}

/** Bring the mail that asks; returns what it asks. */
export async function bringLetter(id, file) {
  return (await ask(`documents/${id}/letter`, { method: "POST", body: file })).json();
}

export function saveDetails(choices) {
  return ask("details", { method: "POST", body: JSON.stringify(choices) });
}

export function reply(id, file) {
  return `documents/${id}/reply/${file}`;
}

/** Bring a file; returns its id. */
export async function put(file) {
  const answer = await ask(`documents?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
  return (await answer.json()).id;
}

/** Call `told` with every status of a document; returns what ends it. */
export function watch(id, told, lost) {
  const events = new EventSource(new URL(`documents/${id}/events`, document.baseURI));
  events.onmessage = (event) => told(JSON.parse(event.data));
  events.onerror = () => { events.close(); lost(); };
  return () => events.close();
}

export function unlock(id, password) {
  return ask(`documents/${id}/password`, { method: "POST", body: password });
}

export function cancel(id) {
  return ask(`documents/${id}/cancel`, { method: "POST" });
}

export function drop(id) {
  return ask(`documents/${id}`, { method: "DELETE" });
}

/** What a page would look like; its picture is at `after` then. */
export async function look(id, number, choices) {
  const answer = await ask(`documents/${id}/pages/${number}/after`, { method: "POST", body: JSON.stringify(choices) });
  return answer.json();
}

export function before(id, number) {
  return `documents/${id}/pages/${number}/before`;
}

/** `turn` makes the address new, so that the browser fetches the picture anew. */
export function after(id, number, turn) {
  return `documents/${id}/pages/${number}/after?turn=${turn}`;
}

export function prepare(id, choices) {
  return ask(`documents/${id}/prepare`, { method: "POST", body: JSON.stringify(choices) });
}

export function result(id) {
  return `documents/${id}/result`;
}
