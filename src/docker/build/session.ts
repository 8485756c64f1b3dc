import { randomUUID } from "node:crypto";
import type { ServerHttp2Stream } from "node:http2";
import { setImmediate } from "node:timers/promises";
import { parseImage } from "../../compose/values/image.js";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { readAll } from "../../tools/streams/read-all.js";
import type { Credentials } from "../calls/pull.js";
import type { Connection } from "../client/connection.js";
import { textIn, writeBytes, writeNumber } from "./protobuf.js";

const credentialsMethod = "/moby.filesync.v1.Auth/Credentials";
const healthMethod = "/grpc.health.v1.Health/Check";
const unimplemented = "12";
/** No question of the builder's is longer. */
const longestMessage = 64 * 1024;

export interface Session {
  readonly id: string;
  close(): void;
}

/**
 * BuildKit asks its caller back: without a session it cannot even pull a public image. The connection turns round and we
 * answer gRPC on it. Of all it may ask only the credentials for base images are known here; any other question is refused,
 * and it goes on without. Throws Refusal where the engine has no BuildKit, or a proxy does not let the session through.
 */
export async function openSession(connection: Connection, credentials: Credentials): Promise<Session> {
  // Only builds need it, and it is not small.
  const { performServerHandshake } = await import("node:http2");
  const id = randomUUID();
  const socket = await connection.upgrade({
    method: "POST",
    path: "/session",
    protocol: "h2c",
    headers: {
      "X-Docker-Expose-Session-Uuid": id,
      "X-Docker-Expose-Session-Name": "fairlead",
      "X-Docker-Expose-Session-Grpc-Method": [credentialsMethod, healthMethod],
    },
    task: "open a session for a build",
  });
  // The peer may go away at any time; the build's own connection tells what became of it.
  socket.on("error", () => undefined);
  const session = performServerHandshake(socket);

  session.on("error", () => undefined);
  session.on("stream", (stream, headers) => {
    stream.on("error", () => undefined);
    void answer(stream, headers[":path"] ?? "", credentials);
  });
  // What has already arrived is read in the next turn, which throws if the session is gone by then.
  await setImmediate();
  return {
    id,
    close: () => {
      session.destroy();
      socket.destroy();
    },
  };
}

async function answer(stream: ServerHttp2Stream, method: string, credentials: Credentials): Promise<void> {
  const reply = await readMessage(stream)
    .then((message) => replyTo(method, message, credentials))
    .catch(() => undefined);
  if (stream.destroyed) return;
  const headers = { ":status": 200, "content-type": "application/grpc" };
  if (reply === undefined) {
    stream.respond({ ...headers, "grpc-status": unimplemented }, { endStream: true });
    return;
  }
  stream.respond(headers, { waitForTrailers: true });
  stream.once("wantTrailers", () => {
    stream.sendTrailers({ "grpc-status": "0" });
  });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(reply.length, 1);
  stream.end(Buffer.concat([prefix, reply]));
}

/** Undefined: we know nothing of that. */
async function replyTo(method: string, message: Buffer, credentials: Credentials): Promise<Buffer | undefined> {
  if (method === healthMethod) return writeNumber(1, 1);
  if (method !== credentialsMethod) return undefined;
  return credentialsReply(await credentials(registryOf(textIn(message, 1))));
}

/** The builder names Docker Hub by its API's host. */
function registryOf(host: string): string {
  return parseImage(`${host}/any`).registry;
}

/** As the builder takes a login: a secret without a user name is an identity token. */
export function credentialsReply(login: RegistryCredentials | undefined): Buffer {
  const { identitytoken, username = "", password } = login ?? {};
  if (identitytoken !== undefined) return writeBytes(2, identitytoken.reveal());
  return Buffer.concat([writeBytes(1, username), writeBytes(2, password?.reveal() ?? "")]);
}

/** The one message of a unary call, without gRPC's prefix of five bytes. */
async function readMessage(stream: ServerHttp2Stream): Promise<Buffer> {
  return (await readAll(stream, longestMessage)).subarray(5);
}
