import { createHash } from "node:crypto";
import { html, type Html } from "./html.js";

export const places = ["services", "waiting", "sources", "activity", "notifications"] as const;
export type Place = (typeof places)[number];

/** What is shown at one address. */
export interface View {
  readonly title: string;
  readonly place: Place;
  readonly main: Html;
  /** The elements in it that change by themselves, by their ids. */
  readonly parts: ReadonlyMap<string, string>;
}

/** Gathers the parts of a view while it is written. */
export class Parts {
  readonly all = new Map<string, string>();

  /** `piece` is one element with this id. */
  add(id: string, piece: Html): Html {
    this.all.set(id, piece.text);
    return piece;
  }

  /** A section with a heading of its own; empty, and hidden, where there is nothing to show. */
  section(id: string, heading: string, body: Html | undefined): Html {
    return this.add(
      id,
      body === undefined
        ? html`<section id="${id}" hidden></section>`
        : html`<section id="${id}" aria-labelledby="${id}-heading">
            <h2 id="${id}-heading">${heading}</h2>
            ${body}
          </section>`,
    );
  }
}

/** Two views with the same one look the same. */
export function versionOf({ main, title }: Pick<View, "main" | "title">): string {
  return createHash("sha1").update(`${title}\n${main.text}`).digest("base64url").slice(0, 16);
}

/** Views with the same one differ in what their parts hold alone. */
export function shapeOf({ parts, title }: Pick<View, "parts" | "title">): string {
  return [title, ...parts.keys()].join("\n");
}
