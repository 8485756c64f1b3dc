import type { GateSpec } from "../compose/model/policy/gate.js";
import { textHash } from "../compose/model/hash.js";
import { holdFile } from "./files.js";

/** What one gate is told before it starts. */
export interface GateLayout {
  readonly gate: GateSpec;
  /** Of the containers behind it; ascending, each once. */
  readonly ports: readonly number[];
  /** The active containers of the slots from 1 on, by which the gate finds its way without anybody's help. */
  readonly names: readonly string[];
  /** How many slots there are room for. */
  readonly slots: number;
  readonly ipv6: boolean;
}

/** Room for so many replicas costs next to nothing, and scaling within it needs no new gate. */
const fewestSlots = 8;
/** Where a gate listens for commands, within its own network: the first one that the service does not need. */
const commandPorts = { first: 61_999, last: 62_999 } as const;

export function slotsFor(replicas: number): number {
  return Math.max(fewestSlots, replicas);
}

/**
 * HAProxy's configuration, the same text for the same layout, and the hash that identifies it. Its first line is
 * `# fairlead HASH PORT SECTION…`: what the gate starts with the next time, where it takes commands, and what for.
 */
export function gateConfig(layout: GateLayout): { readonly text: string; readonly hash: string } {
  const port = commandPort(layout.ports);
  const body = [...foundation(layout.gate, port), ...layout.ports.flatMap((each) => section(each, layout))].join("\n");
  const hash = textHash(body);
  const first = ["# fairlead", hash, port, ...layout.ports.map(sectionOf)].join(" ");
  return { text: `${first}\n${body}\n`, hash };
}

/** One section for each port, which is front and back at once. */
function sectionOf(port: number): string {
  return `port${port}`;
}

function commandPort(taken: readonly number[]): number {
  const { first, last } = commandPorts;
  for (let port: number = first; port < last; port++) if (!taken.includes(port)) return port;
  return last;
}

function foundation(gate: GateSpec, port: number): readonly string[] {
  return [
    "global",
    "  log stdout format raw daemon notice",
    // Some engines set no limit at all, and a table of a billion files takes all memory.
    "  fd-hard-limit 65536",
    // Requests with larger headers are refused.
    "  tune.bufsize 32768",
    "  hard-stop-after 3s",
    `  stats socket ipv4@127.0.0.1:${port} level admin`,
    ...(gate.holdMs > 0 ? [`  lua-load-per-thread ${holdFile}`, "  tune.lua.session-timeout 0"] : []),
    "",
    // The engine's own name server. Where it is silent, as while the engine restarts, what is known stays.
    "resolvers engine",
    "  nameserver engine 127.0.0.11:53",
    "  resolve_retries 3",
    "  timeout resolve 1s",
    "  timeout retry 1s",
    "  hold valid 1s",
    "  hold obsolete 0s",
    "  hold nx 2s",
    "  hold other 2s",
    "  hold refused 24d",
    "  hold timeout 24d",
    "",
    "defaults",
    `  mode ${gate.mode}`,
    "  log global",
    "  option dontlog-normal",
    // A connection that could not be made has carried nothing yet: the next server may have it.
    "  retries 3",
    "  option redispatch 1",
    "  timeout connect 2s",
    ...(gate.mode === "http" ? http : tcp),
  ];
}

const http = [
  "  option httplog",
  "  option forwardfor",
  // Pieces of an answer go out as they come: events and streams are not held back.
  "  option http-no-delay",
  "  balance roundrobin",
  "  timeout http-request 60s",
  "  timeout http-keep-alive 75s",
  // Downloads and answers that are long in coming: the service itself decides how long.
  "  timeout client 1h",
  "  timeout server 1h",
  // Websockets may be silent for as long as they like.
  "  timeout tunnel 24d",
];

const tcp = [
  "  option tcplog",
  "  option clitcpka",
  "  option srvtcpka",
  "  balance leastconn",
  // A connection may be silent for as long as it likes; the kernel's keep-alive finds the dead ones.
  "  timeout client 24d",
  "  timeout server 24d",
];

function section(port: number, { gate, names, slots, ipv6 }: GateLayout): readonly string[] {
  const numbers = Array.from({ length: slots }, (_, index) => index + 1);
  const proxy = gate.proxyProtocol ? " send-proxy-v2" : "";
  const slot = (number: number) => {
    const name = names[number - 1];
    return name === undefined || !isHostName(name)
      ? `  server slot${number} 0.0.0.0:${port}${proxy} disabled`
      : `  server slot${number} ${name}:${port}${proxy} resolvers engine resolve-prefer ipv4 init-addr none`;
  };
  const self = sectionOf(port);
  return [
    "",
    `listen ${self}`,
    `  bind :${port}`,
    ...(ipv6 ? [`  bind :::${port} v6only`] : []),
    ...hold(self, gate),
    ...numbers.map(slot),
    ...["next", "spare"].flatMap((kind) =>
      numbers.map((number) => `  server ${kind}${number} 0.0.0.0:${port}${proxy} disabled`),
    ),
  ];
}

/**
 * Without the delay, a rule about a connection may not wait at all. It costs nothing where there is a server. A gate that
 * is ending counts none, though it still reaches them.
 */
function hold(section: string, { mode, holdMs }: GateSpec): readonly string[] {
  if (holdMs === 0) return [];
  const rule = `lua.hold ${section} ${holdMs} if { nbsrv(${section}) lt 1 } !{ stopping }`;
  if (mode === "http") return [`  http-request ${rule}`];
  return [`  tcp-request inspect-delay ${holdMs + 1_000}ms`, `  tcp-request content ${rule}`];
}

/** A longer one cannot be asked for: such a gate finds its way only with help. */
function isHostName(name: string): boolean {
  return name.length <= 253 && name.split(".").every((label) => label.length > 0 && label.length <= 63);
}
