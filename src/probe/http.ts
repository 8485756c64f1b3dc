import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import type { HttpCheck } from "../compose/model/service.js";
import type { ProbeAnswer } from "../control/ports/prober.js";
import { failure, question } from "./question.js";
import type { Limits } from "./question.js";

/** Of the body so much is taken, so that a server need not see its answer cut off; what it says does not count. */
const bodyLimit = 8 * 1024;

/** One GET on a connection of its own; the status decides, a redirect is not followed. */
export function askHttp(address: string, check: HttpCheck, limits: Limits, userAgent: string): Promise<ProbeAnswer> {
  const { scheme, port, path, host } = check;
  const name = `${scheme} on port ${port}`;
  return question(name, limits, ({ settle, foresee }) => {
    const headers = {
      "user-agent": userAgent,
      accept: "*/*",
      ...check.headers,
      ...(host === undefined ? {} : { host }),
    };
    const options = { host: address, port, path, headers, agent: false } as const;
    // As Kubernetes' probes: a certificate is made for the name that clients use, and that is not the container's address.
    const tls = { rejectUnauthorized: false, servername: serverName(host) };
    const request = scheme === "http" ? requestHttp(options) : requestHttps({ ...options, ...tls });
    request.on("response", (response) => {
      const answer = judge(response.statusCode ?? 0, check, name);
      foresee(answer);
      const end = () => {
        settle(answer);
      };
      let taken = 0;
      response.on("data", (chunk: Buffer) => {
        taken += chunk.length;
        if (taken >= bodyLimit) end();
      });
      response.on("close", end);
    });
    request.on("error", (error) => {
      settle(failure(name, error));
    });
    request.end();
    return request;
  });
}

function judge(status: number, { statuses }: HttpCheck, name: string): ProbeAnswer {
  if (statuses.some(({ first, last }) => first <= status && status <= last)) return { kind: "ready" };
  return { kind: "failed", message: `${name}: status ${status}` };
}

/** Only names are asked for in TLS, never addresses. */
function serverName(host = ""): string {
  const name = host.replace(/:\d+$/, "");
  return isIP(name.replace(/^\[|\]$/g, "")) === 0 ? name : "";
}
