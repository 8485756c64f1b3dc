import { describe, expect, it } from "vitest";
import { readProject } from "../../../../src/compose/project/compose.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import { readService, serviceOf, surroundings } from "../read.js";

const withPort = (lines: string) => readService(`ports: ["80:8080"]\n${lines}`);
const gateOf = (lines: string) => serviceOf(withPort(`x-fairlead: {gate: ${lines}}`)).gate;

/** With place and remedy. */
function problems(lines: string): readonly string[] {
  const result = readService(lines);
  return result.ok ? [] : result.problems.map(formatProblem);
}

describe("a gate that the file asks for", () => {
  it.each([
    ["http", { mode: "http", holdMs: 30_000, proxyProtocol: false }],
    ["tcp", { mode: "tcp", holdMs: 30_000, proxyProtocol: false }],
    ["{mode: tcp, hold: 0s}", { mode: "tcp", holdMs: 0, proxyProtocol: false }],
    ["{mode: http, hold: 1m30s, proxy_protocol: true}", { mode: "http", holdMs: 90_000, proxyProtocol: true }],
  ])("%s", (lines, expected) => {
    expect(gateOf(lines)).toEqual(expected);
  });

  it.each([
    ['ports: ["80:8080"]\nx-fairlead: {gate: udp}', /"udp" is not one of http, tcp/],
    ['ports: ["80:8080"]\nx-fairlead: {gate: {hold: 5s}}', /`mode` is missing/],
    ['ports: ["80:8080"]\nx-fairlead: {gate: {mode: http, hold: 61m}}', /longer than an hour/],
    ['ports: ["80:8080"]\nx-fairlead: {gate: {mode: http, holds: 5s}}', /holds.*hold/is],
    ['ports: ["80:8080", "53:53/udp"]\nx-fairlead: {gate: tcp}', /^services.yaml:5:\d+: .*TCP only.*UDP/],
    ["x-fairlead: {gate: http}", /names no TCP port.*`expose`/s],
    ["network_mode: host\nexpose: [80]\nx-fairlead: {gate: http}", /needs networks/],
    ['ports: ["1000-1100:1000-1100"]\nx-fairlead: {gate: tcp}', /100 ports at most/],
    ["deploy: {mode: replicated-job}\nexpose: [80]\nx-fairlead: {gate: tcp}", /meant to end/],
  ])("%s is refused", (lines, message) => {
    expect(problems(lines).join("\n")).toMatch(message);
  });

  it("needs no published port", () => {
    expect(serviceOf(readService("expose: [80]\nx-fairlead: {gate: http}")).gate).toMatchObject({ mode: "http" });
  });

  it("lets several replicas have one host port", () => {
    const replicas = 'ports: ["80:8080"]\nscale: 3\n';
    expect(problems(replicas)).toHaveLength(1);
    expect(problems(`${replicas}x-fairlead: {gate: http}`)).toEqual([]);
  });
});

describe("a gate that follows from start-first", () => {
  const startFirst = "deploy: {update_config: {order: start-first}}";
  it("is one for TCP", () => {
    expect(serviceOf(withPort(startFirst)).gate).toEqual({ mode: "tcp", holdMs: 30_000, proxyProtocol: false });
  });

  it.each([
    ["nothing is published", startFirst],
    ["the engine picks the port", `ports: ["8080"]\n${startFirst}`],
    ["a port is UDP", `ports: ["80:8080", "53:53/udp"]\n${startFirst}`],
    ["the name is fixed", `ports: ["80:8080"]\ncontainer_name: web\n${startFirst}`],
    ["stop-first is asked for", 'ports: ["80:8080"]\ndeploy: {update_config: {order: stop-first}}'],
    ["nothing is said", 'ports: ["80:8080"]'],
    ["it is meant to end", 'ports: ["80:8080"]\ndeploy: {mode: replicated-job, update_config: {order: start-first}}'],
  ])("does not follow where %s", (_, lines) => {
    expect(serviceOf(readService(lines)).gate).toBeUndefined();
  });

  it("does not follow where the address is fixed", () => {
    const rest = "networks: {default: {ipam: {config: [{subnet: 10.1.0.0/24}]}}}";
    const lines = `ports: ["80:8080"]\nnetworks: {default: {ipv4_address: 10.1.0.9}}\n${startFirst}`;
    expect(serviceOf(readService(lines, {}, rest)).gate).toBeUndefined();
  });
});

it("no other service has the name of a gate", () => {
  const service = "{image: nginx, ports: ['80:8080'], x-fairlead: {gate: http}}";
  const text = `name: shop\nservices:\n  web: ${service}\n  web.gate: {image: nginx}\n`;
  const result = readProject({ ...surroundings, text, environment: {} });
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    expect.stringMatching(/^services\.yaml:4:3: .*"web\.gate" is the name of the gate of service "web"/),
  ]);
});
