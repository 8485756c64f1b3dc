import { commandLine } from "../container/command.js";
import { entries, isMapping, items, quoted, read, readAll, report, reportKey, type Node } from "../document/node.js";
import { choice, duration, filledText, integer, scalarText } from "../document/scalar.js";
import { fields } from "../keys/fields.js";
import { execProbeKeys, httpProbeKeys, probeKeys, tcpProbeKeys } from "../keys/probe-keys.js";
import type { HttpCheck, ProbeCheck, ProbeSpec, StatusRange } from "../model/service.js";

/** Kubernetes' for a readiness probe; docs/probes.md says why not Docker's. */
const defaults = { intervalMs: 10_000, timeoutMs: 1_000, retries: 3, startPeriodMs: 0 } as const;
/** Asking more often than this would be load, not a question. */
const shortestIntervalMs = 100;

const kinds = ["http", "tcp", "exec"] as const;

/** `x-fairlead.probe`. */
export function probe(node: Node): ProbeSpec | null {
  const field = fields(node, probeKeys);
  const times = {
    intervalMs: read(field("interval"), interval) ?? defaults.intervalMs,
    timeoutMs: read(field("timeout"), timeout) ?? defaults.timeoutMs,
    retries: read(field("retries"), (at) => integer(at, 1, Infinity)) ?? defaults.retries,
    startPeriodMs: read(field("start_period"), duration) ?? defaults.startPeriodMs,
  };
  const given = kinds.filter((kind) => field(kind) !== undefined);
  const checks = {
    http: read(field("http"), http),
    tcp: read(field("tcp"), tcp),
    exec: read(field("exec"), exec),
  };
  const [kind, ...others] = given;
  if (kind === undefined) {
    if (!isMapping(node.value)) return null;
    return report(node, "exactly one of http, tcp and exec is needed", "write for example `http: {port: 8080}`");
  }
  for (const other of others) {
    const at = field(other);
    if (at !== undefined) reportKey(at, `exactly one of http, tcp and exec is allowed, and ${kind} is there`);
  }
  const check = checks[kind];
  return check === undefined || others.length > 0 ? null : { check, ...times };
}

function http(node: Node): ProbeCheck | null {
  const field = fields(node, httpProbeKeys);
  const check: Omit<HttpCheck, "port"> = {
    kind: "http",
    scheme: read(field("scheme"), (at) => choice(at, ["http", "https"] as const)) ?? "http",
    path: read(field("path"), path) ?? "/",
    host: read(field("host"), host),
    headers: read(field("headers"), headers) ?? {},
    statuses: read(field("status"), statuses) ?? [{ first: 200, last: 399 }],
  };
  const number = neededPort(node, field("port"));
  return number === undefined ? null : { ...check, port: number };
}

function tcp(node: Node): ProbeCheck | null {
  const number = neededPort(node, fields(node, tcpProbeKeys)("port"));
  return number === undefined ? null : { kind: "tcp", port: number };
}

function exec(node: Node): ProbeCheck | null {
  const written = fields(node, execProbeKeys)("command");
  if (written === undefined) return isMapping(node.value) ? report(node, "`command` is missing") : null;
  const command = read(written, commandLine);
  if (written.value === null || command?.length === 0 || command?.[0] === "") {
    return report(written, "must not be empty", 'write for example ["/app", "check"]');
  }
  return command === undefined ? null : { kind: "exec", command };
}

function neededPort(node: Node, written: Node | undefined): number | undefined {
  if (written === undefined && isMapping(node.value))
    report(node, "`port` is missing", "name the port that the container listens on");
  return read(written, (at) => integer(at, 1, 65_535));
}

/** What goes into a request line as it is. */
function path(node: Node): string | null {
  const text = filledText(node);
  if (text === null || /^\/[!-"$-~]*$/.test(text)) return text;
  return report(node, `${quoted(node)} is not the path of a URL`, "begin with `/`, and escape what a URL cannot hold");
}

function host(node: Node): string | null {
  const text = filledText(node);
  if (text === null || /^(?:[\w.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/.test(text)) return text;
  return report(node, `${quoted(node)} is not a host name`, "write for example `shop.example`");
}

/** Headers that the request's own form decides. */
const ownHeaders: Readonly<Record<string, string>> = {
  host: "write `host` beside `headers`",
  connection: "every probe is a connection of its own",
  "content-length": "a probe has no body",
  "transfer-encoding": "a probe has no body",
  upgrade: "a probe asks one question",
};

function headers(node: Node): Readonly<Record<string, string>> {
  const seen = new Set<string>();
  const found = entries(node).flatMap(([name, at]): [string, string][] => {
    const lower = name.toLowerCase();
    const reserved = Object.hasOwn(ownHeaders, lower) ? ownHeaders[lower] : undefined;
    if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) reportKey(at, "not the name of a header");
    else if (reserved !== undefined) reportKey(at, "this header is not for the file to set", reserved);
    else if (seen.has(lower)) reportKey(at, "an earlier header has the same name", "remove one of them");
    seen.add(lower);
    const value = read(at, headerValue);
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

/** The message never shows the value: it may be a token. */
function headerValue(node: Node): string | null {
  const value = scalarText(node);
  if (value === null || /^[\t -~\u0080-\u00ff]*$/.test(value)) return value;
  return report(node, "a header's value cannot hold control characters or line breaks");
}

/** A code, a range `200-299`, or a list of them. */
function statuses(node: Node): readonly StatusRange[] | null {
  if (!Array.isArray(node.value)) {
    const range = statusRange(node);
    return range === null ? null : [range];
  }
  if (node.value.length === 0) return report(node, "must not be empty");
  return readAll(items(node), statusRange);
}

function statusRange(node: Node): StatusRange | null {
  const text = scalarText(node);
  if (text === null) return null;
  const [, from = "", to = from] = /^([2-5]\d\d)(?:-([2-5]\d\d))?$/.exec(text) ?? [];
  const range = { first: Number(from), last: Number(to) };
  if (from !== "" && range.first <= range.last) return range;
  const shown = typeof node.value === "string" ? quoted(node) : text;
  return report(node, `${shown} is not an HTTP status`, "write a code from 200 to 599, or a range such as 200-299");
}

function interval(node: Node): number | null {
  const milliseconds = duration(node);
  if (milliseconds === null || milliseconds >= shortestIntervalMs) return milliseconds;
  return report(node, `must be at least ${shortestIntervalMs}ms`);
}

function timeout(node: Node): number | null {
  const milliseconds = duration(node);
  return milliseconds === 0 ? report(node, "must be longer than 0") : milliseconds;
}
