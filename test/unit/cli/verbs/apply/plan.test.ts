import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Wiring } from "../../../../../src/cli/shared/wiring.js";
import { plan } from "../../../../../src/cli/verbs/apply/plan.js";
import type { PlanFlags } from "../../../../../src/cli/verbs/apply/plan.js";
import { declarationHash } from "../../../../../src/compose/model/hash.js";
import type { Config } from "../../../../../src/config/config.js";
import type { ServicePlan } from "../../../../../src/control/surface/forecast/service-plan.js";
import { specOf } from "../../../plan/world.js";

const spec = specOf();
const changed = specOf({ replicas: 3 });
const planOf = (text: string, more: Partial<ServicePlan> = {}): ServicePlan => ({
  ...{ project: "shop", service: "web", changes: false, declared: declarationHash(spec), text },
  ...more,
});

interface Scene {
  /** What a running controller answers; undefined: there is none. */
  readonly controller?: readonly ServicePlan[] | "refuses";
  readonly host?: readonly ServicePlan[] | "unreachable";
  readonly remembers?: boolean;
  readonly specs?: readonly object[];
  readonly prune?: boolean;
}

async function ran(scene: Scene, flags: Partial<PlanFlags> = {}) {
  const { controller, host = [planOf("by the host")], remembers = true, specs = [spec], prune = false } = scene;
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(req.url ?? "");
    res.statusCode = controller === "refuses" ? 401 : 200;
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify(controller === "refuses" ? { error: "no token" } : { plans: controller, orphans: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const adminListen = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  if (controller === undefined) close();
  else onTestFinished(close);
  const printed: string[] = [];
  const complained: string[] = [];
  const wiring = {
    load: () =>
      Promise.resolve({ projects: [{ name: "shop", file: "a.yaml", services: specs }], problems: [], warnings: [] }),
    preview: () =>
      host === "unreachable"
        ? Promise.reject(new Error("no engine answers"))
        : Promise.resolve({ remembers, plans: host, orphans: [] }),
    print: (text: string) => printed.push(text),
    complain: (text: string) => complained.push(text),
  } as unknown as Wiring;
  const config = { adminListen, data: "/data", prune } as Config;
  const given = flags.admin === undefined ? flags : { ...flags, admin: `http://${adminListen}` };
  const code = await plan(wiring, config, { names: [], admin: undefined, json: false, ...given });
  return { code, out: printed.join("\n"), err: complained.join("\n"), asked };
}

/** The last line names the plan, so that it can be applied and no other. */
const meant: unknown = expect.stringMatching(
  /^fairlead: this plan and no other: fairlead apply --plan [0-9a-f]{16}-[0-9a-f]+$/,
);

describe("plan asks", () => {
  it("the running controller, where it has the same files in force", async () => {
    const { code, out, err } = await ran({ controller: [planOf("pinned, says the controller", { changes: true })] });
    expect([code, out, err]).toEqual([2, "pinned, says the controller", meant]);
  });

  it("the host, where the controller has other files; and says so", async () => {
    const { code, out, err } = await ran({ controller: [planOf("by the controller")], specs: [changed] });
    expect([code, out]).toEqual([0, "by the host"]);
    expect(err).toMatch(/has other files in force \(name it with --admin .*; .* as the journal in \/data has them$/);
  });

  it("that controller which --admin names, whatever the files say", async () => {
    const { out, err } = await ran({ controller: [planOf("by the controller")], specs: [changed] }, { admin: "it" });
    expect([out, err]).toEqual(["by the controller", ""]);
    await expect(ran({}, { admin: "it" })).rejects.toMatchObject({ code: "ApiUnreachable" });
  });

  it.each([
    [undefined, /^fairlead: no controller answers at .*; pins, holds and approvals are unknown: there is no journal/],
    ["refuses", /^fairlead: .* answers 401: no token; pins, holds and approvals are unknown/],
  ] as const)("the host, where the controller is %s, and says what is unknown", async (controller, notice) => {
    const scene = { ...(controller === undefined ? {} : { controller }), remembers: false };
    const { code, out, err } = await ran(scene);
    expect([code, out]).toEqual([0, "by the host"]);
    expect(err).toMatch(notice);
    const json = JSON.parse((await ran(scene, { json: true })).out) as { readonly notice: string };
    expect(json.notice).toContain("unknown");
  });
});

it("plan asks a controller for its removals too, with --prune, whether that one prunes or not", async () => {
  const controller = [planOf("by the controller")];
  expect((await ran({ controller })).asked).toEqual(["/api/v1/plan"]);
  expect((await ran({ controller, prune: true })).asked).toEqual(["/api/v1/plan?prune=true"]);
  expect((await ran({ controller, prune: true }, { admin: "it" })).asked).toEqual(["/api/v1/plan?prune=true"]);
});

it("plan shows what no file declares any more, also by its name", async () => {
  const { declared: _none, ...gone } = planOf("removes it", { service: "db", changes: true });
  const host = [planOf("web"), gone];
  expect(await ran({ host })).toMatchObject({ code: 2, out: "web\nremoves it" });
  expect(await ran({ host }, { names: ["db"] })).toMatchObject({ code: 2, out: "removes it" });
  // The controller has the same files in force.
  expect(await ran({ controller: host })).toMatchObject({ code: 2, err: meant });
});

it("plan ends with 1 where nobody can say what would be done, after the rest", async () => {
  const error = "registry.example cannot be reached";
  const host = [planOf("web"), planOf("db", { service: "db", changes: true, error })];
  const { code, out, err } = await ran({ host });
  expect([code, out]).toEqual([1, "web\ndb"]);
  expect(err).toContain(`fairlead: shop/db: ${error}`);
});

it("plan refuses a name that no file has, before it looks at the host", async () => {
  await expect(ran({ host: "unreachable" }, { names: ["nobody"] })).rejects.toMatchObject({
    ...{ code: "ConfigInvalid", message: "no service is called nobody", remedy: "name one of shop/web" },
  });
});

it("plan shows one service by its name", async () => {
  const host = [planOf("web"), planOf("db", { service: "db", changes: true })];
  const specs = [spec, specOf({ name: "db" })];
  expect(await ran({ host, specs }, { names: ["db"] })).toMatchObject({ code: 2, out: "db" });
  expect(await ran({ host, specs }, { names: ["shop/web"] })).toMatchObject({ code: 0, out: "web" });
  await expect(ran({ host, specs }, { names: ["nobody"] })).rejects.toMatchObject({ code: "ConfigInvalid" });
});
