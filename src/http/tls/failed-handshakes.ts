import type { HttpLog } from "../web/log.js";
import type { TlsTelemetry } from "./source.js";

const quietMs = 60_000;

/**
 * Connections that never came to speak TLS. Strangers cause them without limit: they are counted, and a line tells of them
 * once a minute at the most.
 */
export class FailedHandshakes {
  #count = 0;
  #toldAt = -Infinity;

  constructor(
    private readonly log: HttpLog,
    private readonly telemetry: TlsTelemetry,
    /** Milliseconds that only go forward. */
    private readonly monotonic: () => number = () => performance.now(),
  ) {}

  /** `why`: the code of an error of OpenSSL or Node. */
  add(why: string): void {
    this.telemetry.handshakeFailed();
    this.#count += 1;
    const at = this.monotonic();
    if (at - this.#toldAt < quietMs) return;
    this.log.debug({ why: meanings[why] ?? why, count: this.#count }, "connections ended before they spoke TLS");
    this.#toldAt = at;
    this.#count = 0;
  }
}

const meanings: Readonly<Record<string, string>> = {
  ERR_SSL_HTTP_REQUEST: "plain HTTP was sent: the address begins with https://",
  ERR_TLS_HANDSHAKE_TIMEOUT: "it took too long",
};
