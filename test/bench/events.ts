import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type Docker from "dockerode";

export interface SeenEvent {
  /** `container`, `image`, … */
  readonly type: string;
  readonly action: string;
  /** The container's or the image's. */
  readonly id: string;
  /** Of a container also its labels. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Epoch ms with fractions, by the engine. */
  readonly at: number;
}

/** What an engine reports from now on. */
export interface EventLog {
  /** The first event since `from` (epoch ms) that fits; waits for it at most five minutes. */
  find(from: number, fits: (event: SeenEvent) => boolean): Promise<SeenEvent>;
  /** The same, undefined where it has not come. */
  seen(from: number, fits: (event: SeenEvent) => boolean): SeenEvent | undefined;
  close(): void;
}

interface Message {
  readonly Type?: string;
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Record<string, string> };
  readonly timeNano?: number;
}

const patienceMs = 300_000;

export async function followEvents(docker: Docker): Promise<EventLog> {
  const event = ["pull", "create", "stop", "die", "start", "health_status", "destroy"];
  const stream = await docker.getEvents({ filters: { type: ["container", "image"], event } });
  if (!(stream instanceof Readable)) throw new Error("the engine's events do not come as a stream");
  const events: SeenEvent[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: stream }).on("line", (line) => {
    events.push(readEvent(JSON.parse(line) as Message));
    for (const listener of [...listeners]) listener();
  });
  const seen: EventLog["seen"] = (from, fits) => events.find((one) => one.at >= from && fits(one));
  return {
    seen,
    find: (from, fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = seen(from, fits);
          if (found === undefined) return;
          listeners.delete(look);
          clearTimeout(timer);
          resolve(found);
        };
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`the engine reported no such event within ${patienceMs / 1000} s`));
        }, patienceMs);
        listeners.add(look);
        look();
      }),
    close: () => stream.destroy(),
  };
}

function readEvent({ Type = "", Action = "", Actor = {}, timeNano = 0 }: Message): SeenEvent {
  return { type: Type, action: Action, id: Actor.ID ?? "", attributes: Actor.Attributes ?? {}, at: timeNano / 1e6 };
}
