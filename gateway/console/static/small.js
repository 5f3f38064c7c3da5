/* Small things: the theme, copying, filters without empty parameters, signing in and out. */
import { signIn, signOut } from "./session.js";

export function offerSmallThings({ onTheme }) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.id === "theme") {
      turn();
      onTheme();
    } else if (button.dataset.copy) {
      copy(button);
    } else if (button.id === "sign-out") {
      signOut().finally(() => location.assign("/signin"));
    }
  });
  document.addEventListener("htmx:config:request", (event) => leaveOutEmpty(event.detail.ctx));
  const form = document.getElementById("sign-in");
  if (form) form.addEventListener("submit", (event) => enter(event, form));
}

function turn() {
  const root = document.documentElement;
  const dark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("gateway-theme", root.dataset.theme);
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy).textContent;
  const word = button.querySelector("[data-word]");
  const before = word.textContent;
  try {
    await navigator.clipboard.writeText(text);
    word.textContent = "Copied";
  } catch {
    // The clipboard is not there without TLS beyond loopback: then the text is at least selected.
    document.getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
    word.textContent = "Selected";
  }
  setTimeout(() => (word.textContent = before), 2000);
}

/** An address holds what was chosen, and nothing else. */
function leaveOutEmpty(ctx) {
  const body = ctx.request.body;
  if (ctx.request.method !== "GET" || !(body instanceof FormData || body instanceof URLSearchParams)) return;
  for (const [name, value] of [...body]) {
    if (value === "") body.delete(name);
  }
}

async function enter(event, form) {
  event.preventDefault();
  const wrong = document.getElementById("sign-in-wrong");
  const field = form.elements.token;
  wrong.textContent = "";
  const answer = await signIn(field.value);
  if (answer.role) {
    const next = form.dataset.next;
    location.assign(next.startsWith("/") && !next.startsWith("//") ? next : "/");
    return;
  }
  wrong.textContent = answer.message;
  field.setAttribute("aria-invalid", "true");
  field.focus();
}
