import { setTimeout as sleep } from "node:timers/promises";
import type { Surface } from "../../control/surface/surface.js";
import { plainJson } from "../web/plain-json.js";
import { shapeOf, versionOf, type View } from "./html/view.js";
import type { Show } from "./viewer.js";

/** What changes without an event, such as a count of requests, is seen so late. */
const lookMs = 1_000;
/** A burst of events is one look. */
const quietMs = 150;

/**
 * What a browser that shows a view is told, as Server-Sent Events: `part` for an element that looks otherwise now, `page` where
 * more than that has changed, and it is to load the whole again. `seen`: the version that it shows.
 */
export async function* changesOf(
  show: Show,
  surface: Pick<Surface, "events">,
  seen: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const news = new News(surface, signal);
  let last: View | undefined;
  yield "retry: 1000\n\n";
  while (!signal.aborted) {
    const view = await show();
    if (view === undefined) {
      yield message("page", "gone", {});
      return;
    }
    const version = versionOf(view);
    if (last === undefined) yield version === seen ? message("same", version, {}) : message("page", version, {});
    else if (shapeOf(last) !== shapeOf(view)) yield message("page", version, {});
    else for (const part of changedParts(last, view)) yield message("part", version, part);
    last = view;
    await news.next();
  }
}

function* changedParts(last: View, view: View): Generator<{ readonly id: string; readonly html: string }> {
  for (const [id, text] of view.parts) if (last.parts.get(id) !== text) yield { id, html: text };
}

function message(event: string, id: string, data: object): string {
  return `id: ${id}\nevent: ${event}\ndata: ${plainJson(data)}\n\n`;
}

/** Something has happened, or some time has passed. */
class News {
  #wake: () => void = () => undefined;
  #isPending = false;

  constructor(
    surface: Pick<Surface, "events">,
    private readonly signal: AbortSignal,
  ) {
    void this.#follow(surface).catch(() => undefined);
  }

  async #follow(surface: Pick<Surface, "events">): Promise<void> {
    const wish = { follow: true, since: new Date().toISOString() };
    for await (const _event of surface.events(wish, this.signal)) {
      this.#isPending = true;
      this.#wake();
    }
  }

  async next(): Promise<void> {
    const wait = { signal: this.signal, ref: false };
    await sleep(quietMs, undefined, wait).catch(() => undefined);
    if (!this.#isPending && !this.signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, sleep(lookMs - quietMs, undefined, wait).catch(() => undefined)]);
    }
    this.#isPending = false;
  }
}
