import { request as plainRequest } from "node:http";
import type { IncomingMessage } from "node:http";
import { request as secureRequest } from "node:https";
import { authorizationFor, refusedBy, unreachable } from "./admin.js";
import type { Admin } from "./admin.js";

const openMs = 10_000;
const longestRefusal = 64 * 1024;

/**
 * An answer of the API that may never end, as it comes and no faster than it is read. Not by `fetch`: that gives up on an
 * answer which is silent for some minutes. Throws FairleadError ApiUnreachable, with the API's own words where it has some.
 */
export async function* streamText(admin: Admin, path: string, type: string): AsyncGenerator<string> {
  const response = await open(admin, path, type);
  response.setEncoding("utf8");
  const status = response.statusCode ?? 0;
  if (status !== 200) throw refusedBy(admin, status, await wholeJson(response));
  try {
    yield* response as AsyncIterable<string>;
  } catch (cause) {
    throw unreachable(admin, cause);
  }
}

function open(admin: Admin, path: string, type: string): Promise<IncomingMessage> {
  const url = new URL(path, admin.url);
  const headers = { accept: type, ...authorizationFor(admin) };
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? secureRequest : plainRequest;
    const request = send(url, { headers }, (response) => {
      clearTimeout(timer);
      resolve(response);
    });
    const timer = setTimeout(() => request.destroy(new Error("it takes too long")), openMs);
    request.on("error", (cause) => {
      clearTimeout(timer);
      reject(unreachable(admin, cause));
    });
    request.end();
  });
}

async function wholeJson(response: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of response as AsyncIterable<string>) {
    text += chunk;
    if (text.length > longestRefusal) break;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}
