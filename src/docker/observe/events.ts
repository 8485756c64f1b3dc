import type { EngineEvent } from "../../control/ports/events.js";
import { isMark } from "../calls/marks.js";
import { isRehearsal } from "../calls/rehearsal.js";
import type { EventMessage } from "../client/schema.js";
import { readIdentity } from "../create/labels.js";
import type { Host } from "./host.js";

/**
 * The kinds that can change what a plan sees. Health probes' own exec events would drown them. Podman filters by its own
 * word `died`, and then says `die`.
 */
export const eventFilters = {
  type: ["container", "network", "volume", "image"],
  event: [
    ...[
      "create",
      "start",
      "kill",
      "die",
      "died",
      "oom",
      "stop",
      "destroy",
      "rename",
      "health_status",
      "update",
      "pause",
      "unpause",
    ],
    ...["connect", "disconnect", "remove", "pull", "tag", "untag", "delete", "load", "import"],
  ],
};

/** What of a foreign container can unblock ours: a name or a port becomes free. */
const unblocking: ReadonlySet<string> = new Set(["die", "destroy", "rename"]);

/** Marks what the event makes stale, and answers what to tell the controller, if anything. */
export function digestEvent(message: EventMessage, host: Host): EngineEvent | undefined {
  switch (message.Type) {
    case "container":
      return containerEvent({ ...message, Action: commonName(message.Action) }, host);
    case "network":
      return networkEvent(message, host);
    case "volume":
      if (isMark(message.Actor?.ID || (message.Actor?.Attributes?.["name"] ?? ""))) return undefined;
      host.stale.list("volumes");
      return { kind: "other" };
    case "image":
      host.stale.list("images");
      return { kind: "other" };
    case undefined:
    default:
      return undefined;
  }
}

/** Podman's words for what Docker calls otherwise. */
function commonName(action = ""): string {
  return action === "remove" ? "destroy" : action;
}

function containerEvent(message: EventMessage, host: Host): EngineEvent | undefined {
  const { Action = "", Actor } = message;
  if (isRehearsal(Actor?.Attributes)) return undefined;
  const id = Actor?.ID ?? "";
  const identity = readIdentity(Actor?.Attributes ?? {}) ?? host.find(id);
  const subject = { id, names: namesIn(Actor?.Attributes ?? {}) };
  if (identity === undefined) {
    if (Action === "kill" || Action.startsWith("health_status")) return undefined;
    host.stale.container(id);
    return { kind: "foreign", subject, unblocks: unblocking.has(Action) };
  }
  remember(id, message, host);
  host.unheard.heard(id);
  // A signal changes nothing by itself; if the container ends of it, that is an event of its own.
  if (Action === "kill") return undefined;
  host.stale.container(id);
  return { kind: "container", project: identity.project, service: identity.service, action: Action, subject };
}

function namesIn({ name, oldName }: Readonly<Record<string, string>>): readonly string[] {
  return [name, oldName].flatMap((one) => (one === undefined ? [] : [one.replace(/^\//, "")]));
}

/** What no later look could tell. */
function remember(id: string, { Action = "", Actor, timeNano, time = 0 }: EventMessage, host: Host): void {
  const at = timeNano === undefined ? time * 1000 : Math.floor(timeNano / 1e6);
  switch (Action) {
    case "kill":
      host.ends.killed(id, Actor?.Attributes?.["signal"] ?? "", host.monotonic());
      return;
    case "stop":
      host.ends.stopped(id, host.monotonic());
      return;
    case "die":
      host.ends.died(id, host.monotonic());
      host.health.broke(id);
      return;
    case "start":
      host.ends.started(id);
      host.starts.started(id);
      host.health.broke(id);
      return;
    case "destroy":
      host.ends.forget(id);
      host.health.broke(id);
      return;
    case "health_status: healthy":
      host.health.becameHealthy(id, at);
      return;
    case "health_status: unhealthy":
    case "health_status: starting":
      host.health.broke(id);
      return;
  }
}

/** Joining and leaving name the container, but bear none of its labels. Podman names it in the network's place. */
function networkEvent({ Action = "", Actor }: EventMessage, host: Host): EngineEvent | undefined {
  if (Action !== "connect" && Action !== "disconnect") {
    host.stale.list("networks");
    return { kind: "other" };
  }
  const container = host.find(Actor?.Attributes?.["container"] ?? Actor?.ID ?? "");
  // A foreign one that leaves a network may unblock what waits for that.
  if (container === undefined) return Action === "disconnect" ? { kind: "other" } : undefined;
  host.stale.container(container.id);
  host.unheard.heard(container.id);
  return { kind: "container", project: container.project, service: container.service, action: Action };
}
