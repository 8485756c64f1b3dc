import { describe, expect, it } from "vitest";
import type { PortMapping } from "../../../../src/compose/model/service.js";
import { complaints, readService, serviceOf } from "../read.js";

const read = (port: string) => readService(`ports: [${port}]`);

describe("ports", () => {
  it.each<[string, string[]]>([
    ["80", ["-:-:80/tcp"]],
    ['"80"', ["-:-:80/tcp"]],
    ["0x50", ["-:-:80/tcp"]],
    ["80/udp", ["-:-:80/udp"]],
    ["1:65535", ["-:1:65535/tcp"]],
    ["65535:1/sctp", ["-:65535:1/sctp"]],
    ["0:80", ["-:-:80/tcp"]],
    ['":80"', ["-:-:80/tcp"]],
    ['":81:80"', ["-:81:80/tcp"]],
    ["127.0.0.1::80", ["127.0.0.1:-:80/tcp"]],
    ["127.0.0.1:81:80/tcp", ["127.0.0.1:81:80/tcp"]],
    ['"[::1]:81:80"', ["::1:81:80/tcp"]],
    ["2-3", ["-:-:2/tcp", "-:-:3/tcp"]],
    ["12-13:2-3/udp", ["-:12:2/udp", "-:13:3/udp"]],
    ["80-80:90", ["-:80:90/tcp"]],
    ["65534-65535:1-2", ["-:65534:1/tcp", "-:65535:2/tcp"]],
    ["{target: 80}", ["-:-:80/tcp"]],
    ['{target: "80", published: 81, protocol: udp, host_ip: "::", mode: host}', [":::81:80/udp"]],
    ["{target: 80, mode: ingress}", ["-:-:80/tcp"]],
    ["{target: 1, published: 0}", ["-:-:1/tcp"]],
    ["{target: 65535, published: 65535}", ["-:65535:65535/tcp"]],
    ['{target: 1, published: "7-7"}', ["-:7:1/tcp"]],
    ["8000-8010:80", ["-:8000-8010:80/tcp"]],
    ["127.0.0.1:1-2:1/udp", ["127.0.0.1:1-2:1/udp"]],
    ['{target: 1, published: "1-65535"}', ["-:1-65535:1/tcp"]],
    ["::1:81:80", ["::1:81:80/tcp"]],
    ["{target: 80, name: web, app_protocol: http, mode: host}", ["-:-:80/tcp"]],
  ])("%s", (written, expected) => {
    expect(serviceOf(read(written)).container.ports.map(show)).toEqual(expected);
  });

  it.each([
    ["0", "cannot be 0"],
    ["0-1", "cannot be 0"],
    ["65536", "is not a port mapping"],
    ["65536:80", "is not a port mapping"],
    ["123456:80", "is not a port mapping"],
    ["3-2", "is not a port mapping"],
    ["1-65536", "is not a port mapping"],
    ["-80", "is not a port mapping"],
    ["1-2-3", "is not a port mapping"],
    ["80.5", "is not a port mapping"],
    ["80/", "is not a port mapping"],
    ['"80:"', "is not a port mapping"],
    ['""', "is not a port mapping"],
    ["1-2:1-3", "different lengths"],
    ["1-3:1-2", "different lengths"],
    ["0-2:1", "cannot begin with 0"],
    ["2-1:1", "is not a port mapping"],
    ["{target: 80, name: ''}", "must not be empty"],
    ["{target: 80, app_protocol: 1}", "expected a string"],
    ["x:80:80", "does not begin with an IP address"],
    ['"[1.2.3.4:80:80"', "is not a port mapping"],
    ["{target: 0}", "must be between 1 and 65535"],
    ["{target: 65536}", "must be between 1 and 65535"],
    ["{target: 1, published: 65536}", "is not a port"],
    ['{target: 1, published: "2-1"}', "is not a port"],
    ['{target: 1, published: ""}', "is not a port"],
    ["{target: 1, mode: bridge}", "is not one of ingress, host"],
    ['{target: 1, host_ip: ""}', "is not an IP address"],
  ])("%s is refused", (written, complaint) => {
    expect(complaints(read(written))).toEqual([expect.stringContaining(complaint)]);
  });

  it("are refused where they meet, and only there", () => {
    const clash = (...ports: string[]) => complaints(readService(`ports: ${JSON.stringify(ports)}`)).length;
    expect(clash("80:1", "80:2")).toBe(1);
    expect(clash("80:1", "80:1")).toBe(0);
    expect(clash("80:1", "80:1/udp")).toBe(0);
    expect(clash("80:1", "81:1")).toBe(0);
    expect(clash("1", "1")).toBe(0);
    expect(clash("80-90:1", "80:1")).toBe(0);
    expect(clash("80:1", "80-90:1")).toBe(0);
    expect(clash("1.1.1.1:80:1", "1.1.1.2:80:1")).toBe(0);
    expect(clash("1.1.1.1:80:1", "1.1.1.1:80:1")).toBe(0);
    expect(clash("1.1.1.1:80:1", "80:1")).toBe(1);
    expect(clash("80:1", "1.1.1.1:80:1")).toBe(1);
    expect(clash("0.0.0.0:80:1", "1.1.1.1:80:1")).toBe(1);
    expect(clash("1.1.1.1:80:1", "0.0.0.0:80:1")).toBe(1);
    expect(clash("[::]:80:1", "[::1]:80:1")).toBe(1);
    expect(clash("[::1]:80:1", "[::]:80:1")).toBe(1);
    expect(clash("[::1]:80:1", "[::2]:80:1")).toBe(0);
    expect(clash("[::]:80:1", "0.0.0.0:80:1")).toBe(0);
    expect(clash("0.0.0.0:80:1", "[::1]:80:1")).toBe(0);
    expect(clash("1.1.1.1:80:1", "1.1.1.2:80:1", "80:1")).toBe(1);
  });
});

function show({ hostIp, hostPort, hostPortEnd, containerPort, protocol }: PortMapping): string {
  const range = hostPortEnd === undefined ? "" : `-${hostPortEnd}`;
  return `${hostIp ?? "-"}:${hostPort ?? "-"}${range}:${containerPort}/${protocol}`;
}
