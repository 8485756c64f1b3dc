import { variables } from "../../../../src/compose/model/container/variables.js";
import { describe, expect, it } from "vitest";
import { specHash } from "../../../../src/compose/model/hash.js";
import { parseImage } from "../../../../src/compose/values/image.js";
import { complaints, readService, serviceOf } from "../read.js";

const full = "{command: [/app, ''], user: '1000:0', privileged: true, working_dir: /srv, environment: [A=1, TOKEN, B]}";

describe("Compose's hooks", () => {
  it("are commands with a user, privileges, a directory and variables of their own", () => {
    const result = readService(`post_start: [${full}, {command: /warm up}]`, { TOKEN: "hush" });
    expect(serviceOf(result).postStart).toEqual([
      {
        command: ["/app", ""],
        user: "1000:0",
        privileged: true,
        workingDir: "/srv",
        environment: variables({ A: "1", TOKEN: "hush", B: null }),
      },
      { command: ["/warm", "up"] },
    ]);
  });

  it("before a start may have an image, and no command", () => {
    const timeoutMs = 86_400_000;
    const result = readService(`pre_start: [${full}, {image: busybox, per_replica: false}, {}]`, { TOKEN: "hush" });
    expect(serviceOf(result).preStart).toEqual([
      {
        command: ["/app", ""],
        user: "1000:0",
        privileged: true,
        workingDir: "/srv",
        environment: variables({ A: "1", TOKEN: "hush", B: null }),
        timeoutMs,
      },
      { image: parseImage("busybox"), timeoutMs },
      { timeoutMs },
    ]);
  });

  it("before a stop have a container's own time to end, one by one", () => {
    const timeoutOf = (lines: string) =>
      serviceOf(readService(lines)).leave?.preStop?.map(({ timeoutMs }) => timeoutMs);
    expect(timeoutOf("pre_stop: [{command: /a}]")).toEqual([10_000]);
    expect(timeoutOf("stop_grace_period: 45s\npre_stop: [{command: /a}, {command: /b}]")).toEqual([45_000, 45_000]);
    expect(timeoutOf("stop_grace_period: 0s\npre_stop: [{command: /a}]")).toEqual([1_000]);
    const { leave } = serviceOf(readService("pre_stop: [{command: /a, user: root}]\nx-fairlead: {drain: 5s}"));
    expect(leave).toEqual({ drainMs: 5_000, preStop: [{ command: ["/a"], user: "root", timeoutMs: 10_000 }] });
  });

  it("before a stop take the place of the project's own default, and of no other word of it", () => {
    const defaults = "x-fairlead: {drain: 5s, pre_stop: {command: /everyone}}\n";
    const preStop = (lines: string) => serviceOf(readService(lines, {}, defaults)).leave;
    expect(preStop("pre_stop: [{command: /own}]")).toEqual({
      drainMs: 5_000,
      preStop: [{ command: ["/own"], timeoutMs: 10_000 }],
    });
    expect(preStop("pre_stop: []")?.preStop).toMatchObject([{ command: ["/everyone"] }]);
  });

  it("are nothing where none is listed", () => {
    const spec = serviceOf(readService("pre_start: []\npost_start: []\npre_stop: []"));
    expect([spec.preStart, spec.postStart, spec.leave]).toEqual([undefined, undefined, undefined]);
  });

  it("after a start are part of what a container is, those before its stop are not", () => {
    const hash = (lines: string) => specHash(serviceOf(readService(lines)));
    expect(hash("pre_stop: [{command: /a}]")).toBe(hash("restart: 'no'"));
    expect(hash("post_start: [{command: /a}]")).not.toBe(hash("restart: 'no'"));
    expect(hash("post_start: [{command: /a}]")).not.toBe(hash("post_start: [{command: /b}]"));
    expect(hash("pre_start: [{command: /a}]")).not.toBe(hash("restart: 'no'"));
    expect(hash("pre_start: [{command: /a}]")).not.toBe(hash("pre_start: [{command: /b}]"));
  });

  it.each<[string, string]>([
    ["post_start: /app", "expected a list, found a string"],
    ["pre_start: [/app]", "expected a mapping, found a string"],
    ["pre_start: [{command: []}]", "must not be empty"],
    ["pre_start: [{per_replica: true}]", "a hook runs once for the service, not for each replica"],
    ["pre_start: [{image: 'a b'}]", '"a b" is not an image reference: it contains white space'],
    ["post_start: [/app]", "expected a mapping, found a string"],
    ["post_start: [{user: root}]", "`command` is missing"],
    ["post_start: [{command: []}]", "must not be empty"],
    ["pre_stop: [{command: }]", "must not be empty"],
    ["pre_stop: [{command: /a, timeout: 1s}]", "unknown key"],
    ["pre_stop: [{command: /a | /b}]", "the command needs a shell for `|`"],
    ["pre_stop: [{command: /a, privileged: yes please}]", '"yes please" is not true or false'],
    ["pre_stop: [{command: /a}]\nx-fairlead: {pre_stop: {command: /b}}", "`services.web.pre_stop` is written too"],
  ])("%s is wrong", (lines, message) => {
    expect(complaints(readService(lines))).toEqual([message]);
  });
});
