import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What goes wrong with an answer. */
export type GitServerFault =
  | { readonly kind: "status"; readonly status: number; readonly location?: string }
  /** Sends so many bytes of a pack, and then nothing any more. */
  | { readonly kind: "stall"; readonly bytes: number }
  /** Sends so many bytes of a pack, and ends there as if that were all. */
  | { readonly kind: "cut"; readonly bytes: number };

export interface GitServer {
  readonly url: string;
  /** Every request, as `GET /fleet.git/info/refs?service=git-upload-pack`. */
  readonly requests: string[];
  fault: GitServerFault | undefined;
  /** `user:password`; absent: nobody is asked. */
  login: string | undefined;
  /** Called once, in the middle of the next fetch. */
  meanwhile: (() => Promise<void>) | undefined;
  /** Called once, in the middle of the next push. */
  meanwhilePushed: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** The repositories below `root`, served by `git http-backend` behind a real HTTP server, as a forge does it. */
export async function startGitServer(root: string): Promise<GitServer> {
  let port = 0;
  const server = createServer((req, res) => {
    void answer(state, root, req, res).catch(() => {
      res.destroy();
    });
  });
  const listen = async () => {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  };
  await listen();
  const state: GitServer = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    fault: undefined,
    login: undefined,
    meanwhile: undefined,
    meanwhilePushed: undefined,
    stop: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => void server.close(resolve));
    },
    start: listen,
  };
  return state;
}

async function answer(state: GitServer, root: string, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { fault, login, meanwhile, meanwhilePushed } = state;
  const [path = "", query = ""] = (req.url ?? "").split("?");
  state.requests.push(`${req.method ?? ""} ${req.url ?? ""}`);
  if (fault?.kind === "status") {
    res.writeHead(fault.status, fault.location === undefined ? {} : { location: fault.location + (req.url ?? "") });
    res.end("no");
    return;
  }
  if (login !== undefined && req.headers.authorization !== `Basic ${Buffer.from(login).toString("base64")}`) {
    res.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    return;
  }
  const isPack = path.endsWith("/git-upload-pack");
  if (isPack && meanwhile !== undefined) {
    state.meanwhile = undefined;
    await meanwhile();
  }
  if (path.endsWith("/git-receive-pack") && meanwhilePushed !== undefined) {
    state.meanwhilePushed = undefined;
    await meanwhilePushed();
  }
  const backend = spawn("git", ["http-backend"], {
    env: {
      ...{ PATH: process.env["PATH"], GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: "1", PATH_INFO: path },
      ...{ QUERY_STRING: query, REQUEST_METHOD: req.method, CONTENT_TYPE: req.headers["content-type"] ?? "" },
      ...{ REMOTE_ADDR: "127.0.0.1", GIT_PROTOCOL: String(req.headers["git-protocol"] ?? "") },
      HTTP_CONTENT_ENCODING: req.headers["content-encoding"] ?? "",
      ...{ GIT_CONFIG_NOSYSTEM: "1", HOME: root, REMOTE_USER: login === undefined ? "" : "user" },
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  req.pipe(backend.stdin).on("error", () => undefined);
  res.on("close", () => backend.kill());
  let head: Buffer | undefined = Buffer.alloc(0);
  let sent = 0;
  for await (const chunk of backend.stdout as AsyncIterable<Buffer>) {
    let body = chunk;
    if (head !== undefined) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) continue;
      writeHead(res, head.toString("latin1", 0, end));
      body = head.subarray(end + 4);
      head = undefined;
    }
    if (isPack && fault !== undefined && sent + body.length > fault.bytes) {
      res.write(body.subarray(0, Math.max(0, fault.bytes - sent)));
      if (fault.kind === "cut") res.end();
      // Else it is held open, and nothing comes any more.
      return;
    }
    sent += body.length;
    res.write(body);
  }
  res.end();
}

function writeHead(res: ServerResponse, text: string): void {
  const headers = text.split("\r\n").map((line) => line.split(": ") as [string, string]);
  const status = headers.find(([name]) => name === "Status")?.[1];
  for (const [name, value] of headers) if (name !== "Status") res.setHeader(name, value);
  res.writeHead(status === undefined ? 200 : Number.parseInt(status, 10));
}
