// What people type into a form stays in this tab until the server has taken it: over a reload, over a session that has
// ended, over a server that does not answer. It is shown again where it was typed, and sent only by the person.
//
// It is kept in the tab's own sessionStorage, which goes with the tab, since computers are shared; under a mark of the
// person, so that nobody else who signs in here is shown it; and never what is hidden, secret, or a file.

const PREFIX = "praksis-typed ";
const TAKEN_COOKIE = "praksis_taken";
const NEVER = ["hidden", "password", "file", "submit", "button", "image", "reset"];
const person = document.body.dataset.person ?? "";
const signedOut = new BroadcastChannel("praksis-signed-out");
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

function forgetTaken() {
  const sending = document.cookie.split("; ").find((each) => each.startsWith(`${TAKEN_COOKIE}=`))?.split("=")[1];
  for (const key of keys()) if (sending && read(key)?.sending === sending) write(key, null);
  if (sending) document.cookie = `${TAKEN_COOKIE}=; path=/; max-age=0; samesite=lax`;
}

function forgetOthers() {
  for (const key of keys()) if (person && read(key)?.person !== person) write(key, null);
}

/** A sign-in page carries along what was typed, for browsers without this; here the form's own page shows it again. */
function carryNothingTwice() {
  const sent = keys().map((key) => read(key)?.sentTo);
  for (const carried of document.querySelectorAll("[data-carries]")) if (sent.includes(carried.dataset.carries)) carried.remove();
}

function begin() {
  forgetTaken();
  forgetOthers();
  carryNothingTwice();
  for (const form of document.forms) if (keepable(form)) showAgain(form);
}

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => { if (keepable(event.target.form)) keep(event.target.form); });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (addressOf(form.getAttribute("action")) === "/sign-out") {
    keys().forEach((key) => write(key, null));
    signedOut.postMessage("");
  }
  if (!keepable(form)) return;
  const id = form.querySelector("input[name=_taken]") ?? form.appendChild(document.createElement("input"));
  Object.assign(id, { type: "hidden", name: "_taken", value: [...crypto.getRandomValues(new Uint32Array(4))].join("-") });
  keep(form, { sending: id.value, sentTo: addressOf(event.submitter?.getAttribute("formaction") ?? form.getAttribute("action")) });
});

document.addEventListener("praksis:taken", (event) => taken(event.target));

// Whoever signs out in another tab leaves nothing behind in this one but what its page shows.
signedOut.addEventListener("message", () => {
  keys().forEach((key) => write(key, null));
  for (const form of document.forms) if (keepable(form)) keep(form);
});

window.addEventListener("pageshow", (event) => { if (event.persisted) begin(); });

begin();
