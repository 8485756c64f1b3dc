import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { isReloaded } from "../../../../src/compose/model/policy/reload-policy.js";
import { readService, serviceOf } from "../read.js";

const mounts = "volumes: [./nginx.conf:/etc/nginx/nginx.conf:ro, ./conf.d:/etc/nginx/conf.d, data:/data]";
const declared = "volumes: {data: {}}";
const serviceWith = (reload: string, lines = mounts) =>
  readService(`${lines}\nx-fairlead: {reload: ${reload}}`, {}, declared);
const policyOf = (reload: string) => serviceOf(serviceWith(reload)).reload;

describe("reload", () => {
  it("is nothing where nothing is written", () => {
    expect(serviceOf(readService(mounts, {}, declared)).reload).toBeUndefined();
  });

  it.each<[string, object]>([
    ["ignore", { kind: "ignore" }],
    ["{signal: SIGHUP}", { kind: "signal", signal: "SIGHUP" }],
    ["{signal: usr1}", { kind: "signal", signal: "usr1" }],
    ["{signal: '1'}", { kind: "signal", signal: "1" }],
    ["{signal: 1}", { kind: "signal", signal: "1" }],
    ["{signal: RTMIN+3}", { kind: "signal", signal: "RTMIN+3" }],
  ])("is read: %s", (written, policy) => {
    expect(policyOf(written)).toEqual(policy);
  });

  it("names paths from the file's folder on: what is mounted, what lies in it, or what it lies in", () => {
    const paths = "[./nginx.conf, ./conf.d/sites/shop.conf, ., /srv/shop/conf.d]";
    const policy = policyOf(`{signal: SIGHUP, paths: ${paths}}`);
    expect(policy).toEqual({
      kind: "signal",
      signal: "SIGHUP",
      paths: ["/srv/shop/nginx.conf", "/srv/shop/conf.d/sites/shop.conf", "/srv/shop", "/srv/shop/conf.d"],
    });
  });

  it("is a default at the top level, and a service's own word takes its place as a whole", () => {
    const rest = `x-fairlead: {reload: {signal: SIGHUP}}\n${declared}`;
    const of = (lines: string) => serviceOf(readService(`${mounts}\n${lines}`, {}, rest)).reload;
    expect(of("labels: {}")).toEqual({ kind: "signal", signal: "SIGHUP" });
    expect(of("x-fairlead: {reload: ignore}")).toEqual({ kind: "ignore" });
    expect(of("x-fairlead: {reload: {signal: USR2, paths: [./conf.d]}}")).toEqual({
      kind: "signal",
      signal: "USR2",
      paths: ["/srv/shop/conf.d"],
    });
  });

  it("makes no other container", () => {
    const bare = specHash(serviceOf(readService(mounts, {}, declared)));
    expect(specHash(serviceOf(serviceWith("{signal: SIGHUP, paths: [./conf.d]}")))).toBe(bare);
  });

  it.each<[string, string, string]>([
    ["{signal: SIGWAT}", "signal", '"SIGWAT" is not a signal'],
    ["{signal: '65'}", "signal", '"65" is not a signal'],
    ["{signal: SIGKILL}", "signal", 'no process can answer "SIGKILL" by reading its files again'],
    ["{signal: stop}", "signal", 'no process can answer "stop"'],
    ["{signal: '9'}", "signal", 'no process can answer "9"'],
    ["{signal: 19}", "signal", 'no process can answer "19"'],
    ["{signal: 65}", "signal", '"65" is not a signal'],
    ["{signal: 1.5}", "signal", '"1.5" is not a signal'],
    ["{signal: true}", "signal", "expected a string"],
    ["{paths: [./nginx.conf]}", "", "`signal` is missing"],
    ["{signal: SIGHUP, paths: []}", "paths", "must not be empty"],
    ["{signal: SIGHUP, paths: ./nginx.conf}", "paths", "expected a list"],
    ["{signal: SIGHUP, paths: [./other.conf]}", "paths[0]", '"./other.conf" is not mounted'],
    ["{signal: SIGHUP, paths: [./nginx.conf.d]}", "paths[0]", '"./nginx.conf.d" is not mounted'],
    ["{signal: SIGHUP, paths: [/data]}", "paths[0]", '"/data" is not mounted'],
    ["{signal: SIGHUP, path: [./nginx.conf]}", "path", "unknown key"],
    ["ignored", "", '"ignored" is not a way to reload'],
    ["true", "", "expected `ignore` or a mapping"],
  ])("%s is refused", (written, path, message) => {
    const result = serviceWith(written);
    const problems = result.ok ? [] : result.problems;
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path: ["services.web.x-fairlead.reload", path].filter(Boolean).join(".") });
    expect(problems[0]?.message).toContain(message);
    expect(problems[0]?.line).toBeGreaterThan(1);
    expect(problems[0]?.column).toBeGreaterThan(1);
    // What is named in its place has to do no harm.
    expect(problems[0]?.hint ?? "").not.toContain("TERM");
  });

  it("names no paths at the top level, where they would be those of every service", () => {
    const rest = `x-fairlead: {reload: {signal: SIGHUP, paths: [./nginx.conf]}}\n${declared}`;
    const result = readService(mounts, {}, rest);
    expect(result.ok ? [] : result.problems).toMatchObject([
      { path: "x-fairlead.reload.paths", message: "files belong to one service" },
    ]);
  });
});

describe("a path that is reloaded", () => {
  const named = serviceOf(serviceWith("{signal: SIGHUP, paths: [./conf.d]}"));

  it.each<[string, boolean]>([
    ["/srv/shop/conf.d", true],
    ["/srv/shop/conf.d/sites/shop.conf", true],
    ["/srv/shop/conf.data", false],
    ["/srv/shop/nginx.conf", false],
  ])("of those that are named: %s", (path, is) => {
    expect(isReloaded(named, path)).toBe(is);
  });

  it("is every one where none is named, but for what has a rollout of its own", () => {
    const all = serviceOf(serviceWith("{signal: SIGHUP}"));
    expect(isReloaded(all, "/srv/shop/nginx.conf")).toBe(true);
    const config = { ...all.container.mounts[0]!, contentHash: "1" };
    expect(isReloaded({ ...all, container: { ...all.container, mounts: [config] } }, "/srv/shop/nginx.conf")).toBe(
      false,
    );
    expect(isReloaded({ ...all, reload: { kind: "ignore" } }, "/srv/shop/nginx.conf")).toBe(false);
  });
});
