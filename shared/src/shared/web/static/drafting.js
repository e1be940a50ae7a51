// The form of a draft saves itself as it is filled in. This says how that went, and tries again until the server has it.

const form = document.getElementById("draft");
const words = document.getElementById("saving");
const FIRST_WAIT = 2_000, LONGEST_WAIT = 60_000;
const OWN_TO_THE_PAGE = /^_/;
let failures = 0, waiting = null, isUnsaved = false, isLeaving = false, healed = null;
let isOutrun = false; // whether more was typed since what the latest answer speaks of
const changed = new Set(); // the names of fields

const typed = (body) => JSON.stringify([...body].filter(([name]) => !OWN_TO_THE_PAGE.test(name)).map(([name, value]) => [name, value.replace(/\r\n?/g, "\n")]));
const isAsSent = (ctx) => typed(new FormData(form)) === typed(ctx.request.body);
const isAnswer = (ctx) => ctx.text.includes('id="standing"');

// What is said already stays as it is: a link in it keeps its focus, and a press on it that has begun.
function say(what) {
  const saved = document.getElementById("saved");
  saved.dataset.whole = "false";
  if (saved.firstElementChild?.dataset.for === what) return;
  saved.replaceChildren(words.content.querySelector(`[data-for="${what}"]`).cloneNode(true));
}

/** Mark the fields that the panel says are wrong, as a page that comes back has them; others that were changed are not. */
function markWrong() {
  const wrong = [...document.querySelectorAll("#standing [data-wrong]")];
  const names = wrong.map((each) => each.dataset.wrong);
  for (const old of form.querySelectorAll(".form-error-message")) {
    const name = old.id.replace(/-error$/, "");
    if (!names.includes(name) && changed.has(name)) unmark(old, name);
  }
  for (const each of wrong) mark(each.dataset.wrong, each.querySelector("span").textContent);
  uncover();
}

const describedOf = (field) => (["checkbox", "radio"].includes(field.type) ? field.closest("fieldset") : field);

function describe(field, id, isSo) {
  const described = describedOf(field);
  const ids = (described.getAttribute("aria-describedby") ?? "").split(" ").filter((each) => each && each !== id);
  if (isSo) ids.push(id);
  if (ids.length) described.setAttribute("aria-describedby", ids.join(" "));
  else described.removeAttribute("aria-describedby");
  field.closest(".form-group").classList.toggle("form-error", isSo);
  if (described !== field) return;
  if (isSo) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

function unmark(message, name) {
  const field = document.getElementById(name);
  if (field) describe(field, message.id, false);
  message.remove();
}

function mark(name, text) {
  const field = document.getElementById(name);
  if (!field || !form.contains(field)) return;
  const id = `${name}-error`;
  const message = document.getElementById(id) ?? Object.assign(document.createElement("span"), { id, className: "form-error-message" });
  changed.add(name);
  const before = document.createElement("span");
  before.className = "sr-only";
  before.textContent = `${words.content.querySelector("[data-for=error]").textContent} `;
  message.replaceChildren(before, text);
  const after = document.getElementById(`${name}-hint`) ?? field.closest(".form-group").querySelector(".form-label");
  if (!message.isConnected) after.after(message);
  describe(field, id, true);
}

function save() {
  clearTimeout(waiting);
  waiting = null;
  form.dispatchEvent(new Event("again"));
}

function tryAgain(what) {
  say(what);
  clearTimeout(waiting);
  waiting = setTimeout(save, Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT));
  failures += 1;
}

/** Another session of the same person has another token for forms: the answer that says so carries it. */
function takeToken(ctx) {
  const page = new DOMParser().parseFromString(ctx.text, "text/html");
  const token = page.querySelector("input[name=_csrf]")?.value;
  if (!token || token === healed || page.body.dataset.person !== document.body.dataset.person) return false;
  for (const field of document.querySelectorAll("input[name=_csrf]")) field.value = token;
  healed = token;
  return true;
}

/** Nothing can be done with a draft that is not there any more but to copy what was typed. */
function gone() {
  say("gone");
  document.getElementById("standing").dataset.over = "";
}

function answered(ctx) {
  const { status } = ctx.response;
  if (isAnswer(ctx)) return;
  if (status === 403 && takeToken(ctx)) setTimeout(save);
  else if (status === 401 || status === 403) tryAgain("sign-in");
  else if (status === 413) say("large");
  else if (status === 404) gone();
  else if (status >= 400 && status < 500 && status !== 408 && status !== 429) say("no");
  else tryAgain("again");
}

form.addEventListener("htmx:after:request", ({ detail: { ctx } }) => answered(ctx));

form.addEventListener("htmx:error", () => tryAgain(navigator.onLine ? "again" : "offline"));

form.addEventListener("htmx:before:swap", (event) => {
  const { ctx, tasks } = event.detail;
  if (!isAnswer(ctx)) return event.preventDefault();
  isOutrun = !isAsSent(ctx);
  // What has been typed since is not taken back by an answer to what was typed before.
  const place = tasks.findIndex((task) => task.target?.id === "selection");
  if (place >= 0 && isOutrun) tasks.splice(place, 1);
});

form.addEventListener("htmx:after:swap", () => {
  failures = 0;
  clearTimeout(waiting);
  waiting = isOutrun ? setTimeout(save, FIRST_WAIT) : null;
  markWrong();
  if (document.getElementById("saved").dataset.whole !== "true") return;
  if (isOutrun) return say("saving");
  isUnsaved = false;
  form.dispatchEvent(new CustomEvent("praksis:taken", { bubbles: true }));
});

// The page says that all is saved only while that is so.
for (const kind of ["input", "change"]) {
  form.addEventListener(kind, ({ target }) => {
    changed.add(target.name);
    isUnsaved = true;
    if (document.getElementById("saved").dataset.whole === "true") say("saving");
  });
}

window.addEventListener("online", () => { if (isUnsaved) save(); });
window.addEventListener("offline", () => { if (isUnsaved) say("offline"); });
document.addEventListener("visibilitychange", () => { if (waiting && !document.hidden) save(); });

// Whoever leaves by a button, be it of another form, or by the way to sign in takes what was typed along: the tab keeps
// it until the draft is shown again. Only signing out forgets it.
document.addEventListener("submit", ({ target }) => { if (target.getAttribute("action") !== "/sign-out") isLeaving = true; });
document.addEventListener("click", (event) => { if (event.target.closest?.("#saved a")) isLeaving = true; });
window.addEventListener("beforeunload", (event) => { if (isUnsaved && !isLeaving) event.preventDefault(); });

function saveWhatIsShownAgain() {
  isUnsaved = true;
  say("saving");
  if (document.readyState === "complete") save();
  else window.addEventListener("load", () => setTimeout(save));
}

if ("shownAgain" in form.dataset) saveWhatIsShownAgain();
form.addEventListener("praksis:shown-again", saveWhatIsShownAgain);

// What is fixed to the bottom of a narrow screen stays above the keyboard of a phone, and covers no field in focus.
const sight = window.visualViewport;
sight?.addEventListener("resize", keepAboveKeyboard);
sight?.addEventListener("scroll", keepAboveKeyboard);
document.addEventListener("focusin", () => requestAnimationFrame(uncover));
new MutationObserver(uncover).observe(document.getElementById("saved").parentElement, { childList: true, subtree: true });

function keepAboveKeyboard() {
  const covered = sight.scale === 1 ? Math.max(0, window.innerHeight - sight.height - sight.offsetTop) : 0;
  document.documentElement.style.setProperty("--praksis-covered", `${covered}px`);
}

function uncover() {
  const bar = document.getElementById("saved"), focus = document.activeElement;
  if (getComputedStyle(bar).position !== "fixed" || bar.contains(focus) || focus === document.body) return;
  const { top, bottom } = focus.getBoundingClientRect(), hidden = bottom + 8 - bar.getBoundingClientRect().top;
  if (hidden > 0) window.scrollBy({ top: Math.min(hidden, Math.max(0, top - 8)), behavior: "instant" });
}
