/* The live view: when the gateway says that something changed, the page's content is asked for again and morphed in place.

   What a person is doing is left alone: a focused field, a selection, an open dialog and the scroll position stay. While
   the tab is hidden, nothing is asked and no connection is held; a person may pause it, too. When the gateway does not
   answer, the page says since when it is old, and goes on by itself once the gateway is back. */

const CALM = 5000; // ms between two refreshes when only numbers change
const QUICK = 300; // ms after a flip or the kill switch
const AGAIN = 3000; // ms until a stream that the browser gave up is asked for again

let seen = null; // {revision, force} of the last tick
let timer = null;
let due = Infinity;
let last = performance.now();
let source = null; // null while the view rests or is paused
let paused = false;
let again = null;
let told = new Date(); // when the page was last known to be true

export function followLive() {
  const badge = document.getElementById("live");
  if (!badge) return;
  document.addEventListener("visibilitychange", () => {
    if (paused) return;
    if (document.hidden) rest();
    else connect(badge);
  });
  badge.addEventListener("click", () => {
    paused = !paused;
    if (!paused) return connect(badge);
    rest();
    contact(true);
    say(badge, "paused", "Paused");
  });
  document.addEventListener("htmx:before:response", checked);
  if (!document.hidden) connect(badge);
}

/** An answer that is not to be shown in this page: the one of a session that has ended, or of a view since left. */
function checked(event) {
  const { request, response } = event.detail.ctx;
  const answer = response.raw;
  if (answer.redirected && new URL(answer.url).pathname === "/signin") {
    event.preventDefault();
    location.assign(answer.url); // the whole page asks for a token, and not a part of it
    return;
  }
  // A slow refresh that was asked for before the reader chose another filter would show the old choice again.
  const then = request.headers["HX-Current-URL"]?.split("#")[0];
  if (then === answer.url && then !== location.href.split("#")[0]) event.preventDefault();
}

/** Show what is so now. Resolves when it is on the page. */
export async function refresh() {
  due = Infinity;
  last = performance.now();
  await window.htmx.ajax("GET", location.pathname + location.search, {
    target: "#content",
    select: "#content",
    swap: "outerMorph",
  });
}

function connect(badge) {
  rest();
  source = new EventSource("/events");
  source.addEventListener("open", () => found(badge));
  source.addEventListener("error", () => lost(badge));
  source.addEventListener("tick", (event) => heard(JSON.parse(event.data)));
}

function rest() {
  clearTimeout(again);
  forgetPlan();
  source?.close();
  source = null;
}

function found(badge) {
  say(badge, "on", "Live");
  contact(true);
  if (seen) plan(QUICK); // not the first time: whatever happened meanwhile is to be seen
}

function forgetPlan() {
  clearTimeout(timer);
  timer = null;
  due = Infinity;
}

/** No contact: said at once, with the time at which the page was true. */
function lost(badge) {
  forgetPlan();
  if (badge.dataset.state !== "lost") {
    contact(false);
    say(badge, "lost", "Lost contact");
  }
  // After an answer that is no stream (a proxy's 502, too many pages) a browser does not ask again by itself.
  if (source?.readyState === EventSource.CLOSED) again = setTimeout(() => ask(badge), AGAIN);
}

async function ask(badge) {
  const stop = new AbortController();
  const status = await fetch("/events", { signal: stop.signal }).then((answer) => answer.status, () => 0);
  stop.abort();
  if (status === 401) location.reload(); // signed out meanwhile: the page asks for a token
  else if (source) connect(badge);
}

function contact(there) {
  const note = document.getElementById("lost");
  note.hidden = there;
  if (!there) note.querySelector("[data-part=since]").textContent = told.toISOString().slice(11, 19);
}

function say(badge, state, word) {
  badge.dataset.state = state;
  badge.querySelector("[data-word]").textContent = word;
  badge.setAttribute("aria-pressed", String(state !== "paused"));
}

function heard(tick) {
  const flipped = seen && (seen.revision !== tick.revision || seen.force !== tick.force);
  seen = tick;
  told = new Date();
  plan(flipped ? QUICK : Math.max(QUICK, CALM - (performance.now() - last)));
}

function plan(wait) {
  const at = performance.now() + wait;
  if (at >= due && timer) return; // one is planned already, and earlier
  clearTimeout(timer);
  due = at;
  timer = setTimeout(() => {
    timer = null;
    if (!source) return;
    if (isSelecting()) {
      due = Infinity;
      plan(CALM);
      return;
    }
    refresh();
  }, wait);
}

function isSelecting() {
  const selection = document.getSelection();
  const content = document.getElementById("content");
  return Boolean(selection && !selection.isCollapsed && content && content.contains(selection.anchorNode));
}
