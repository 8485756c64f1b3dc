import { given } from "../../tools/present.js";
import { openAnswer, wholeJson } from "../client/wire.js";
import { authorizationFor, refusedBy, unreachable } from "./admin.js";
import type { Admin } from "./admin.js";

const openMs = 10_000;
const longestRefusal = 64 * 1024;

/**
 * An answer of the API that may never end, as it comes and no faster than it is read. `address`: of `addressOf`. Throws
 * FairleadError ApiUnreachable, with the API's own words where it has some.
 */
export async function* streamText(
  admin: Admin,
  address: string,
  type: string,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const headers = { accept: type, ...authorizationFor(admin) };
  const response = await openAnswer(new URL(address, admin.url), {
    ...{ headers, patienceMs: openMs },
    ...given({ signal }),
  }).catch((cause: unknown) => {
    throw unreachable(admin, cause);
  });
  const status = response.statusCode ?? 0;
  if (status !== 200)
    throw refusedBy(admin, status, await wholeJson(response, openMs, longestRefusal).catch(() => ({})));
  response.setEncoding("utf8");
  try {
    yield* response as AsyncIterable<string>;
  } catch (cause) {
    throw unreachable(admin, cause);
  }
}
