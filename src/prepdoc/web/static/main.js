// The page as a whole: a statement is brought, looked at, changed, prepared and saved.

import * as server from "./server.js";
import { Sheet } from "./sheet.js";
import { onPage, say, speak } from "./texts.js";

const SETTLED_MS = 350;
const WIDTHS = [50, 75, 100, 150, 200, 300];

const $ = (id) => document.getElementById(id);

let id = null;
let stopWatching = () => {};
let sheets = [];
let status = null;
let zoom = WIDTHS.indexOf(100);
let settling = 0;
const changed = new Set();
/** A page far down is drawn when it comes near: each takes the engine a moment. */
const nearing = new IntersectionObserver(come, { rootMargin: "50%" });
let why = "";
let letter = null;
const nothing = () => ({ drawn: [], stamp_at: null, masked: [], kept: [], allow: [] });
const choices = nothing();

// --- bringing -----------------------------------------------------------------------------------

/** Statements are pictures or PDFs, mails are text; of each kind the last counts. */
function bringAll(files) {
  for (const file of files) if (isLetter(file)) letter = file;
  const statement = [...files].findLast((file) => !isLetter(file));
  if (statement) bring(statement);
  else if (id) sendLetter();
  else if (letter) say_(say("statement-missing"));
}

function isLetter({ name }) {
  return /\.(eml|mbox|html?|txt)$/i.test(name);
}

async function bring(file) {
  leave();
  say_("");
  try {
    id = await server.put(file);
  } catch (error) {
    refuse(error.status === 413 ? say("too-large") : error.message || say("unreachable"));
    return;
  }
  follow();
}

function follow() {
  stopWatching = server.watch(id, told, () => refuse(say("unreachable")));
  if (letter) sendLetter();
}

async function sendLetter() {
  try {
    const asked = await server.bringLetter(id, letter);
    $("asked").textContent = asked.text;
    $("asked").hidden = false;
  } catch (error) {
    refuse(error.message || say("unreachable"));
  }
}

/** Forget the statement before another one comes. */
function leave() {
  stopWatching();
  if (id) server.drop(id).catch(() => {});
  id = status = null;
  sheets = [];
  changed.clear();
  Object.assign(choices, nothing());
  for (const part of ["work", "progress", "refused", "result", "asked"]) $(part).hidden = true;
  $("bring").hidden = false;
  $("file").value = "";
}

// --- what the server tells ----------------------------------------------------------------------

function told(now) {
  const before = status;
  status = now;
  $("progress").hidden = !["waiting", "reading", "preparing"].includes(now.state);
  $("bring").hidden = now.state !== "refused";
  $("refused").hidden = true;
  if (!$("progress").hidden) showProgress(now);
  if (now.state === "locked") askPassword(before);
  if (now.state === "refused") refuse(onPage(now.refused));
  if (now.state === "ready" && sheets.length === 0) begin(now);
  if (now.state === "ready" && now.refused) refuse(onPage(now.refused));
  if (now.state === "done" || now.checks.length) showResult(now);
  $("prepare").disabled = now.state === "preparing";
}

function showProgress({ state, stage, done, total }) {
  const key = { "": state === "preparing" ? "preparing" : "opening", read: "reading" }[stage] ?? stage;
  $("progress-title").textContent = say(key, { done, total });
  if (total) $("bar").value = done / total;
  else $("bar").removeAttribute("value");
}

function askPassword(before) {
  $("locked-said").textContent = before?.state === "reading" && $("password").value ? say("wrong-password") : "";
  $("password").value = "";
  if (!$("locked").open) $("locked").showModal();
}

function refuse(words) {
  $("progress").hidden = true;
  $("refused").textContent = words;
  $("refused").hidden = false;
  $("refused").scrollIntoView({ block: "nearest" });
}

function say_(words) {
  $("said").textContent = words;
}

// --- looking and changing -----------------------------------------------------------------------

function begin({ pages }) {
  say_(say("ready"));
  sheets = Array.from({ length: pages }, (_, i) => new Sheet(id, i + 1, choices, settle));
  $("pages").replaceChildren(...sheets.map((sheet) => sheet.element));
  $("work").hidden = false;
  showOthers();
  nearing.disconnect();
  for (const sheet of sheets) {
    changed.add(sheet.number);
    nearing.observe(sheet.element);
  }
  if (why) refuse(onPage(why));
  why = "";
}

function come(seen) {
  for (const { target, isIntersecting } of seen) {
    const sheet = sheets.find(({ element }) => element === target);
    if (sheet) sheet.isNear = isIntersecting;
  }
  lookAtChanged();
}

function lookAtChanged() {
  takeDetails();
  if (!choices.name || !choices.address || !choices.phone) return;
  for (const sheet of sheets) if (sheet.isNear && changed.delete(sheet.number)) sheet.look();
}

/** A page changed, or what all show: look again when it has stopped changing. */
function settle(number) {
  if (Number.isInteger(number)) changed.add(number);
  else for (const sheet of sheets) changed.add(sheet.number);
  clearTimeout(settling);
  settling = setTimeout(lookAtChanged, SETTLED_MS);
}

function takeDetails() {
  for (const [name, value] of new FormData($("details"))) choices[name] = value.trim();
  choices.language = "";
}

function showOthers() {
  $("others").hidden = !status?.others.length;
  $("others-list").replaceChildren(...(status?.others ?? []).map(other));
}

function other(one) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  const isMasked = choices.masked.includes(one.id);
  item.append(`${say("others-item", one)} `, button);
  button.type = "button";
  button.textContent = say(isMasked ? "unmask" : "mask");
  button.addEventListener("click", () => {
    choices.masked = isMasked ? choices.masked.filter((id) => id !== one.id) : [...choices.masked, one.id];
    showOthers();
    settle();
  });
  return item;
}

/** A mask in the middle of the first page that can be seen, to be moved with the arrow keys. */
function addMask() {
  const sheet = sheets.find(({ element }) => element.getBoundingClientRect().bottom > 100) ?? sheets[0];
  sheet.addMask();
}

// --- the result ---------------------------------------------------------------------------------

function showResult({ state, name, checks, reply }) {
  $("result").hidden = false;
  $("verdict").textContent = state === "done" ? say("proven") : "";
  $("download").hidden = state !== "done";
  $("download").textContent = say("download", { name });
  $("download").href = server.result(id);
  $("download").download = name ?? "";
  $("checks").replaceChildren(...checks.map(check));
  showReply(reply);
  if (state === "done") $("result").focus();
}

function showReply(reply) {
  $("reply").hidden = !reply;
  if (!reply) return;
  $("next").textContent = onPage(reply.next || reply.not);
  $("message").value = reply.text;
  $("message").hidden = $("copy").hidden = !reply.text;
  $("reply-files").replaceChildren(...reply.files.map((name) => saver(server.reply(id, name), name)));
}

function saver(address, name) {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.textContent = say("save-file", { name });
  return link;
}

function without(id) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = say("do-without", { id });
  button.addEventListener("click", () => {
    choices.allow.push(id);
    prepare();
  });
  return button;
}

function check({ id, outcome, seen, text, todo, allowed }) {
  const item = document.createElement("li");
  item.className = outcome;
  const mark = document.createElement("strong");
  mark.textContent = `${say(outcome)} ${id}`;
  item.append(mark, ` ${onPage(seen)}`);
  for (const words of outcome === "pass" ? [] : [text, todo]) {
    if (words) item.append(document.createElement("br"), onPage(words));
  }
  if (outcome === "fail" && !allowed && id !== "PAN-1") item.append(document.createElement("br"), without(id));
  return item;
}

function prepare() {
  takeDetails();
  $("result").hidden = true;
  server.prepare(id, choices).catch((error) => refuse(error.message || say("unreachable")));
  if ($("remember").checked) server.saveDetails(choices).catch(() => {});
}

// --- wiring -------------------------------------------------------------------------------------

$("file").addEventListener("change", (event) => bringAll(event.target.files));
$("letter").addEventListener("change", (event) => bringAll(event.target.files));
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    if (kind === "drop") bringAll(event.dataTransfer.files);
  });
}
$("cancel").addEventListener("click", () => (status?.state === "preparing" ? server.cancel(id) : leave()));
$("again").addEventListener("click", leave);
$("details").addEventListener("input", settle);
$("details").addEventListener("submit", (event) => {
  event.preventDefault();
  prepare();
});
$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText($("message").value);
  say_(say("copied"));
});
$("draw").addEventListener("click", ({ detail }) => {
  if (detail === 0) return addMask(); // pressed with a key: who has no mouse cannot drag
  const isDrawing = $("draw").getAttribute("aria-pressed") !== "true";
  $("draw").setAttribute("aria-pressed", isDrawing);
  for (const sheet of sheets) sheet.isDrawing = isDrawing;
  $("pages").classList.toggle("drawing", isDrawing);
});
for (const [name, step] of [["smaller", -1], ["larger", 1]]) {
  $(name).addEventListener("click", () => {
    zoom = Math.min(WIDTHS.length - 1, Math.max(0, zoom + step));
    $("pages").style.setProperty("--zoom", `${WIDTHS[zoom]}%`);
  });
}
$("unlock").addEventListener("submit", (event) => {
  if (event.submitter?.value === "leave") leave();
  else server.unlock(id, $("password").value).catch(() => refuse(say("unreachable")));
});
$("language").addEventListener("change", () => {
  speak($("language").value);
  for (const sheet of sheets) sheet.speak();
  if (status) told(status);
  showOthers();
});

const own = navigator.languages.map((one) => one.slice(0, 2)).find((one) => ["ja", "en"].includes(one)) ?? "en";
$("language").value = own;
speak(own);

/** The saved details, the profiles, and the statement that was named when prepdoc was started. */
async function start() {
  const { details, profiles, document: named, why: reason } = await server.start();
  for (const [name, value] of Object.entries(details)) $("details").elements[name].value = value;
  $("profile").append(new Option(say("by-itself"), ""));
  for (const [value, title] of Object.entries(profiles)) $("profile").append(new Option(title, value));
  server.stay(() => refuse(say("unreachable")));
  if (named) {
    id = named;
    why = reason;
    follow();
  }
}

start().catch((error) => refuse(error.message || say("unreachable")));
