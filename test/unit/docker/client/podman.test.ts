import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseImage } from "../../../../src/compose/values/image.js";
import type { EngineEvent } from "../../../../src/control/ports/events.js";
import { containerLabels } from "../../../../src/docker/create/labels.js";
import { connectEngine } from "../../../../src/docker/engine.js";
import type { DockerEngine } from "../../../../src/docker/engine.js";
import { creation, networkSpec, serviceSpec } from "../../../contract/engine/service.js";
import { startFakeEngine } from "../fake-engine.js";
import type { FakeEngine } from "../fake-engine.js";
import { digestOf } from "../../../digests.js";

/* Each answer here is one that Podman 4.3.1 gave, cut to what is read of it. */

const image = { image: parseImage("nginx:1.27"), digest: digestOf("a") } as const;
const step = creation(serviceSpec("web", image), image);
const Labels = containerLabels(step, "default");
const id = "c".repeat(64);
const healthy = {
  Status: "healthy",
  Log: [{ Start: "2020-01-01T00:00:05Z", End: "2020-01-01T00:00:06Z", ExitCode: 0 }],
};

type Answers = Readonly<Record<string, readonly [status: number, body: string]>>;

function fault(status: number, cause: string, message: string): readonly [number, string] {
  return [status, JSON.stringify({ cause, message, response: status })];
}

describe("Podman", () => {
  let fake: FakeEngine;
  let engine: DockerEngine;
  let answers: Answers;
  let state: object;
  let events: ServerResponse | undefined;
  let seen: EngineEvent[];
  let stop: AbortController;
  let watching: Promise<void>;
  let elapsed: number;
  const notices: string[] = [];

  beforeEach(async () => {
    elapsed = 0;
    notices.length = 0;
    seen = [];
    state = {
      Status: "running",
      StartedAt: "2020-01-01T00:00:00Z",
      Error: "",
      Health: { Status: "starting", Log: null },
    };
    answers = { [`POST /containers/${"0".repeat(64)}/update`]: [404, "Not Found\n"] };
    fake = await startFakeEngine(({ path, method }, response) => {
      const [place = ""] = path.split("?");
      const [status, body] = answers[`${method} ${place}`] ?? [200, usual(place)];
      response.statusCode = status;
      if (place !== "/events") return response.end(body);
      response.flushHeaders();
      events = response;
    });
    fake.api = Object.assign(fake.api, {
      ...{ version: "1.41", minimum: "1.24" },
      components: [
        { Name: "Podman Engine", Version: "4.3.1" },
        { Name: "Conmon", Version: "conmon version 2.1.6" },
      ],
    });
    engine = connectEngine({
      host: fake.host,
      credentials: () => Promise.resolve(undefined),
      onPodman: (notice) => notices.push(notice),
      clock: { now: Date.now, monotonic: () => performance.now() + elapsed },
    });
    stop = new AbortController();
    watching = engine.watch((event) => seen.push(event), stop.signal);
    await expect.poll(() => seen).toEqual([{ kind: "resync" }]);
  });

  afterEach(async () => {
    stop.abort();
    await watching;
    await fake[Symbol.asyncDispose]();
  });

  function usual(path: string): string {
    const Networks = { front: { Aliases: ["web", id.slice(0, 12)], NetworkID: "front", IPAddress: "10.89.0.2" } };
    const network = { Name: "front", Id: "1d43", Driver: "bridge", Attachable: false };
    const name = "docker.io/library/nginx";
    switch (path) {
      case "/containers/json":
        return JSON.stringify([
          {
            Id: id,
            Names: ["/contract-web-1"],
            Labels,
            State: "running",
            Status: "Up 2 seconds",
            NetworkSettings: { Networks },
          },
        ]);
      case `/containers/${id}/json`:
        return JSON.stringify({
          ...{ Id: id, Name: "/contract-web-1", Config: { Labels }, State: state },
          ...{ HostConfig: { RestartPolicy: { Name: "no" }, NetworkMode: "bridge" }, NetworkSettings: { Networks } },
        });
      case "/networks":
        return JSON.stringify([network]);
      case "/images/json":
        return JSON.stringify([
          {
            Id: "sha256:i",
            RepoTags: [`${name}:1.27`, "docker.io/fairlead/keep:x.r1"],
            RepoDigests: [`${name}@sha256:1`],
          },
        ]);
      case "/volumes":
        return '{"Volumes":[]}';
      default:
        return "OK\n";
    }
  }

  const look = async () => (await engine.snapshot()).containers[0];
  const asked = (line: RegExp) => fake.requests.filter((request) => line.test(request)).length;

  async function tell(message: object): Promise<void> {
    const before = seen.length;
    events?.write(`${JSON.stringify(message)}\n`);
    await expect.poll(() => seen.length).toBeGreaterThan(before);
  }

  it("is named once, with what cannot be done there", async () => {
    await engine.snapshot();
    await engine.snapshot();
    expect(notices).toEqual([
      expect.stringMatching(/^the engine is Podman 4\.3\.1.*docs\/podman\.md.*restart policies/),
    ]);
    expect(asked(/\/update/)).toBe(1);
  });

  it("is not said to fix restart policies where it can change them", async () => {
    answers = {
      [`POST /containers/${"0".repeat(64)}/update`]: fault(404, "no such container", "no such container"),
    };
    expect(await look()).not.toHaveProperty("restartFixed");
    expect(notices).toEqual([expect.not.stringMatching(/restart policies/)]);
  });

  it("says OK to a network's calls, without more", async () => {
    await engine.connectNetwork(id, { network: "back", aliases: [] });
    await engine.disconnectNetwork(id, "front");
  });

  it("knows the networks of a container by name: of which one of that name it is, nothing is known", async () => {
    expect((await look())?.networks).toEqual([{ network: "front", aliases: ["web"] }]);
  });

  it("names images of Docker Hub as Docker does", async () => {
    expect((await engine.snapshot()).images).toEqual([
      { id: "sha256:i", tags: ["nginx:1.27", "fairlead/keep:x.r1"], digests: ["nginx@sha256:1"], usedBy: [] },
    ]);
  });

  it("tells that health has changed, not to what: that is inspected, and since when stays", async () => {
    expect(await look()).toMatchObject({ health: "starting" });
    state = { ...state, Health: healthy };
    await tell({ Type: "container", Action: "health_status", Actor: { ID: id, Attributes: Labels } });
    expect(await look()).toMatchObject({ health: "healthy", healthySince: Date.UTC(2020, 0, 1, 0, 0, 6) });
  });

  it("removes where Docker destroys", async () => {
    await tell({ Type: "container", Action: "remove", Actor: { ID: id, Attributes: Labels } });
    expect(seen.at(-1)).toMatchObject({ kind: "container", service: "web", action: "destroy" });
    await tell({ Type: "container", Action: "remove", Actor: { ID: "d".repeat(64), Attributes: { name: "other" } } });
    expect(seen.at(-1)).toMatchObject({ kind: "foreign", unblocks: true });
  });

  it("is asked for the deaths it tells of by the word it filters by", () => {
    expect(decodeURIComponent(fake.requests.find((line) => /events/.test(line)) ?? "")).toMatch(/"die","died"/);
  });

  it.each([
    ["a person, before the death", ["stop", "die"], true],
    ["a person, after it", ["die", "stop"], true],
    ["nobody", ["die", "cleanup"], undefined],
  ])("tells that a container was stopped by %s", async (_who, actions, endedByRequest) => {
    await look();
    for (const action of actions) {
      await tell({ Type: "container", Action: action, Actor: { ID: id, Attributes: Labels } });
    }
    state = { Status: "exited", StartedAt: "2020-01-01T00:00:00Z", FinishedAt: "2020-01-01T00:01:00Z", ExitCode: 0 };
    expect((await look())?.endedByRequest).toBe(endedByRequest);
  });

  it("names a container that joins or leaves in the network's place, and a volume beside it", async () => {
    await look();
    await tell({ Type: "network", Action: "connect", Actor: { ID: id, Attributes: { name: "contract-web-1" } } });
    expect(seen.at(-1)).toMatchObject({ kind: "container", service: "web", action: "connect" });
    const before = seen.length;
    const volume = (name: string) => ({ Type: "volume", Action: "create", Actor: { ID: "", Attributes: { name } } });
    events?.write(`${JSON.stringify(volume("fairlead-lease.1"))}\n`);
    await tell(volume("data"));
    expect(seen.slice(before)).toEqual([{ kind: "other" }]);
  });

  it("tells nothing of networks: they are listed every 10 s", async () => {
    await engine.snapshot();
    const before = asked(/^GET \S*\/networks/);
    elapsed += 9_000;
    await engine.snapshot();
    expect(asked(/^GET \S*\/networks/)).toBe(before);
    elapsed += 2_000;
    await engine.snapshot();
    expect(asked(/^GET \S*\/networks/)).toBe(before + 1);
  });

  it("answers 500 where Docker has 409: a name is taken, a network is there", async () => {
    answers = {
      ...answers,
      "POST /containers/create": fault(
        500,
        "that name is already in use",
        `container create: creating container storage: the container name "contract-web-1.next" is already in use by ${id}. ` +
          "You have to remove that container to be able to reuse that name: that name is already in use",
      ),
      "POST /networks/create": fault(
        500,
        "network already exists",
        "network name front already used: network already exists",
      ),
      "DELETE /networks/1d43": fault(
        500,
        "network is being used",
        '"1d43" has associated containers with it. Use -f to forcibly delete containers and pods: network is being used',
      ),
      "POST /images/nope:1/tag": fault(
        404,
        "image not known",
        "failed to find image nope:1: docker.io/library/nope:1: image not known",
      ),
    };
    await expect(engine.createContainer(step)).rejects.toMatchObject({ code: "NameConflict" });
    const network = networkSpec("front");
    await engine.createNetwork({ kind: "create-network", network, project: "contract", because: "a test" });
    await expect(engine.removeNetwork("1d43")).rejects.toThrow(/joined it meanwhile/);
    await expect(engine.tagImage("nope:1", "a/b:1")).rejects.toMatchObject({ code: "ImageNotFound" });
  });

  it("has no other fault taken for a name's", async () => {
    const message = "listen tcp4 127.0.0.1:80: bind: address already in use";
    answers = { ...answers, "POST /containers/create": fault(500, "address already in use", message) };
    await expect(engine.createContainer(step)).rejects.toMatchObject({ code: "EngineRefused" });
  });

  it("cannot change a restart policy: one that Fairlead asks for all the same is refused in so many words", async () => {
    answers = { ...answers, [`POST /containers/${id}/update`]: [404, "Not Found\n"] };
    expect(await look()).toMatchObject({ restartFixed: true });
    await expect(engine.setRestartPolicy(id, { name: "no", maximumRetryCount: 0 })).rejects.toMatchObject({
      code: "EngineRefused",
      message: expect.stringMatching(/this engine cannot change one/) as string,
    });
  });

  it("keeps no reason of a refused start: it is remembered until the next one", async () => {
    const message =
      "runc: runc create failed: exec: no such file: OCI runtime attempted to invoke a command that was not found";
    state = { Status: "created", Error: "" };
    answers = { ...answers, [`POST /containers/${id}/start`]: fault(500, "not found", message) };
    await expect(engine.startContainer(id)).rejects.toMatchObject({ code: "EngineRefused" });
    expect(await look()).toMatchObject({ state: "created", startError: message });
    answers = {};
    await engine.startContainer(id);
    expect(await look()).toMatchObject({ startError: "" });
  });
});
