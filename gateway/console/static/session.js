/* Who the reader is. The token stays in this tab: it is sent as a header with changes, and is never part of an address
   or of the page. The cookie that signing in makes may only read. */

const KEY = "gateway-token";

export const token = () => sessionStorage.getItem(KEY);

export const forgetToken = () => sessionStorage.removeItem(KEY);

/** `{role}`, or `{message}` that says why not. The operator's token is kept for changes. */
export async function signIn(given) {
  try {
    const answer = await fetch("/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token: given }),
    });
    const said = await answer.json();
    if (!answer.ok) return { role: null, message: said.message };
    if (said.role === "operator") sessionStorage.setItem(KEY, given);
    return { role: said.role, message: "" };
  } catch {
    return { role: null, message: "The gateway did not answer. Is it running?" };
  }
}

export async function signOut() {
  forgetToken();
  await fetch("/session", { method: "DELETE" });
}

/** Ask for a change. `{status, body}`; status 0 when there was no answer. */
export async function change(path, body, revision) {
  const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token() ?? ""}` };
  if (revision) headers["If-Match"] = `"${revision}"`;
  try {
    const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    const said = await answer.json().catch(() => ({}));
    if (answer.status === 401) forgetToken();
    return { status: answer.status, body: said };
  } catch {
    return { status: 0, body: { message: "The gateway did not answer. Nothing is known about the change." } };
  }
}
