/* Changing something: one dialog for every action.

   A button says what it does in its data attributes. The dialog asks what is missing, shows the change of the map before it
   is made, says what the gate says, and makes it. The texts of answers become text, never markup. */
import { change, signIn, token } from "./session.js";
import { refresh } from "./live.js";

const WAIT = 350; // ms after the last key before the change is worked out anew

const dialog = () => document.getElementById("act");
const part = (name) => dialog().querySelector(`[data-part="${name}"]`);

let action = null; // what is being done: see ACTIONS
let turn = 0; // answers to an earlier question are thrown away
let timer = null;

const ACTIONS = {
  flip: {
    path: (at) => `/api/v1/routes/${encodeURIComponent(at.route)}/flip`,
    fields: (at) => ({
      canary: ["percent", "sticky", "reason"],
      shadow: ["sample", "reason"],
    })[at.mode] ?? ["reason"],
    body: (at, given) => ({ mode: at.mode, ...given }),
    title: (at) => (at.same ? `Adjust ${at.route} on ${at.mode}` : `Move ${at.route} to ${at.mode}`),
    word: (at) => (at.same ? "Adjust" : `Move to ${at.mode}`),
    done: (at) => `${at.route} is on ${at.mode}`,
    previews: true,
  },
  rollback: {
    path: (at) => `/api/v1/routes/${encodeURIComponent(at.route)}/rollback`,
    fields: () => ["reason"],
    body: (_at, given) => given,
    title: (at) => `Roll ${at.route} back to legacy`,
    word: () => "Roll back",
    done: (at) => `${at.route} is on legacy`,
    previews: true,
  },
  excuse: {
    path: (at) => `/api/v1/routes/${encodeURIComponent(at.route)}/excuse`,
    fields: () => ["place", "reason", "expires"],
    needs: ["reason"],
    body: (at, { place, ...given }) => ({ [at.header ? "header" : "at"]: place, ...given }),
    title: (at) => `Excuse a difference of ${at.route}`,
    word: () => "Excuse",
    done: () => "The difference is excused from now on",
    previews: true,
  },
  force: {
    path: () => "/api/v1/force",
    fields: () => ["reason"],
    needs: ["reason"],
    body: (at, given) => ({ side: at.side || null, ...given }),
    title: (at) => (at.side ? "Send everything to Flask" : "Let the map decide again"),
    word: (at) => (at.side ? "Send everything to legacy" : "Let the map decide"),
    done: (at) => (at.side ? "Every request goes to legacy" : "The map decides again"),
    previews: false,
  },
  reload: {
    path: () => "/api/v1/reload",
    fields: () => [],
    body: () => ({}),
    title: () => "Read the map again",
    word: () => "Read again",
    done: () => "The map is read again",
    previews: false,
  },
};

export function offerActions() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-action]");
    if (button) open(button);
    if (event.target.closest("[data-close]")) dialog().close();
  });
  const shown = dialog();
  if (!shown) return;
  const form = shown.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    make();
  });
  form.addEventListener("input", (event) => {
    if (event.target.name === "token") return;
    clearTimeout(timer);
    timer = setTimeout(preview, WAIT);
  });
  shown.addEventListener("close", () => (action = null));
}

function open(button) {
  const at = { ...button.dataset };
  action = { at, kind: ACTIONS[at.action], refused: false };
  const form = dialog().querySelector("form");
  form.reset();
  part("title").textContent = action.kind.title(at);
  part("about").textContent = at.about ?? "";
  const wanted = new Set(action.kind.fields(at));
  for (const field of form.querySelectorAll("[data-field]")) {
    const name = field.dataset.field;
    field.hidden = !wanted.has(name);
    const input = field.querySelector("input");
    if (name in at && !field.hidden) input.value = at[name];
    input.required = !field.hidden && (action.kind.needs ?? []).includes(name);
  }
  form.elements.go.textContent = action.kind.word(at);
  form.elements.go.classList.toggle("grave", at.action === "force" && Boolean(at.side));
  part("change").hidden = !action.kind.previews;
  part("where").textContent = at.line ? `, in the route that begins at line ${at.line}` : "";
  part("copy").hidden = true;
  form.elements.go.hidden = false;
  askForToken();
  refuse(null);
  complain("");
  dialog().showModal();
  preview();
}

const askForToken = () => {
  part("token").hidden = Boolean(token());
  dialog().querySelector("[name=token]").required = !token();
};

/** What was filled in, by name; numbers as numbers; what is empty is left out. */
function given() {
  const found = {};
  for (const field of dialog().querySelectorAll("[data-field]:not([hidden])")) {
    const input = field.querySelector("input");
    if (input.value.trim() === "") continue;
    found[field.dataset.field] = input.type === "number" ? Number(input.value) : input.value.trim();
  }
  if (action.refused && dialog().querySelector("[name=force]").checked) found.force = true;
  return found;
}

const revision = () => action.revision ?? document.getElementById("content").dataset.revision;

async function preview() {
  if (!action?.kind.previews) return;
  const list = part("diff");
  if (!token()) {
    say(list, "The change is shown when the token is there.");
    return;
  }
  const missing = (action.kind.needs ?? []).find((name) => !(name in given()));
  const body = action.kind.body(action.at, { ...given(), dry_run: true });
  if (missing === "reason" || (body.force && !body.reason)) body.reason = "…"; // the line is seen before it is written
  const asked = ++turn;
  const answer = await change(action.kind.path(action.at), body, revision());
  if (asked !== turn || !action) return;
  show(answer, list);
}

function show(answer, list) {
  const { status, body } = answer;
  if (status === 200) {
    // Overruled, the gate still says what it says.
    refuse(body.gate && body.gate.state !== "ready" ? body.gate : null);
    complain("");
    if (body.changed) lines(list, body.diff);
    else say(list, "Nothing would change: the map says this already.");
    warn(body.warnings ?? []);
    return;
  }
  warn([]);
  if (body.error === "gate_refused") {
    if (body.diff) lines(list, body.diff);
    else say(list, "The gate refuses this change as things stand.");
    refuse(body);
  } else if (body.error === "map_read_only") {
    readOnly(list, body);
  } else if (status === 412) {
    say(list, "The map was changed meanwhile.");
    afterConflict();
  } else {
    say(list, "");
    complain(body.message ?? `The gateway answered ${status}.`);
    if (status === 401) askForToken();
  }
}

async function make() {
  if (!action) return;
  clearTimeout(timer);
  const go = dialog().querySelector("[name=go]");
  if (!token() && !(await enter())) return;
  if (!action) return;
  go.disabled = true;
  const asked = ++turn;
  const { at, kind } = action;
  const answer = await change(kind.path(at), kind.body(at, given()), kind.previews ? revision() : null);
  go.disabled = false;
  if (asked !== turn || !action) return;
  if (answer.status === 200 || answer.status === 202) {
    dialog().close();
    const late = answer.body.in_force === false ? ", but not yet in force on every worker" : "";
    const also = (answer.body.warnings ?? []).map((warning) => ` ${warning}`).join("");
    toast(answer.body.changed === false ? "Nothing changed." : `${kind.done(at)}${late}.${also}`);
    await refresh();
    return;
  }
  show(answer, part("diff"));
}

async function enter() {
  const field = dialog().querySelector("[name=token]");
  const answer = await signIn(field.value);
  if (answer.role === "operator") {
    field.value = "";
    askForToken();
    complain("");
    if (action.kind.previews) {
      // A change is seen before it is made: the first press shows it, the second makes it.
      await preview();
      dialog().querySelector("[name=go]").focus();
      return false;
    }
    return true;
  }
  complain(answer.role === "reader" ? "This token may only read. Changing needs the operator's." : answer.message);
  field.focus();
  return false;
}

/** The gate's reasons, and the way to go on against its word. */
function refuse(body) {
  const box = part("refused");
  action.refused = Boolean(body);
  box.hidden = !body;
  dialog().querySelector("[name=reason]").required =
    Boolean(body) || (action.kind.needs ?? []).includes("reason");
  if (!body) return;
  part("reasons").replaceChildren(...(body.reasons ?? [body.message]).map((reason) => element("li", reason)));
}

async function afterConflict() {
  await refresh();
  if (!action) return;
  action.revision = null;
  complain("Somebody changed the map meanwhile. This is the change against the map as it is now.");
  const asked = ++turn;
  const body = action.kind.body(action.at, { ...given(), dry_run: true });
  const answer = await change(action.kind.path(action.at), body, revision());
  if (asked === turn && action && answer.body.diff) lines(part("diff"), answer.body.diff);
}

function readOnly(list, body) {
  lines(list, body.diff ?? []);
  const why = (body.message ?? "The map cannot be written here").replace(/\.?$/, ".");
  complain(`${why} Above is the edit to commit where the file comes from; nothing was changed.`);
  part("copy").hidden = false;
  dialog().querySelector("[name=go]").hidden = true;
}

const complain = (sentence) => (part("wrong").textContent = sentence);

function warn(sentences) {
  part("warnings").replaceChildren(...sentences.map((sentence) => element("li", sentence)));
}

function lines(list, diff) {
  const kinds = { "-": "out", "+": "in", "@": "place" };
  const shown = diff.filter((line) => !line.startsWith("---") && !line.startsWith("+++"));
  list.replaceChildren(...shown.map((line) => element("li", line, kinds[line[0]])));
}

const say = (list, sentence) => list.replaceChildren(...(sentence ? [element("li", sentence, "place")] : []));

function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function toast(sentence) {
  const shown = document.getElementById("toast");
  shown.textContent = sentence;
  clearTimeout(shown.timer);
  shown.timer = setTimeout(() => (shown.textContent = ""), 8000);
}
