import { html, type Html } from "./html.js";
import { versionOf, type Place, type View } from "./view.js";

/** What stands around a view. */
export interface Frame {
  readonly version: string;
  readonly isSignedIn: boolean;
  readonly mayAct: boolean;
  /** Behind the word `Waiting`. */
  readonly waiting: number;
  /** From where it is brought up to date; absent: it stays as it is. */
  readonly live?: string | undefined;
  /** What has just been done. */
  readonly done?: string | undefined;
  readonly assets: AssetPaths;
}

export interface AssetPaths {
  readonly style: string;
  readonly script: string;
  readonly icon: string;
}

const words: Readonly<Record<Place, readonly [path: string, word: string]>> = {
  services: ["/", "Services"],
  waiting: ["/waiting", "Waiting"],
  sources: ["/sources", "Sources"],
  activity: ["/activity", "Activity"],
  notifications: ["/notifications", "Notifications"],
};

export function page(view: View, frame: Frame): string {
  const { version, isSignedIn, mayAct, waiting, live, done, assets } = frame;
  const links = Object.entries(words).map(([place, [path, word]]) => {
    const isHere = place === view.place;
    const count =
      place === "waiting" &&
      html`<span id="waiting-count" class="count" ${waiting === 0 && html` hidden`}>${waiting}</span>`;
    return html`<li><a href="${path}" ${isHere && html` aria-current="page"`}>${word}${count}</a></li>`;
  });
  return document(
    view.title,
    assets,
    html`<a class="skip" href="#main">To the content</a>
      <header class="bar">
        <a class="brand" href="/"><img src="${assets.icon}" alt="" width="24" height="24" />Fairlead</a>
        <nav aria-label="Pages">
          <ul>
            ${links}
          </ul>
        </nav>
        <div class="state">
          ${live !== undefined && html`<span id="live" role="status" class="live" hidden></span>`}${!mayAct && html`<span class="badge note">looking only</span>`}<span
            class="version"
            >${version}</span
          >${isSignedIn && html`<form method="post" action="/sign-out"><button class="order">Sign out</button></form>`}
        </div>
      </header>
      <main
        id="main"
        tabindex="-1"
        ${live !== undefined && html` data-live="${live}" data-version="${versionOf(view)}"`}
      >
        ${done !== undefined && html`<p class="flash" role="status">${done}</p>`} ${view.main}
      </main>
      <dialog id="dialog" aria-labelledby="confirm-heading"></dialog>
      <script src="${assets.script}" defer></script>`,
  );
}

/** A page without anything around it. */
export function alone(title: string, assets: AssetPaths, main: Html): string {
  return document(title, assets, main);
}

function document(title: string, { style, icon }: AssetPaths, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Fairlead</title>
        <link rel="icon" href="${icon}" type="image/svg+xml" />
        <link rel="stylesheet" href="${style}" />
      </head>
      <body>
        ${body}
      </body>
    </html> `.text;
}
