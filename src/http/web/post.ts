import { Agent, request as requestTls } from "node:https";
import { request as requestPlain } from "node:http";
import { rootCertificates } from "node:tls";
import { text } from "node:stream/consumers";

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * Any certificate will do. For an address of this host, which no certificate has to name: whoever listens there would
   * be told the same without TLS.
   */
  readonly anyCertificate: boolean;
  /** PEM: certificates that are believed besides the usual ones. */
  readonly ca?: string | undefined;
  /** Default 10 s. */
  readonly timeoutMs?: number;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
}

const usualTimeoutMs = 10_000;

/** Sends it over a connection of its own, and follows no redirection. Rejects where no answer comes. */
export function post({ url, headers, body, anyCertificate, ca, timeoutMs = usualTimeoutMs }: Post): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const options = {
      method: "POST",
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      signal: AbortSignal.timeout(timeoutMs),
    };
    const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
    const sent =
      url.protocol === "https:"
        ? requestTls(url, { ...options, agent: new Agent({ rejectUnauthorized: !anyCertificate, ...trusted }) })
        : requestPlain(url, { ...options, agent: false });
    sent.on("error", reject);
    sent.on("response", (response) => {
      text(response).then((said) => {
        resolve({ status: response.statusCode ?? 0, text: said });
      }, reject);
    });
    sent.end(body);
  });
}
