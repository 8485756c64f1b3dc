import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../../control/ports/log.js";
import { asFairleadError } from "../../errors.js";
import { replaceFile } from "../../tools/files/replace-file.js";
import { Mutex } from "../../tools/sharing/mutex.js";

/** For which images a trigger has begun a pipeline already; it outlives the process. */
export interface Begun {
  has(trigger: string, image: string): Promise<boolean>;
  /** Does not fail: what cannot be kept is remembered until the process ends. */
  add(trigger: string, image: string): Promise<void>;
}

/** Of one trigger so many are kept; those that were told of longest ago are forgotten. */
const mostKept = 2_000;

/** One file for each trigger, in that folder. */
export class BegunOnDisk implements Begun {
  readonly #known = new Map<string, Promise<Set<string>>>();
  readonly #turns = new Mutex();

  constructor(
    private readonly folder: string,
    private readonly log: Pick<Log, "warn">,
  ) {}

  async has(trigger: string, image: string): Promise<boolean> {
    return (await this.#of(trigger)).has(printOf(image));
  }

  async add(trigger: string, image: string): Promise<void> {
    const known = await this.#of(trigger);
    known.add(printOf(image));
    for (const oldest of known) {
      if (known.size <= mostKept) break;
      known.delete(oldest);
    }
    await this.#turns
      .run(() => replaceFile(this.#path(trigger), `${[...known].join("\n")}\n`))
      .catch((thrown: unknown) => {
        const { message } = asFairleadError(thrown);
        this.log.warn(
          { trigger, error: message },
          "what a trigger has begun cannot be kept: after a restart it may begin it again",
        );
      });
  }

  #of(trigger: string): Promise<Set<string>> {
    const known = this.#known.get(trigger) ?? this.#read(trigger);
    this.#known.set(trigger, known);
    return known;
  }

  async #read(trigger: string): Promise<Set<string>> {
    try {
      const text = await readFile(this.#path(trigger), "utf8");
      return new Set(
        text
          .split("\n")
          .filter((line) => /^[\w-]{22}$/.test(line))
          .slice(-mostKept),
      );
    } catch (thrown) {
      if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT")) {
        const { message } = asFairleadError(thrown);
        this.log.warn({ trigger, error: message }, "what a trigger has begun cannot be read: it may begin it again");
      }
      return new Set();
    }
  }

  #path(trigger: string): string {
    return join(this.folder, trigger);
  }
}

/** Names are strangers' words of any length; their hashes are of one. */
function printOf(image: string): string {
  return createHash("sha256").update(image).digest("base64url").slice(0, 22);
}
