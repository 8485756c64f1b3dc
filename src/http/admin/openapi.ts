import {
  type Schema,
  name,
  durable,
  journalKind,
  engine,
  journal,
  time,
  eventTypes,
  plan,
  problem,
  service,
  source,
  kept,
  history,
  images,
  object,
  orUnchanged,
  list,
  ref,
} from "./schemas.js";

/** The admin app in OpenAPI 3.1, complete as to paths and methods; the schemas name what a client relies on. */
export function openapi(version: string): object {
  return {
    openapi: "3.1.0",
    info: { title: "Fairlead", version, license: { name: "Apache-2.0", identifier: "Apache-2.0" } },
    security: [{}, { token: [] }],
    paths: {
      "/livez": { get: read("The process answers", object({ live: { type: "boolean" } }), "open") },
      "/readyz": {
        get: {
          ...read("The host has been observed", object({ ready: { type: "boolean" } }), "open"),
          responses: {
            200: json("Ready", object({ ready: { const: true }, journal: journalKind })),
            503: json("Not yet", object({ ready: { const: false }, reasons: list({ type: "string" }) })),
          },
        },
      },
      "/metrics": { get: text("Prometheus metrics", "text/plain") },
      "/": { get: text("The services as a page", "text/html") },
      "/api/v1/services": {
        get: read(
          "All services, and the problems of the services file",
          object({
            ready: { type: "boolean" },
            services: list(ref("Service")),
            problems: list(ref("Problem")),
            sources: list(source),
            journal,
            engine,
          }),
        ),
      },
      "/api/v1/kept": {
        get: read("What is kept of repositories on the host, and for whom", object({ kept: list(kept) })),
      },
      "/api/v1/projects/{project}/sync": {
        parameters: [
          { name: "project", in: "path", required: true, schema: { type: "string" } },
          { ...query("side", "Whose version counts: the container's (ours), or git's (theirs)"), required: true },
          query("file", "From the repository's root on; may repeat; default all that wait for a word"),
        ],
        post: read(
          "Decide about files that a commit and a container have both changed",
          object({ files: list(name), kept: list(object({ file: name, path: name })), left: list(name) }),
        ),
      },
      "/api/v1/services/{project}/{service}": { parameters, get: read("One service", ref("Service")) },
      "/api/v1/services/{project}/{service}/reconcile": { parameters, post: enqueue("Look at the service again") },
      "/api/v1/services/{project}/{service}/retry": {
        parameters,
        post: enqueue("Forget that the held digest was bad, and look again", { retried: orUnchanged({}) }),
      },
      "/api/v1/services/{project}/{service}/rollback": {
        parameters: [
          ...parameters,
          query("to", "A revision's number, or the beginning of its digest; default the last stable one before"),
        ],
        post: enqueue("Pin the service to an earlier revision, until it is resumed", {
          rollback: object({ revision: { type: "integer" }, digest: name, spec: { enum: ["own", "today's"] } }),
        }),
      },
      "/api/v1/services/{project}/{service}/approve": {
        parameters: [
          ...parameters,
          query("digest", "What is approved, or the beginning of it: refused if something else is wanted by now"),
        ],
        post: enqueue("Let what is wanted now go ahead", {
          approved: orUnchanged({ digest: name, specHash: name }),
        }),
      },
      "/api/v1/services/{project}/{service}/pause": {
        parameters,
        post: enqueue("Begin no rollout of the service until it is resumed", { paused: orUnchanged({}) }),
      },
      "/api/v1/services/{project}/{service}/stop": {
        parameters: [...parameters, query("for", "A duration, such as `2h`; default until it is started")],
        post: enqueue("Have the service off, over pushes and restarts", {
          stopped: orUnchanged({ until: time }),
        }),
      },
      "/api/v1/services/{project}/{service}/start": {
        parameters,
        post: enqueue("Have the service run again", {
          started: orUnchanged({ stoppedByFile: { type: "boolean" } }),
        }),
      },
      "/api/v1/services/{project}/{service}/resume": {
        parameters,
        post: enqueue("Lift the service's pin and a person's pause", {
          resumed: orUnchanged({ pausedByFile: { type: "boolean" } }),
        }),
      },
      "/api/v1/services/{project}/{service}/history": {
        parameters,
        get: read("What was rolled out, newest first, and the last failures", ref("History")),
      },
      "/api/v1/services/{project}/{service}/images": {
        parameters,
        get: read("Which tag the service follows, and why not the others", ref("Images")),
      },
      "/api/v1/services/{project}/{service}/adopt": {
        parameters,
        post: enqueue("Take over the containers that others made for the service, and look again", {
          adopted: list(name),
        }),
      },
      "/api/v1/services/{project}/{service}/build": {
        parameters,
        get: read(
          "The last lines of the last build",
          object({
            lines: list(name),
            dropped: { type: "integer" },
            beganAt: time,
            state: { enum: ["running", "built", "failed"] },
          }),
        ),
        post: enqueue("Build the image again, whether its inputs have changed or not"),
      },
      "/api/v1/services/{project}/{service}/logs": {
        parameters: [...parameters, ...logParameters],
        get: logStream("The log lines of the service's containers"),
      },
      "/api/v1/logs": {
        parameters: [
          { ...query("service", "`project/service`; may repeat; default all"), schema: list(name) },
          ...logParameters,
        ],
        get: logStream("The log lines of the containers of several services, or of all"),
      },
      "/api/v1/events": {
        parameters: [
          query("since", "A time in ISO 8601, or how long ago: `10m`; default all that is kept"),
          query("follow", "`false`: the answer ends with what is kept"),
          { ...query("Last-Event-ID", "What a client that comes again saw last"), in: "header" },
        ],
        get: {
          summary: "What was done and why, oldest first, then as it happens",
          responses: {
            200: {
              description: "Server-Sent Events, or where it is accepted one JSON object a line",
              content: {
                "text/event-stream": { schema: name },
                "application/x-ndjson": { schema: ref("Event") },
              },
            },
            default: json("Refused", ref("Error")),
          },
        },
      },
      "/api/v1/plan": {
        parameters: [
          query("prune", "`true`: as if the controller removed what has left its files, whether it does or not"),
        ],
        get: read(
          "What would be done now, and what is left over; nothing is changed",
          object({ plans: list(ref("Plan")), orphans: list(ref("Orphan")) }),
        ),
      },
      "/api/v1/openapi.json": { get: read("This document", { type: "object" }) },
    },
    components: {
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
      schemas: {
        Service: service,
        History: history,
        Images: images,
        Plan: plan,
        Orphan: {
          ...object({ kind: name, project: name, name, usedBy: list(name), text: name }),
          properties: {
            kind: { enum: ["network", "volume"] },
            project: name,
            name,
            id: name,
            usedBy: list(name),
            text: name,
          },
        },
        LogEntry: {
          ...object({ project: name, service: name, container: name }),
          properties: {
            project: name,
            service: name,
            container: name,
            at: time,
            stream: { enum: ["stdout", "stderr"] },
            text: name,
            notice: { ...name, description: "In place of a line: why there is none" },
          },
        },
        Event: {
          ...object({ id: name, at: time, type: name, reason: name, message: name }),
          properties: {
            id: name,
            at: time,
            project: name,
            service: name,
            type: { enum: eventTypes },
            reason: name,
            message: name,
            digest: name,
          },
        },
        Problem: problem,
        Error: { ...object({ error: { type: "string" } }), properties: { error: name, remedy: name } },
      },
    },
  };
}

const parameters = ["project", "service"].map((parameter) => ({
  name: parameter,
  in: "path",
  required: true,
  schema: name,
}));

function query(parameter: string, description: string): Schema {
  return { name: parameter, in: "query", description, schema: name };
}

const logParameters: readonly Schema[] = [
  query("follow", "`true`: the answer goes on, over restarts and rollouts, until the client ends it"),
  query("tail", "So many lines from the end of each container's log; default `all`"),
  query("since", "A time in ISO 8601, or how long ago: `10m`"),
  query("timestamps", "`true`: of text, each line with its time"),
  query("no-prefix", "`true`: of text, never a container's name before its lines"),
];

function json(description: string, schema: Schema): Schema {
  return { description, content: { "application/json": { schema } } };
}

function read(summary: string, schema: Schema, access: "guarded" | "open" = "guarded"): Schema {
  return {
    summary,
    ...(access === "open" ? { security: [{}] } : {}),
    responses: { 200: json("As asked", schema), default: json("Refused", ref("Error")) },
  };
}

function text(summary: string, type: string): Schema {
  return { summary, responses: { 200: { description: summary, content: { [type]: { schema: name } } } } };
}

function logStream(summary: string): Schema {
  const content = { "text/plain": { schema: name }, "application/x-ndjson": { schema: ref("LogEntry") } };
  const description = "Text, or where it is accepted one JSON object a line, in order of time, then as they come";
  return { summary, responses: { 200: { description, content }, default: json("Refused", ref("Error")) } };
}

function enqueue(summary: string, more: Schema = {}): Schema {
  return {
    summary,
    responses: {
      202: json("Enqueued", object({ enqueued: list(name), durable, ...more })),
      default: json("Refused", ref("Error")),
    },
  };
}
