import type { Progress } from "../../../control/surface/surface.js";
import type { Live, Wiring } from "../../shared/wiring.js";
import { Lines } from "./lines.js";
import { keyOf } from "./operator.js";
import { picture } from "./picture.js";

/** Where it is shown what is done. */
export interface Display {
  news(progress: Progress): void;
  /** Something that stays. */
  say(line: string): void;
  /** Nothing is drawn any more. */
  end(): void;
}

/** Nothing of what moves but its figures may have changed meanwhile. */
const drawMs = 250;

/** On a terminal drawn anew as it goes on; elsewhere a line for each change; as data an object a line. */
export function displayOn(wiring: Wiring, json: boolean): Display {
  if (json) {
    return {
      news: (progress) => {
        wiring.print(JSON.stringify(progress));
      },
      say: () => undefined,
      end: () => undefined,
    };
  }
  if (wiring.live !== undefined) return new Drawing(wiring.live);
  const lines = new Lines((line) => {
    wiring.print(line);
  });
  return {
    news: (progress) => {
      lines.news(progress, Date.now());
    },
    say: (line) => {
      wiring.print(line);
    },
    end: () => undefined,
  };
}

class Drawing implements Display {
  readonly #all = new Map<string, Progress>();
  readonly #lines: Lines;
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly live: Live) {
    this.#lines = new Lines((line, stays) => {
      // What goes on is in the picture.
      if (stays) this.say(line);
    });
    this.#timer = setInterval(() => {
      this.#draw();
    }, drawMs);
  }

  news(progress: Progress): void {
    this.#all.set(keyOf(progress), progress);
    this.#lines.news(progress, Date.now());
  }

  say(line: string): void {
    this.live.above(line);
    this.#draw();
  }

  end(): void {
    clearInterval(this.#timer);
    this.live.end();
  }

  #draw(): void {
    this.live.draw(picture([...this.#all.values()], Date.now(), this.live.rows() - 1));
  }
}
