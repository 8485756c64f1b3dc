import { randomBytes } from "node:crypto";
import { describe } from "vitest";
import { fairlead } from "../scene/cli.js";
import { order, test } from "../scene/scene.js";

describe.concurrent("what it says", () => {
  test("metrics: every name of the contract, and values that fit what happened", async ({ scene, expect }) => {
    const first = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push();
    await scene.hook();
    await scene.untilServing(second.digest);
    await scene.push({ behaviour: "exit-at-once" });
    await scene.hook();
    await scene.untilStatus(({ sync, lastRollout }) => sync === "Held" && lastRollout?.finishedAt !== undefined);

    const metrics = await scene.metrics();
    const of = { project: scene.project, service: "web" };
    const counts = (outcome: string) => metrics.value("fairlead_rollouts_total", { ...of, outcome });
    expect(["promoted", "rolled-back", "superseded", "failed"].map(counts)).toEqual([2, 1, 0, 0]);
    expect(metrics.value("fairlead_rollout_duration_seconds_count")).toBe(3);
    expect(metrics.value("fairlead_push_to_healthy_seconds_count")).toBe(1);
    expect(metrics.value("fairlead_push_to_healthy_seconds_sum")).toBeGreaterThan(0.3);
    expect(metrics.value("fairlead_hooks_total", { type: "dockerhub", outcome: "accepted" })).toBe(2);
    expect(metrics.value("fairlead_service_info", { ...of, digest: second.digest })).toBe(1);
    expect(metrics.value("fairlead_service_condition", { ...of, type: "Ready", status: "False" })).toBe(1);
    expect(metrics.value("fairlead_service_condition", { ...of, type: "RolledBack", status: "True" })).toBe(1);
    expect(metrics.value("fairlead_reconcile_total", { ...of, result: "error" })).toBe(0);
    expect(metrics.value("fairlead_reconcile_total", { ...of, result: "requeue_after" })).toBeGreaterThan(0);
    expect(metrics.value("fairlead_reconcile_panics_total")).toBe(0);
    expect(metrics.value("fairlead_registry_requests_total", { method: "HEAD", code: "200" })).toBeGreaterThan(2);
    expect(metrics.value("fairlead_step_duration_seconds_count", { step: "create-container" })).toBe(3);
    expect(metrics.value("fairlead_step_duration_seconds_count", { step: "pull-image" })).toBe(3);
    expect(metrics.value("fairlead_step_duration_seconds_sum", { step: "pull-image" })).toBeGreaterThan(0.01);
    expect(metrics.value("fairlead_service_sync", { ...of, sync: "Held" })).toBe(1);
    expect(metrics.value("fairlead_service_reason", { ...of, reason: "DigestHeld" })).toBe(1);
    expect(metrics.value("fairlead_service_replicas_ready", of)).toBe(1);
    expect(metrics.value("fairlead_service_replicas_desired", of)).toBe(1);
    expect(metrics.value("fairlead_engine_up")).toBe(1);
    expect(metrics.value("fairlead_last_success_timestamp_seconds", of)).toBeGreaterThan(Date.now() / 1_000 - 60);
    expect(metrics.value("fairlead_build_info")).toBe(1);
    for (const name of ["adds_total", "depth", "retries_total", "unfinished_work_seconds"]) {
      expect(metrics.value(`workqueue_${name}`, { name: "services" }), name).toBeGreaterThanOrEqual(0);
    }
    for (const name of ["queue_duration_seconds", "work_duration_seconds"]) {
      expect(metrics.value(`workqueue_${name}_count`, { name: "services" }), name).toBeGreaterThan(0);
    }
    expect(metrics.value("workqueue_longest_running_processor_seconds", { name: "services" })).toBeDefined();
    expect(metrics.value("fairlead_reconcile_duration_seconds_count")).toBeGreaterThan(0);
  });

  test("the verbs, with their exit codes", async ({ scene, expect }) => {
    const { digest } = await scene.push();
    await scene.write({ web: {} });
    const files = ["-f", scene.servicesFile, "--config", scene.settingsFile, "--data", `${scene.directory}/data`];
    const env = { DOCKER_HOST: scene.engineHost, FAIRLEAD_LEASE: scene.lease };
    const validate = await fairlead(["validate", ...files], env);
    expect(validate).toMatchObject({ code: 0, stderr: "" });
    expect(validate.stdout).toContain(`valid: project ${scene.project} with web`);
    const planned = await fairlead(["plan", ...files], env);
    expect(planned, planned.stderr).toMatchObject({ code: 2 });
    expect(planned.stdout).toContain(`${scene.project}/web docker.io/${scene.image()}:latest`);
    expect(planned.stdout).toMatch(/create/);
    expect(await scene.containers(), "a plan changes nothing").toEqual([]);
    expect((await fairlead(["status", "--admin", "http://127.0.0.1:9"])).code).toBe(1);

    await scene.start();
    await scene.untilServing(digest);
    const nothing = await fairlead(["plan", ...files, "--json"], env);
    expect(nothing.code, nothing.stdout).toBe(0);
    expect(JSON.parse(nothing.stdout)).toMatchObject({ plans: [{ service: "web", changes: false }] });
    const admin = ["--admin", scene.fairlead.adminUrl];
    const status = await fairlead(["status", ...admin]);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(
      new RegExp(`${scene.project}/web +${scene.image()}:latest +Synced +Healthy +1/1 +1 `),
    );
    const json = JSON.parse((await fairlead(["status", "--json", ...admin])).stdout) as { services: unknown[] };
    expect(json.services).toMatchObject([{ project: scene.project, service: "web", activeDigest: digest }]);

    const newer = await scene.push();
    expect((await fairlead(["reconcile", `${scene.project}/web`, ...admin])).code).toBe(0);
    await scene.untilServing(newer.digest);
    const unknown = await fairlead(["reconcile", "nobody", ...admin]);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining("no service is called nobody")]);
    await scene.writeText("services: {web: {}}\n");
    for (const verb of ["validate", "plan"]) expect((await fairlead([verb, ...files], env)).code, verb).toBe(1);
    expect((await fairlead(["nonsense"])).code).toBe(1);
  });

  test("JSON lines, one info line for each change of state, with the id of the reconcile run", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    // Long enough to be seen waiting on a busy machine.
    await scene.write({ web: order("start-first", { monitor: "5s" }) });
    await scene.start();
    await scene.untilServing(digest);
    expect(scene.fairlead.output, "nothing but JSON").toEqual([]);
    const ours = scene.logs().filter(({ service }) => service === "web");
    expect(ours.length).toBeGreaterThan(3);
    for (const line of ours) {
      expect(line).toMatchObject({ level: "info", project: scene.project, msg: expect.any(String) as string });
      expect(line.reconcile).toMatch(/^[0-9a-f]{8}$/);
      expect(String(line.time)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    }
    const reasons = ours.map(({ reason }) => reason).filter((reason) => reason !== undefined);
    const messages = ours.map(({ msg }) => msg);
    expect(messages, "no state is told twice").toEqual([...new Set(messages)]);
    expect(reasons).toEqual(expect.arrayContaining(["Pulling", "RolloutStarted", "WaitingForHealth", "Converged"]));
    const steps = ours.map(({ step }) => step).filter((step) => step !== undefined);
    expect(steps).toEqual(expect.arrayContaining(["pull-image", "create-container", "start-container"]));
  });

  test("SIGTERM while a rollout runs: exit 0, nothing is half done for ever", async ({ scene, expect }) => {
    const first = await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    await scene.untilServing(first.digest);
    const second = await scene.push();
    const from = scene.fairlead.logs.length;
    await scene.hook();
    await scene.fairlead.waitForLog(({ step }) => step === "start-container", from);
    expect(await scene.fairlead.stop()).toBe(0);
    expect(scene.fairlead.output).toEqual([]);
    expect(await scene.active()).toMatchObject({ state: "running" });
    await scene.start();
    await scene.untilServing(second.digest);
  });

  test("probes: live at once, ready after the first look at the host", async ({ scene, expect }) => {
    await scene.push();
    await scene.write({ web: {} });
    await scene.start();
    for (const probe of ["livez", "readyz"]) {
      expect((await fetch(`${scene.fairlead.adminUrl}/${probe}`)).status, probe).toBe(200);
    }
    const foreign = await fetch(`${scene.fairlead.hooksUrl}/metrics`);
    expect(foreign.status, "the hooks' listener has no metrics").toBe(404);
  });

  test("no secret, wherever it stands and whatever goes wrong", async ({ scene, expect }) => {
    const secret = (what: string) => `${what}-${randomBytes(8).toString("hex")}`;
    const [inFile, fromOutside, token] = [secret("inline"), secret("outside"), secret("token")];
    const good = await scene.push();
    const environment = { PASSWORD: inFile, API_KEY: "${OUTER_KEY}" };
    await scene.write({ web: { environment } });
    const start = { env: { OUTER_KEY: fromOutside, FAIRLEAD_LOG_LEVEL: "debug", FAIRLEAD_ADMIN_TOKEN: "" } };
    await scene.start(start);
    await scene.untilServing(good.digest);
    const { Config } = await scene.docker.getContainer((await scene.active())!.id).inspect();
    expect(Config.Env, "the container does get them").toEqual(
      expect.arrayContaining([`PASSWORD=${inFile}`, `API_KEY=${fromOutside}`]),
    );
    await scene.push({ behaviour: "exit-at-once" });
    await scene.hook();
    await fetch(`${scene.fairlead.hooksUrl}/hooks/dockerhub?apikey=${scene.hookSecret}`, { method: "POST" });
    await fetch(`${scene.fairlead.hooksUrl}/hooks/generic`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    await scene.untilStatus(({ sync }) => sync === "Held");
    await scene.write({ web: { environment: { ...environment, "BAD KEY": inFile }, prots: [inFile] } });
    await scene.fairlead.waitForLog(({ level }) => level === "error");
    const said = await scene.everythingSaid();
    for (const hidden of [inFile, fromOutside, token, scene.hookSecret]) {
      expect(said.includes(hidden), hidden).toBe(false);
    }
  });
});
