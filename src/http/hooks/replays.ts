import { createHash } from "node:crypto";
import { BoundedMap } from "../../tools/sharing/bounded-map.js";

/** As long as a signature with a time in it can be good, on either side of ours. */
const memoryMs = 600_000;
/** Two deliveries of one second may bear one signature. One look too many costs nothing, one too few an update. */
const coincidenceMs = 2_000;
const most = 4_096;

/** The deliveries that have been taken lately, by what their senders know them by. */
export class Replays {
  readonly #taken = new BoundedMap<string, number>(most);

  constructor(private readonly now: () => number) {}

  /** Whether it is there already: the same bytes under the same id. */
  has(id: string, body: Uint8Array): boolean {
    const at = this.#taken.get(keyOf(id, body));
    const agoMs = at === undefined ? Infinity : Math.abs(this.now() - at);
    return agoMs > coincidenceMs && agoMs <= memoryMs;
  }

  add(id: string, body: Uint8Array): void {
    const key = keyOf(id, body);
    const at = this.#taken.get(key);
    if (at === undefined || Math.abs(this.now() - at) > memoryMs) this.#taken.set(key, this.now());
  }
}

/** An id may be long, and a body too. */
function keyOf(id: string, body: Uint8Array): string {
  return createHash("sha256").update(`${id.length} ${id}`).update(body).digest("base64");
}
