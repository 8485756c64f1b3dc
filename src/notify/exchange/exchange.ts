/*
 * HTTP with whoever is to be told: one request, one answer.
 */

import { FairleadError } from "../../errors.js";
import { closeLines, dial, openLines, openProxied, type Lines } from "../../tools/http/dial.js";
import { connectionFault } from "../../tools/http/fault.js";
import { readBeginning } from "../../tools/streams/read-all.js";
import type { Secret } from "../../tools/secret.js";
import type { Exchange } from "../model/exchange.js";

export interface ExchangeOptions {
  /** `fairlead/VERSION`. */
  readonly userAgent: string;
  /** The URL of the proxy for a question; undefined: none. */
  readonly proxyFor?: ((url: URL) => Promise<string | undefined>) | undefined;
}

const longestAnswer = 16 * 1024;

/**
 * Asks over a connection of its own, which ends with the answer: a kept one that the other side has closed would leave open
 * whether a notice has arrived. No redirect is followed, and a certificate is checked. Rejects with FairleadError `NotTold`,
 * which names the host and nothing else of the address.
 */
export function openExchange({ userAgent, proxyFor }: ExchangeOptions): Exchange {
  return async (outgoing, signal) => {
    const url = addressOf(outgoing.url);
    const headers = { "user-agent": userAgent, "accept-encoding": "identity", ...outgoing.headers };
    const proxy = await proxyFor?.(url);
    const lines = await linesThrough(proxy);
    try {
      const response = await dial({ ...outgoing, url, headers }, lines, signal);
      const text = (await readBeginning(response, longestAnswer)).toString("utf8");
      return {
        status: response.statusCode ?? 0,
        header: (name) => [response.headers[name.toLowerCase()]].flat()[0],
        text,
      };
    } catch (thrown) {
      const fault = connectionFault(signal.aborted ? signal.reason : thrown, url.host);
      const through = proxy === undefined ? "" : ", asked through a proxy,";
      throw new FairleadError("NotTold", `${url.host}${through} ${fault.message}`, { cause: fault.kind });
    } finally {
      closeLines(lines);
    }
  };
}

function linesThrough(proxy: string | undefined): Lines | Promise<Lines> {
  const options = { keepAlive: false };
  const trust = { rejectUnauthorized: true };
  return proxy === undefined ? openLines(options, trust) : openProxied(proxy, options, trust);
}

/** It may be a secret as a whole: of it, others may see its host. Throws FairleadError `NotTold`. */
export function addressOf(written: string | Secret): URL {
  const text = typeof written === "string" ? written : written.reveal();
  if (URL.canParse(text)) return new URL(text);
  throw new FairleadError("NotTold", "what is to be asked is no URL", { retry: "never" });
}
