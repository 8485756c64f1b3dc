import { variables } from "../../../src/compose/model/container/variables.js";
import { describe, expect, it } from "vitest";
import { jobHash } from "../../../src/compose/model/hash.js";
import type { PreStartSpec } from "../../../src/compose/model/policy/job.js";
import { parseImage } from "../../../src/compose/values/image.js";
import { jobService } from "../../../src/plan/jobs/job-service.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import { exited, jobContainer, migrate, remembered } from "./jobs.js";
import { containerIn, desire, hostWith, imageOf, planText, specOf, stopFirst } from "./world.js";

const timeoutMs = 86_400_000;
const own: PreStartSpec = {
  command: ["own"],
  user: "root",
  privileged: true,
  environment: variables({ B: "3" }),
  timeoutMs,
};
const active = containerIn("active", "a", 1);
const left: ObservedContainer = {
  ...active,
  ...exited(0),
  restartPolicy: { name: "no", maximumRetryCount: 0 },
};
const images = [imageOf("a", [1], ["id-active-1"]), imageOf("b")];

function hook(patch: Partial<ObservedContainer> = {}): ObservedContainer {
  const one = jobContainer({ phase: "pre_start" }, patch);
  const job = one.job!;
  return { ...one, job: { ...job, hash: jobHash("pre_start", 1, own), timeoutMs } };
}

function text(spec: ReturnType<typeof specOf>, containers: readonly ObservedContainer[], runs: object[] = []): string {
  return planText({
    desired: desire("b", spec),
    host: hostWith([...containers], { images }),
    memory: { jobs: runs as [] },
  });
}

describe("pre_start", () => {
  const stopping = { ...stopFirst, preStart: [own] };
  const beside = specOf({ preStart: [own], before: [migrate] });

  it("under stop-first comes once what serves has stopped, and the new container after it", () => {
    expect(text(stopping, [active])).toMatch(/stop shop-web-1, .*and `pre_start` comes next\)\n=>/);
    expect(text(stopping, [active])).not.toContain("create");
    expect(text(stopping, [left])).toMatch(/1\. create shop-web\.pre_start\.1 .*\n2\. start shop-web\.pre_start\.1/);
    expect(text(stopping, [left, hook()])).toContain("wait: WaitingForJob: pre_start job 1");
    expect(text(stopping, [left, hook()])).not.toContain("start shop-web-1 ");
    expect(text(stopping, [left, hook(exited(0))])).toMatch(/create shop-web-1\.next [^]*start shop-web-1\.next/);
  });

  it("under start-first comes after the jobs, beside what serves", () => {
    expect(text(beside, [active])).toContain("create shop-web.before.1");
    const done = jobContainer({}, exited(0));
    const plan = text(beside, [active, done]);
    expect(plan).toContain("create shop-web.pre_start.1");
    expect(plan).not.toContain("stop shop-web-1");
  });

  it("that has failed holds the digest, and what served serves again", () => {
    const failed = hook(exited(1));
    expect(text(stopping, [left, failed])).toContain("JobFailed");
    const after = text(stopping, [left, failed], [remembered(failed, "failed")]);
    expect(after).toContain("start shop-web-1");
    expect(after).not.toContain("pre_start.1 from");
  });

  it("pulls all that its hooks need while what serves goes on", () => {
    const far: PreStartSpec = { image: parseImage("tool"), timeoutMs };
    const plan = text({ ...stopFirst, preStart: [own, far] }, [active]);
    expect(plan).not.toContain("stop shop-web-1");
    expect(plan).toContain("the image of pre_start job 2 is not known");
  });

  it("has the service's mounts, networks, variables, user and directory, and neither its rights nor its entrypoint", () => {
    const spec = specOf();
    const rich = {
      ...spec,
      container: {
        ...spec.container,
        entrypoint: ["/entry"],
        user: "1000",
        workingDir: "/srv",
        environment: variables({ A: "1", B: "2" }),
        security: { capAdd: ["NET_ADMIN"] },
      },
    };
    const of = (job: PreStartSpec) => jobService(rich, { phase: "pre_start", spec: job });
    expect(of(own).container).toMatchObject({
      command: ["own"],
      entrypoint: undefined,
      user: "root",
      workingDir: "/srv",
      environment: variables({ A: "1", B: "3" }),
      security: { privileged: true },
      mounts: spec.container.mounts,
    });
    expect(of({ timeoutMs }).container).toMatchObject({ command: undefined, user: "1000" });
    expect(of({ timeoutMs }).container.security).toBeUndefined();
    const far = of({ image: parseImage("tool"), timeoutMs });
    expect([far.image, far.container.user]).toEqual([parseImage("tool"), undefined]);
    expect(far.networks.map(({ network, aliases }) => [network.name, aliases])).toEqual([["shop_default", []]]);
  });
});
