import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { complaints, readService, serviceOf } from "../read.js";

const probeOf = (lines: string, environment: Record<string, string> = {}) =>
  serviceOf(readService(`x-fairlead: {probe: ${lines}}`, environment)).probe;

describe("a probe", () => {
  it("has the defaults of a readiness probe", () => {
    expect(probeOf("{http: {port: 8080}}")).toEqual({
      check: {
        kind: "http",
        scheme: "http",
        port: 8080,
        path: "/",
        host: undefined,
        headers: {},
        statuses: [{ first: 200, last: 399 }],
      },
      intervalMs: 10_000,
      timeoutMs: 1_000,
      retries: 3,
      startPeriodMs: 0,
    });
  });

  it.each<[string, unknown]>([
    ["{tcp: {port: '5432'}}", { check: { kind: "tcp", port: 5432 } }],
    ["{exec: {command: /app check 'a b'}}", { check: { kind: "exec", command: ["/app", "check", "a b"] } }],
    ["{exec: {command: [/app, '']}}", { check: { kind: "exec", command: ["/app", ""] } }],
    ["{http: {port: 1, path: '/a?b=%20c', scheme: https}}", { check: { path: "/a?b=%20c", scheme: "https" } }],
    ["{http: {port: 65535, host: 'shop.example:8443'}}", { check: { port: 65_535, host: "shop.example:8443" } }],
    ["{http: {port: 1, host: '[::1]'}}", { check: { host: "[::1]" } }],
    ["{http: {port: 1, status: 204}}", { check: { statuses: [{ first: 204, last: 204 }] } }],
    ["{http: {port: 1, status: '401'}}", { check: { statuses: [{ first: 401, last: 401 }] } }],
    ["{http: {port: 1, status: 200-299}}", { check: { statuses: [{ first: 200, last: 299 }] } }],
    [
      "{http: {port: 1, status: [200, 500-599]}}",
      {
        check: {
          statuses: [
            { first: 200, last: 200 },
            { first: 500, last: 599 },
          ],
        },
      },
    ],
    ["{http: {port: 1, headers: {X-A: 1, x-b: 'ü'}}}", { check: { headers: { "X-A": "1", "x-b": "ü" } } }],
    [
      "{tcp: {port: 1}, interval: 100ms, timeout: 1m, retries: 1, start_period: 2s}",
      { intervalMs: 100, timeoutMs: 60_000, retries: 1, startPeriodMs: 2_000 },
    ],
  ])("%s", (lines, wanted) => {
    expect(probeOf(lines)).toMatchObject(wanted as object);
  });

  it("takes variables, and shows none of their values", () => {
    const secret = "hunter2";
    const written = "{http: {port: $PORT, path: '/$P', headers: {Authorization: 'Bearer $S'}}}";
    expect(probeOf(written, { PORT: "80", P: "x", S: secret })).toMatchObject({
      check: { port: 80, path: "/x", headers: { Authorization: "Bearer hunter2" } },
    });
    const wrong = readService(`x-fairlead: {probe: ${written}}`, { PORT: secret, P: `${secret} `, S: `${secret}\n` });
    expect(complaints(wrong)).toHaveLength(3);
    expect(JSON.stringify(wrong)).not.toContain(secret);
  });

  it("is no property of the container", () => {
    const bare = serviceOf(readService(""));
    const probed = serviceOf(readService("x-fairlead: {probe: {tcp: {port: 80}}}"));
    expect(specHash(probed)).toBe(specHash(bare));
    expect(bare).not.toHaveProperty("probe");
  });

  it("makes a service healthy for those who depend on it", () => {
    const db = "  db: {image: nginx, healthcheck: {disable: true}, x-fairlead: {probe: {tcp: {port: 1}}}}\n";
    expect(readService("depends_on: {db: {condition: service_healthy}}", {}, db).ok).toBe(true);
  });
});
