import type { ServiceSpec } from "../../compose/model/service.js";
import { formatImage } from "../../compose/values/image.js";
import type { DeclaredService, Proven } from "../../control/ports/source.js";
import type { NotedPart } from "../settings/write-back.js";

export type ServiceName = Pick<DeclaredService, "project" | "service">;

/** What is to be written of a service. */
export type Wish = ServiceName & Proven & { readonly what: NotedPart };

/** Whether the files still ask for what a wish would write. */
export function isMeant({ image, what }: Wish, spec: ServiceSpec): boolean {
  if (what === "digest") return formatImage(spec.image) === formatImage(image);
  return isChosen(spec) && spec.image.registry === image.registry && spec.image.repository === image.repository;
}

/** Whether a policy says which tag of the image a service follows. */
export function isChosen({ policy }: ServiceSpec): boolean {
  return policy !== undefined && policy.kind !== "pinned";
}

/**
 * What is to be written, and what need not be any more. A digest that has been found in the files once is done: whoever
 * changes it there afterwards, a person or another controller, has the last word until the service runs another one.
 */
export class Wishes {
  readonly #wanted = new Map<string, Wish>();
  readonly #done = new Map<string, string>();

  constructor(private readonly what: NotedPart) {}

  /** Answers whether it is news. */
  tell({ project, service }: ServiceName, proven: Proven | undefined): boolean {
    const key = `${project}/${service}`;
    const before = this.#wanted.get(key);
    if (proven === undefined) {
      this.#wanted.delete(key);
      return false;
    }
    const isNews = before === undefined || wordOf(before) !== wordOf(proven);
    // Who asked for it is known at first only.
    this.#wanted.set(key, { ...(isNews ? {} : before), ...proven, project, service, what: this.what });
    return isNews;
  }

  /** It stands in the files, or is not meant any more. */
  done(wish: Wish): void {
    this.#done.set(`${wish.project}/${wish.service}`, wordOf(wish));
  }

  /** Those that are left; `isRecorded`: it stands in what is in force. */
  open(isRecorded: (wish: Wish) => boolean): readonly Wish[] {
    for (const wish of this.#wanted.values()) if (isRecorded(wish)) this.done(wish);
    return [...this.#wanted].flatMap(([key, wish]) => (this.#done.get(key) === wordOf(wish) ? [] : [wish]));
  }
}

function wordOf({ image, digest }: Proven): string {
  return `${formatImage(image)}@${digest}`;
}
