import type { ServiceKey } from "../../compose/model/service.js";
import type { ImageHint } from "../../compose/values/image.js";
import type { Events } from "../journal/events.js";
import type { Clock } from "../ports/clock.js";
import type { Log } from "../ports/log.js";

/** What became of a delivery: few words, whatever strangers send. */
export type DeliveryOutcome = "accepted" | "ignored" | "unauthorized" | "limited" | "invalid" | "unavailable" | "error";

export interface Delivery {
  /** The receiver that it came to, such as `dockerhub`; `unknown`: there is none on its path. */
  readonly hook: string;
  readonly outcome: DeliveryOutcome;
  /** Those that are looked at because of it. */
  readonly services: readonly ServiceKey[];
  /** Why it came to that. Holds no secret, and nothing of the payload but an image. */
  readonly why: string | undefined;
  /** It was read, and is no repetition: `images` are what it names, in the sender's words. */
  readonly isUnderstood?: true;
  readonly images?: readonly ImageHint[];
}

export interface DeliveriesOptions {
  readonly events: Pick<Events, "told">;
  readonly clock: Pick<Clock, "now" | "after">;
  readonly log: Log;
  /** Told of each, whatever the log is spared. */
  readonly heard?: ((delivery: Delivery) => void) | undefined;
}

const windowMs = 60_000;
/** Told one by one in that time, of one receiver and outcome: strangers can cause as many as they like. */
const mostOfSenders = 20;
const mostOfStrangers = 3;

/** Every delivery leaves a trace, in the log and among the events; of a flood, its beginning and how many it were. */
export class Deliveries {
  readonly #windows = new Map<string, { told: number; silent: number }>();

  constructor(private readonly options: DeliveriesOptions) {}

  add(delivery: Delivery): void {
    const { hook, outcome } = delivery;
    this.options.heard?.(delivery);
    const window = this.#windowOf(hook, outcome);
    const isOfSender = outcome === "accepted" || outcome === "ignored";
    if (window.told >= (isOfSender ? mostOfSenders : mostOfStrangers)) {
      window.silent += 1;
      return;
    }
    window.told += 1;
    this.#tell(delivery, lineOf(delivery));
  }

  #windowOf(hook: string, outcome: DeliveryOutcome) {
    const name = `${hook} ${outcome}`;
    const open = this.#windows.get(name);
    if (open !== undefined) return open;
    const window = { told: 0, silent: 0 };
    this.#windows.set(name, window);
    this.options.clock.after(windowMs, () => {
      this.#windows.delete(name);
      if (window.silent === 0) return;
      const more = `${window.silent} more ${window.silent === 1 ? "delivery" : "deliveries"}`;
      const text = `hook ${hook}: ${verbs[outcome]}: ${more} within a minute`;
      this.#tell({ hook, outcome, services: [], why: undefined }, text);
    });
    return window;
  }

  #tell({ hook, outcome, services }: Delivery, text: string): void {
    const { events, clock, log } = this.options;
    const [only, ...others] = services;
    const [project = "", service = ""] = only?.split("/") ?? [];
    const whose = only === undefined || others.length > 0 ? {} : { project, service };
    log.info({ hook, outcome, ...(services.length === 0 ? {} : { services }) }, text);
    events.told({ ...whose, type: "delivery", reason: reasons[outcome], message: text }, clock.now());
  }
}

const verbs: Readonly<Record<DeliveryOutcome, string>> = {
  accepted: "accepted",
  ignored: "ignored",
  unauthorized: "refused",
  limited: "refused",
  invalid: "refused",
  unavailable: "put off",
  error: "failed",
};

const reasons: Readonly<Record<DeliveryOutcome, string>> = {
  accepted: "Accepted",
  ignored: "Ignored",
  unauthorized: "Unauthorized",
  limited: "Limited",
  invalid: "Invalid",
  unavailable: "Unavailable",
  error: "Error",
};

function lineOf({ hook, outcome, services, why }: Delivery): string {
  const whom = services.length === 0 ? "" : ` for ${services.join(", ")}`;
  return `hook ${hook}: ${verbs[outcome]}${whom}${why === undefined ? "" : `: ${why}`}`;
}
