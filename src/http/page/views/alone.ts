import { html, type Html } from "../html/html.js";

/** Where to sign in. `next`: where to go then. */
export function signIn(next: string, refusal?: string): Html {
  return html`<main class="alone" id="main">
    <form method="post" action="/sign-in" class="card">
      <h1>Fairlead</h1>
      ${refusal !== undefined && html`<p class="notice" role="alert">${refusal}</p>`}
      <input type="text" name="username" value="fairlead" autocomplete="username" hidden />
      <input type="hidden" name="next" value="${next}" />
      <label for="token">Admin token</label>
      <input type="password" id="token" name="token" autocomplete="current-password" required autofocus />
      <button class="order strong">Sign in</button>
      <p class="hint">A token that may only look signs in to look.</p>
    </form>
  </main>`;
}

/** An answer that is no success, for people. */
export function failure(status: number, message: string, remedy: string | undefined): Html {
  return html`<main class="alone" id="main">
    <div class="card">
      <h1>${status}</h1>
      <p>${message}</p>
      ${remedy !== undefined && html`<p class="hint">${remedy}</p>`}
      <p><a href="/">Services</a></p>
    </div>
  </main>`;
}
