import { readFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";

/**
 * The engine that is here already, as DOCKER_HOST takes it: DOCKER_HOST itself, else /var/run/docker.sock; undefined if
 * there is none. Throws where DOCKER_HOST names one that does not answer: its owner meant that one and no other.
 */
export async function findEngine(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const host = env["DOCKER_HOST"];
  if (host === undefined || host === "") {
    const socketPath = "/var/run/docker.sock";
    return (await answersPing({ socketPath })) ? `unix://${socketPath}` : undefined;
  }
  if (await answersPing(await address(host, env))) return host;
  throw new Error(`no Docker engine answers at DOCKER_HOST=${host}: start it, correct DOCKER_HOST, or unset it`);
}

async function address(host: string, env: NodeJS.ProcessEnv): Promise<RequestOptions> {
  const url = new URL(host);
  if (url.protocol === "unix:") return { socketPath: host.slice("unix://".length) };
  if (url.protocol !== "tcp:") throw new Error(`DOCKER_HOST=${host}: only unix:// and tcp:// are supported here`);
  const where = { host: url.hostname, port: url.port };
  const certificates = env["DOCKER_CERT_PATH"] ?? "";
  if ((env["DOCKER_TLS_VERIFY"] ?? "") === "") return where;
  const [ca, cert, key] = await Promise.all(
    ["ca", "cert", "key"].map((name) => readFile(`${certificates}/${name}.pem`)),
  );
  return { ...where, ca, cert, key };
}

/** Whether a Docker engine answers there within 5 s. */
export function answersPing(where: RequestOptions): Promise<boolean> {
  const request = where.ca === undefined ? httpRequest : httpsRequest;
  return new Promise((resolve) => {
    const call = request({ ...where, path: "/_ping", agent: false, timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    call.on("timeout", () => call.destroy());
    call.on("error", () => {
      resolve(false);
    });
    call.end();
  });
}
