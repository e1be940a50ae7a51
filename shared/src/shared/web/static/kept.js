// What people type into a form stays in this tab until the server has taken it: over a reload, over a session that has
// ended, over a server that does not answer. It is shown again where it was typed, and sent only by the person.
//
// It is kept in the tab's own sessionStorage, which goes with the tab, since computers are shared; under a mark of the
// person, so that nobody else who signs in here is shown it; and never what is hidden, secret, or a file.

const PREFIX = "praksis-typed ";
const TAKEN_COOKIE = "praksis_taken_", SIGNED_OUT_COOKIE = "praksis_signed_out";
const SIGNED_OUT = "praksis-signed-out"; // in localStorage, the moment at which somebody last signed out in this browser
const NEVER = ["hidden", "password", "file", "submit", "button", "image", "reset"];
const person = document.body.dataset.person ?? "";
const shownAgain = new WeakMap(); // by form, the names of what was kept when the page was shown

const keyOf = (form) => PREFIX + addressOf(form.getAttribute("action"));
const addressOf = (address) => { const url = new URL(address, location.href); return url.pathname + url.search; };

function keepable(form) {
  return form?.tagName === "FORM" && form.getAttribute("method") === "post"
    && !["/sign-in", "/sign-out"].includes(addressOf(form.getAttribute("action"))) && !("carries" in form.dataset);
}

function fieldsOf(form) {
  return [...form.elements].filter((field) => field.name && !field.disabled && !NEVER.includes(field.type));
}

/** The values of each field, by its name: as they are, or as the page came with them. */
function valuesOf(form, asItCame = false) {
  const values = {};
  for (const field of fieldsOf(form)) {
    const list = (values[field.name] ??= []);
    if (field.type === "checkbox" || field.type === "radio") {
      if (asItCame ? field.defaultChecked : field.checked) list.push(field.value);
    } else if (field.tagName === "SELECT") {
      const chosen = [...field.options].filter((option) => (asItCame ? option.defaultSelected : option.selected));
      list.push(...(chosen.length || field.multiple ? chosen : [field.options[0]]).map((option) => option?.value ?? ""));
    } else list.push(asItCame ? field.defaultValue : field.value);
  }
  return values;
}

const same = (some, others) => some !== undefined && others !== undefined && some.join("\n") === others.join("\n");

function read(key) {
  try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
}

function write(key, entry) {
  try {
    if (entry) sessionStorage.setItem(key, JSON.stringify(entry));
    else sessionStorage.removeItem(key);
  } catch { /* a browser without storage, or a full one: the page works as without this script */ }
}

function keys() {
  try { return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; }
}

/** Keep what differs from what the page came with, with what the page itself says along with those fields. */
function keep(form, sending = {}) {
  const now = valuesOf(form), came = valuesOf(form, true), again = shownAgain.get(form) ?? [];
  const names = Object.keys(now).filter((name) => again.includes(name) || !same(now[name], came[name]));
  const along = [...form.elements].filter((field) => ["*", ...names].includes(field.dataset.keptWith));
  write(keyOf(form), names.length === 0 ? null : {
    person,
    at: Date.now(),
    fields: Object.fromEntries(names.map((name) => [name, now[name]])),
    along: Object.fromEntries(along.map((field) => [field.name, field.value])),
    ...sending,
  });
}

function put(form, entry) {
  const now = valuesOf(form);
  const changed = Object.keys(entry.fields).filter((name) => now[name] && !same(now[name], entry.fields[name]));
  for (const field of fieldsOf(form).filter((each) => changed.includes(each.name))) {
    const values = entry.fields[field.name];
    field.closest("details.praksis-folded")?.setAttribute("open", "");
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field.tagName === "SELECT") for (const option of field.options) option.selected = values.includes(option.value);
    else field.value = values[0] ?? "";
  }
  for (const field of form.elements) {
    if (field.name in entry.along && ["*", ...changed].includes(field.dataset.keptWith)) field.value = entry.along[field.name];
  }
  return changed.length > 0;
}

function showAgain(form) {
  const entry = read(keyOf(form));
  if (!entry || entry.person !== person) return;
  shownAgain.set(form, Object.keys(entry.fields));
  const isAnswered = entry.sending !== undefined && entry.sending === document.body.dataset.answered;
  if (!put(form, entry) || isAnswered) return; // the page that answers a sending says itself what is wrong
  form.dataset.shownAgain = "";
  form.dispatchEvent(new CustomEvent("praksis:shown-again"));
  if (form.hasAttribute("hx-post")) return; // it is saved by itself, and says so
  const notice = document.getElementById("kept-words").content.firstElementChild.cloneNode(true);
  notice.querySelector("button").addEventListener("click", () => { forget(form); form.reset(); notice.remove(); });
  if (!form.querySelector("input[type=file]")) notice.querySelector("[data-files]").remove();
  form.before(notice);
}

function forget(form) {
  shownAgain.delete(form);
  write(keyOf(form), null);
}

/** What the server has is what the page came with, from now on. */
function taken(form) {
  for (const field of fieldsOf(form)) {
    if (field.type === "checkbox" || field.type === "radio") field.defaultChecked = field.checked;
    else if (field.tagName === "SELECT") for (const option of field.options) option.defaultSelected = option.selected;
    else field.defaultValue = field.value;
  }
  forget(form);
}

/** The names of the cookies by which the server tells this script what it may forget. */
function told(beginning) {
  return document.cookie.split("; ").map((each) => each.split("=")[0]).filter((name) => name.startsWith(beginning));
}

const drop = (cookie) => { document.cookie = `${cookie}=; path=/; max-age=0; samesite=lax`; };

/** What another tab has sent is told to that one: its cookie stays until then, or until it is too old. */
function forgetTaken() {
  const cookies = told(TAKEN_COOKIE);
  for (const key of keys()) {
    const cookie = TAKEN_COOKIE + read(key)?.sending;
    if (!cookies.includes(cookie)) continue;
    write(key, null);
    drop(cookie);
  }
}

function noticeSigningOut() {
  if (told(SIGNED_OUT_COOKIE).length === 0) return;
  drop(SIGNED_OUT_COOKIE);
  keys().forEach((key) => write(key, null));
  try { localStorage.setItem(SIGNED_OUT, Date.now()); } catch { /* other tabs are not told then */ }
}

/** What is another's goes, and what is of a time before somebody signed out, in whatever tab; from the fields too, since
 * a browser fills them in again by itself when the page is loaded anew. */
function forgetOthers() {
  let signedOut = 0;
  try { signedOut = Number(localStorage.getItem(SIGNED_OUT)); } catch { /* as if nobody had */ }
  for (const key of keys()) {
    const entry = read(key);
    const isOwn = !person || entry?.person === person;
    if (isOwn && entry?.at > signedOut) continue;
    write(key, null);
    for (const form of document.forms) if (keepable(form) && keyOf(form) === key) form.reset();
  }
}

/** A sign-in page carries along what was typed, for browsers without this; here the form's own page shows it again. */
function carryNothingTwice() {
  const sent = keys().map((key) => read(key)?.sentTo);
  for (const carried of document.querySelectorAll("[data-carries]")) if (sent.includes(carried.dataset.carries)) carried.remove();
}

function begin() {
  forgetTaken();
  noticeSigningOut();
  forgetOthers();
  carryNothingTwice();
  for (const form of document.forms) if (keepable(form)) showAgain(form);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => { if (keepable(event.target.form)) keep(event.target.form); });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!keepable(form)) return;
  const sending = [...crypto.getRandomValues(new Uint32Array(4))].join("-");
  keep(form, { sending, sentTo: addressOf(event.submitter?.getAttribute("formaction") ?? form.getAttribute("action")) });
  form.querySelector("input[name=_taken][data-own]")?.remove();
  if (!read(keyOf(form))) return;
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "_taken", value: sending });
  field.dataset.own = "";
  form.append(field);
});

document.addEventListener("praksis:taken", (event) => taken(event.target));

/** Nobody is shown a page any more that was somebody's, with fields that were emptied without a word. */
function leaveSignedOut() {
  forgetOthers();
  if (!person) return;
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), { capture: true });
  location.replace("/signed-out?elsewhere=true");
}

window.addEventListener("storage", ({ key }) => { if (key === SIGNED_OUT) leaveSignedOut(); });

window.addEventListener("pageshow", (event) => { if (event.persisted) begin(); });

begin();
