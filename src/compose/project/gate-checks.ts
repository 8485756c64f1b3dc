import { report, reportKey } from "../document/node.js";
import { gateName } from "../model/policy/gate.js";
import { quote } from "../../tools/quote.js";
import type { Definition } from "./definition.js";

/** Each has a section of its own, with room for every replica. */
const mostPorts = 100;

/** What a gate that the file asks for cannot do. */
export function checkGate({ spec, gate: node, ports, networkMode }: Definition): void {
  if (node === undefined || spec.gate === undefined) return;
  for (const { port, node: at } of ports) {
    if (port.protocol === "tcp") continue;
    const hint = "leave out the gate, or give what listens there a service of its own";
    report(at, `a gate passes on TCP only, and this port is ${port.protocol.toUpperCase()}`, hint);
  }
  const { container } = spec;
  const tcp = [...container.ports, ...(container.expose ?? [])].filter(({ protocol }) => protocol === "tcp");
  if (tcp.length === 0) {
    report(node, "the service names no TCP port", "write what it listens on under `ports`, or under `expose`");
  }
  if (new Set(tcp.map(({ containerPort }) => containerPort)).size > mostPorts) {
    report(node, `a gate passes on ${mostPorts} ports at most`, "leave out the gate");
  }
  if (networkMode !== undefined) {
    const hint = "remove `network_mode`, or leave out the gate";
    report(networkMode, "a gate needs networks that it can share with the service", hint);
  }
  if (spec.oneShot === true) report(node, "what is meant to end takes no work from a gate", "leave out the gate");
}

/** The name of a derived service is nobody else's. */
export function checkGateNames(definitions: readonly Definition[]): void {
  const owners = new Map(
    definitions.flatMap(({ spec }): [string, string][] =>
      spec.gate === undefined ? [] : [[gateName(spec.name), spec.name]],
    ),
  );
  for (const { spec, node } of definitions) {
    const owner = owners.get(spec.name);
    if (owner === undefined) continue;
    reportKey(node, `${quote(spec.name)} is the name of the gate of service ${quote(owner)}`, "choose another name");
  }
}
