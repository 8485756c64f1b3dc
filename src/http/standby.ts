import type { RequestListener } from "node:http";
import { parseAddress } from "./address.js";
import { Connections } from "./connections.js";
import { startServer } from "./server.js";
import type { Listening } from "./server.js";

/** Only probes have business here. */
const limits = { total: 32, perAddress: 16, perKnownAddress: 16, strangers: 32 };

/** What answers on the admin address while another controller is in charge: that this one lives, and could take over. */
export function startStandby(adminListen: string): Promise<Listening> {
  const setting = "FAIRLEAD_ADMIN_LISTEN";
  return startServer(answer, parseAddress(adminListen, setting), setting, new Connections(limits));
}

const answer: RequestListener = ({ url = "", method }, response) => {
  const [path] = url.split("?");
  const isProbe = (path === "/livez" || path === "/readyz") && (method === "GET" || method === "HEAD");
  const body = isProbe
    ? { ...(path === "/livez" ? { live: true } : { ready: true }), standby: true }
    : { error: "this controller stands by: another one is in charge", remedy: "ask that one" };
  const headers = { "Content-Type": "application/json; charset=utf-8", ...(isProbe ? {} : { "Retry-After": "5" }) };
  response.writeHead(isProbe ? 200 : 503, headers).end(JSON.stringify(body));
};
