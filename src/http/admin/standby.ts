import type { RequestListener } from "node:http";
import { parseAddress } from "../../tools/address.js";
import { Connections } from "../web/connections.js";
import { startServer } from "../web/server.js";
import type { Listening } from "../web/server.js";

/** Only probes have business here. */
const limits = { total: 32, perAddress: 16, perKnownAddress: 16, strangers: 32 };

/**
 * What answers on the admin address while another controller is in charge: that this one lives, and, where it `isFit`, that
 * it could take over. `place`: what has named the address.
 */
export function startStandby(adminListen: string, place: string, isFit: () => boolean): Promise<Listening> {
  return startServer(answerFor(isFit), parseAddress(adminListen), place, { connections: new Connections(limits) });
}

function answerFor(isFit: () => boolean): RequestListener {
  return ({ url = "", method }, response) => {
    const [path] = url.split("?");
    const isProbe = method === "GET" || method === "HEAD";
    const [status, body] =
      isProbe && path === "/livez"
        ? [200, { live: true, standby: true }]
        : isProbe && path === "/readyz"
          ? readiness(isFit())
          : [503, refusal];
    const headers = {
      "Content-Type": "application/json; charset=utf-8",
      ...(status === 200 ? {} : { "Retry-After": "5" }),
    };
    response.writeHead(status, headers).end(JSON.stringify(body));
  };
}

const refusal = { error: "this controller stands by: another one is in charge", remedy: "ask that one" };

function readiness(isFit: boolean): readonly [number, object] {
  if (isFit) return [200, { ready: true, standby: true }];
  return [503, { ready: false, standby: true, error: "the engine has not answered lately" }];
}
