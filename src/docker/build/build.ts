/*
 * Builds live here. What is sent to them comes from `context/`.
 */

import type { BuildSpec } from "../../compose/model/container/build-spec.js";
import { isImageId } from "../../compose/values/image.js";
import type { ImageId } from "../../compose/values/image.js";
import { serverAddress } from "../../compose/values/registry-name.js";
import type { BuildOrder } from "../../control/ports/builds.js";
import type { RegistryCredentials } from "../../control/ports/registry.js";
import { FairleadError } from "../../errors.js";
import { given } from "../../tools/present.js";
import type { Credentials } from "../calls/pull.js";
import type { Call, Connection } from "../client/connection.js";
import { readObjects } from "../client/lines.js";
import { Refusal, remedyAgainst } from "../client/refusal.js";
import { BuildOutput } from "./build-output.js";
import { openSession } from "./session.js";
import type { Session } from "./session.js";

/** A build that says nothing for so long is stuck: a compiler may well be silent for half an hour. */
const silenceMs = 3_600_000;

/**
 * Builds with BuildKit, and with the classic builder only where the engine or a proxy before it refuses a session.
 * Answers the image's id.
 */
export async function buildImage(
  connection: Connection,
  order: BuildOrder,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<ImageId> {
  const session = await sessionFor(connection, credentials);
  try {
    const builder: Pick<Call, "query" | "registries"> =
      session === undefined
        ? { registries: await loginsFor(order.context.registries, credentials) }
        : { query: { version: "2", session: session.id } };
    return await transfer(connection, order, builder, signal);
  } finally {
    session?.close();
  }
}

async function sessionFor(connection: Connection, credentials: Credentials): Promise<Session | undefined> {
  try {
    return await openSession(connection, credentials);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** As the classic builder looks them up. */
async function loginsFor(
  registries: readonly string[],
  credentials: Credentials,
): Promise<Record<string, RegistryCredentials>> {
  const logins: Record<string, RegistryCredentials> = {};
  for (const registry of registries) {
    const login = await credentials(registry);
    if (login !== undefined) logins[serverAddress(registry)] = login;
  }
  return logins;
}

async function transfer(
  connection: Connection,
  order: BuildOrder,
  builder: Pick<Call, "query" | "registries">,
  signal: AbortSignal,
): Promise<ImageId> {
  const { archive } = order.context;
  const unread: { fault: unknown } = { fault: undefined };
  archive.once("error", (error: unknown) => (unread.fault = error));
  const output = new BuildOutput(Object.values(revealed(order.build.args)), order.onLine);
  const silence = new AbortController();
  const timer = setTimeout(() => {
    silence.abort();
  }, silenceMs);
  try {
    const call = {
      method: "POST",
      path: "/build",
      ...builder,
      query: { ...queryOf(order), ...builder.query },
      archive,
      task: "build an image",
      timeoutMs: silenceMs,
      signal: AbortSignal.any([signal, silence.signal]),
    } as const;
    for await (const object of readObjects(await connection.stream(call))) {
      timer.refresh();
      output.take(object);
    }
  } catch (error) {
    if (signal.aborted) throw new FairleadError("BuildFailed", "the build was interrupted", { cause: error });
    if (unread.fault !== undefined) throw asFault(unread.fault);
    if (error instanceof Refusal) throw buildFault(error.message, error.status);
    if (error instanceof FairleadError) throw error;
    const how = silence.signal.aborted ? "it has said nothing for an hour" : "the connection was cut";
    throw new FairleadError("BuildFailed", `the build broke off: ${how}`, { cause: error });
  } finally {
    clearTimeout(timer);
    output.end();
  }
  if (output.fault !== undefined) throw buildFault(output.fault);
  if (output.id !== undefined && isImageId(output.id)) return output.id;
  throw new FairleadError("BuildFailed", "the build ended without an image");
}

function asFault(cause: unknown): FairleadError {
  if (cause instanceof FairleadError) return cause;
  const reason = cause instanceof Error ? cause.message : "unknown";
  return new FairleadError("BuildFailed", `the build's context cannot be read: ${reason}`, { cause });
}

function queryOf({ build, context, tags }: BuildOrder): NonNullable<Call["query"]> {
  const optional = {
    target: build.target,
    networkmode: build.network,
    shmsize: build.shmSizeBytes,
    platform: build.platform,
    nocache: build.noCache === true ? true : undefined,
    pull: build.pull === true ? true : undefined,
    extrahosts: build.extraHosts,
    cachefrom: build.cacheFrom === undefined ? undefined : JSON.stringify(build.cacheFrom),
  };
  return {
    t: [...tags, ...(build.tags ?? [])],
    dockerfile: context.dockerfile,
    buildargs: JSON.stringify(revealed(build.args)),
    labels: JSON.stringify(build.labels),
    rm: true,
    forcerm: true,
    ...given(optional),
  };
}

function revealed(args: BuildSpec["args"]): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, value.reveal()]));
}

/** The world's faults, not the Dockerfile's: another time it may go well. */
const passing =
  /connection (refused|reset)|dial tcp|i\/o timeout|handshake timeout|no such host|name resolution|failed to do request|unexpected EOF|toomanyrequests|too many requests|rate limit|\b(429|50[0234])\b|unauthorized|authorization|access denied|no basic auth|insufficient_scope|no space left|context canceled|deadline exceeded|no active session/i;

function buildFault(message: string, status = 0): FairleadError {
  const retry = passing.test(message) || (status >= 500 && !/dockerfile/i.test(message)) ? "backoff" : "never";
  const remedy = remedyAgainst(status);
  return new FairleadError("BuildFailed", `the build failed: ${message}`, {
    retry,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
