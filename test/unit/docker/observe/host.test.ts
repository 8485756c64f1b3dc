import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseImage } from "../../../../src/compose/values/image.js";
import type { Engine } from "../../../../src/control/ports/engine.js";
import type { EngineEvent } from "../../../../src/control/ports/events.js";
import { containerLabels } from "../../../../src/docker/create/labels.js";
import { connectEngine } from "../../../../src/docker/engine.js";
import { creation, serviceSpec } from "../../../contract/engine/service.js";
import { refuse, startFakeEngine } from "../fake-engine.js";
import type { FakeEngine } from "../fake-engine.js";
import { digestOf } from "../../../digests.js";

const image = { image: parseImage("nginx:1.27"), digest: digestOf("a") } as const;
const Labels = containerLabels(creation(serviceSpec("web", image), image), "default");
const id = "c".repeat(64);

/** Longer than any test takes, and for those about it shorter than what they wait for. */
const beatMs = { none: 600_000, quick: 300 };

describe("what is known of the host", () => {
  let fake: FakeEngine;
  let engine: Engine;
  let listed: { Status: string; State: string };
  let policy: string;
  let gone: boolean;
  let health: object | undefined;
  /** How long the engine takes to answer what a container is, and when it has done so. */
  let inspection: { takesMs: number; endedAt: number };
  let events: ServerResponse | undefined;
  let seen: EngineEvent[];
  let stop: AbortController;
  let watching: Promise<void>;

  beforeEach(async () => {
    listed = { Status: "Up 5 minutes", State: "running" };
    policy = "no";
    gone = false;
    health = undefined;
    inspection = { takesMs: 0, endedAt: 0 };
    events = undefined;
    seen = [];
    fake = await startFakeEngine(({ path }, response) => {
      if (path.startsWith("/events")) {
        response.flushHeaders();
        events = response;
      } else if (path.startsWith("/containers/json")) {
        const entry = { Id: id, Names: ["/contract-web-1"], Labels, ImageID: "sha256:i", Created: 1, ...listed };
        response.end(JSON.stringify([entry, { Id: "d".repeat(64), Names: ["/foreign"], ImageID: "sha256:i" }]));
      } else if (path.startsWith(`/containers/${id}/json`)) {
        if (gone) refuse(response, 404, "No such container");
        else
          setTimeout(() => {
            inspection.endedAt = Date.now();
            response.end(JSON.stringify(inspected()));
          }, inspection.takesMs);
      } else if (path.startsWith("/images/json")) {
        const RepoTags = ["<none>:<none>", "nginx:1.27", "nginx@sha256:1"];
        response.end(JSON.stringify([{ Id: "sha256:i", RepoTags, RepoDigests: ["nginx@sha256:1"] }]));
      } else {
        response.end(path.startsWith("/volumes") ? '{"Volumes":null}' : "[]");
      }
    });
    await follow(beatMs.none);
  });

  afterEach(async () => {
    await leave();
    await fake[Symbol.asyncDispose]();
  });

  async function follow(every: number): Promise<void> {
    engine = connectEngine({ host: fake.host, credentials: () => Promise.resolve(undefined), beatMs: every });
    stop = new AbortController();
    watching = engine.watch((event) => seen.push(event), stop.signal);
    await expect.poll(() => seen[0]).toEqual({ kind: "resync" });
    await engine.snapshot();
    (fake.requests as string[]).length = 0;
  }

  async function leave(): Promise<void> {
    stop.abort();
    await watching;
  }

  function inspected(): object {
    return {
      Id: id,
      Name: "/contract-web-1",
      Config: { Labels },
      State: { Status: listed.State, StartedAt: "2030-01-01T00:00:00Z", Health: health },
      HostConfig: { RestartPolicy: { Name: policy } },
    };
  }

  async function look(): Promise<string | undefined> {
    return (await engine.snapshot()).containers[0]?.restartPolicy.name;
  }

  async function tell(message: object): Promise<void> {
    const before = seen.length;
    events?.write(`${JSON.stringify(message)}\n`);
    await expect.poll(() => seen.length).toBeGreaterThan(before);
  }

  it("stays known while nothing happens: a look is one list", async () => {
    policy = "always";
    listed.Status = "Up 6 minutes";
    expect(await look()).toBe("no");
    expect(fake.requests).toEqual(["GET /v1.44/containers/json?all=1"]);
  });

  it("is asked again where an event names it, although the list shows nothing", async () => {
    policy = "always";
    await tell({ Type: "container", Action: "update", Actor: { ID: id, Attributes: Labels } });
    expect(seen.at(-1)).toMatchObject({ kind: "container", project: "contract", service: "web", action: "update" });
    expect(await look()).toBe("always");
    expect(fake.requests).toHaveLength(2);
  });

  it("is asked again where a network's event names the container only", async () => {
    policy = "always";
    await tell({ Type: "network", Action: "disconnect", Actor: { ID: "n", Attributes: { container: id } } });
    expect(seen.at(-1)).toMatchObject({ service: "web", action: "disconnect" });
    expect(await look()).toBe("always");
  });

  it("is asked again where it has been started anew unseen: its age has shrunk", async () => {
    policy = "always";
    listed.Status = "Up 3 seconds";
    expect(await look()).toBe("always");
  });

  it("is asked again after a call of ours, failed or not", async () => {
    policy = "always";
    await engine.startContainer(id);
    expect(await look()).toBe("always");
  });

  it("is asked again where it is doubted, although the list shows nothing", async () => {
    policy = "always";
    engine.doubt("contract", "other");
    expect(await look()).toBe("no");
    engine.doubt("contract", "web");
    expect(await look()).toBe("always");
  });

  it("has seen it healthy since it was looked into, however long before that the list was", async () => {
    health = { Status: "healthy" };
    inspection.takesMs = 400;
    await tell({ Type: "container", Action: "update", Actor: { ID: id, Attributes: Labels } });
    const [container] = (await engine.snapshot()).containers;
    const roundingMs = 2;
    expect(container?.healthySince).toBeGreaterThanOrEqual(inspection.endedAt - roundingMs);
  });

  it("does not hold a container that went between the list and the look", async () => {
    gone = true;
    await tell({ Type: "container", Action: "destroy", Actor: { ID: id, Attributes: Labels } });
    expect((await engine.snapshot()).containers).toEqual([]);
  });

  it("lists images, networks and volumes again only after an event about them", async () => {
    await tell({ Type: "image", Action: "untag", Actor: { ID: "sha256:i" } });
    await engine.snapshot();
    expect(fake.requests.filter((line) => !line.includes("/containers/"))).toEqual(["GET /v1.44/images/json"]);
    await tell({ Type: "network", Action: "destroy", Actor: { ID: "n" } });
    await tell({ Type: "volume", Action: "create", Actor: { ID: "v" } });
    await engine.snapshot();
    expect(fake.requests.slice(-3).sort()).toEqual([
      "GET /v1.44/containers/json?all=1",
      "GET /v1.44/networks",
      "GET /v1.44/volumes",
    ]);
  });

  it("shows images under the names they can be compared by, with all their users", async () => {
    const { images, foreign } = await engine.snapshot();
    expect(images).toEqual([
      { id: "sha256:i", tags: ["nginx:1.27"], digests: ["nginx@sha256:1"], usedBy: [id, "d".repeat(64)] },
    ]);
    expect(foreign.map(({ name }) => name)).toEqual(["foreign"]);
  });

  it("tells nothing of a signal, and of a foreign container whether it frees something", async () => {
    const foreign = { ID: "d".repeat(64), Attributes: { name: "foreign" } };
    for (const Action of ["create", "start", "health_status: healthy"]) {
      events?.write(`${JSON.stringify({ Type: "container", Action, Actor: foreign })}\n`);
    }
    const signal = { ID: id, Attributes: { ...Labels, signal: "15" } };
    events?.write(`${JSON.stringify({ Type: "container", Action: "kill", Actor: signal })}\n`);
    await tell({ Type: "container", Action: "die", Actor: foreign });
    const told = { kind: "foreign", subject: { id: "d".repeat(64), names: ["foreign"] } };
    expect(seen).toEqual([
      { kind: "resync" },
      { ...told, unblocks: false },
      { ...told, unblocks: false },
      { ...told, unblocks: true },
    ]);
    const renamed = { ID: "d".repeat(64), Attributes: { name: "new", oldName: "/foreign" } };
    await tell({ Type: "container", Action: "rename", Actor: renamed });
    expect(seen.at(-1)).toEqual({
      kind: "foreign",
      subject: { id: "d".repeat(64), names: ["new", "foreign"] },
      unblocks: true,
    });
  });

  describe("while the stream is open", () => {
    const streams = () => fake.requests.filter((line) => line.includes("/events")).length;

    beforeEach(async () => {
      await leave();
      seen = [];
      await follow(beatMs.quick);
    });

    it("beats as long as what lists show was told", async () => {
      const beats = () => seen.filter(({ kind }) => kind === "beat").length;
      await expect.poll(beats).toBeGreaterThan(0);
      listed.Status = "Up 7 minutes (unhealthy)";
      await tell({ Type: "container", Action: "health_status: unhealthy", Actor: { ID: id, Attributes: Labels } });
      const before = beats();
      await expect.poll(beats).toBeGreaterThan(before + 1);
      expect(streams()).toBe(0);
    });

    it("opens another where it has said nothing of what a list shows, and does not call the engine lost", async () => {
      listed.Status = "Up 7 minutes (unhealthy)";
      await expect.poll(streams).toBe(1);
      await expect.poll(() => seen.at(-1)).toEqual({ kind: "resync" });
      expect(seen.map(({ kind }) => kind)).not.toContain("lost");
    });

    it("gives the next one twice the time: the engine may only be slow to tell", async () => {
      listed.Status = "Up 7 minutes (unhealthy)";
      await expect.poll(streams).toBe(1);
      const opened = performance.now();
      listed.Status = "Up 8 minutes (healthy)";
      await expect.poll(streams).toBe(2);
      expect(performance.now() - opened).toBeGreaterThan(1_900);
    });

    it("opens another where a look of another service has swallowed the change", async () => {
      listed.Status = "Up 7 minutes (unhealthy)";
      await engine.snapshot();
      await expect.poll(streams).toBe(1);
    });
  });
});
