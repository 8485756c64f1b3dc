import { randomBytes } from "node:crypto";
import { SingleFlight } from "../../tools/sharing/single-flight.js";
import { post } from "../web/post.js";

/** What has become of a delivery that a controller has sent itself. */
export interface SelfDelivered {
  /** Where it was sent, without what nobody else is to know. */
  readonly url: string;
  readonly arrived: boolean;
  /** What came back in its place. */
  readonly message?: string;
}

export interface SelfDeliveryOptions {
  /** Where the internet reaches the hooks, as the operator has said. */
  readonly externalUrl: string;
  /** PEM: the certificate that is used here, where nobody else has vouched for it. */
  readonly ca?: () => string | undefined;
}

const longestAnswer = 200;
const timeoutMs = 6_000;

/**
 * Whether senders reach this very process: it sends itself a delivery with a mark that nobody else knows, to the one address
 * that its operator has named, and sees whether that mark comes in. One at a time.
 */
export class SelfDelivery {
  readonly #marks = new Set<string>();
  readonly #flight = new SingleFlight<SelfDelivered>();

  constructor(private readonly options: SelfDeliveryOptions) {}

  send(): Promise<SelfDelivered> {
    return this.#flight.run("self", () => this.#send());
  }

  /** A delivery has come in with this mark. True: it is ours, and was not seen before. */
  take(mark: string): boolean {
    return this.#marks.delete(mark);
  }

  async #send(): Promise<SelfDelivered> {
    const { externalUrl, ca } = this.options;
    const mark = randomBytes(32).toString("base64url");
    const url = `${externalUrl.replace(/\/+$/, "")}${selfPath}`;
    this.#marks.add(mark);
    try {
      const { status, text } = await post({
        ...{ url: new URL(`${url}/${mark}`), headers: { "content-type": "application/json" }, body: "{}" },
        ...{ anyCertificate: false, ca: ca?.(), timeoutMs },
      });
      if (!this.#marks.has(mark)) return { url, arrived: true };
      const said = status === 404 ? "404: somebody else answers there, or another path" : `${status}: ${text}`;
      return { url, arrived: false, message: said.slice(0, longestAnswer) };
    } catch (thrown) {
      return { url, arrived: false, message: thrown instanceof Error ? reasonIn(thrown) : String(thrown) };
    } finally {
      this.#marks.delete(mark);
    }
  }
}

export const selfPath = "/hooks/self";

function reasonIn(error: Error & { readonly code?: unknown }): string {
  const text = error.name === "TimeoutError" ? "there is no answer in time" : error.message;
  return text === "" && typeof error.code === "string" ? error.code : text;
}
