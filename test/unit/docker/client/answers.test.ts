import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inspectContainer, listContainers, startContainer } from "../../../../src/docker/calls/containers.js";
import { listImages } from "../../../../src/docker/calls/images.js";
import { disconnectNetwork, listNetworks } from "../../../../src/docker/calls/networks.js";
import { createVolume, listVolumes } from "../../../../src/docker/calls/volumes.js";
import { inspectedContainer, listedContainers } from "../../../../src/docker/client/answers.js";
import { Connection } from "../../../../src/docker/client/connection.js";
import { resolveEndpoint } from "../../../../src/docker/client/endpoint.js";
import { startFakeEngine } from "../fake-engine.js";

const id = "a".repeat(64);

/** An engine whose every answer is this. */
async function saying(text: string): Promise<{ connection: Connection } & AsyncDisposable> {
  const fake = await startFakeEngine((_request, response) => {
    response.statusCode = 200;
    response.end(text);
  });
  return {
    connection: new Connection(resolveEndpoint({ host: fake.host })),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
}

const questions: Readonly<Record<string, (connection: Connection) => Promise<unknown>>> = {
  "the list of containers": (connection) => listContainers(connection),
  "a container": (connection) => inspectContainer(connection, id),
  networks: listNetworks,
  volumes: listVolumes,
  images: listImages,
};

describe("an answer that is not an engine's", () => {
  it.each([
    "",
    " ",
    "null",
    "{}",
    "OK",
    "<html>proxy</html>",
    '"text"',
    "[1]",
    "[null]",
    '[{"Id":""}]',
    "[{}]",
    "true",
  ])("%j is never a fact: not for lists, nor for one thing", async (text) => {
    await using engine = await saying(text);
    for (const [name, ask] of Object.entries(questions)) {
      await expect(ask(engine.connection), name).rejects.toMatchObject({ code: "EngineUnreachable", retry: "backoff" });
    }
  });

  it("an empty list is one", async () => {
    await using engine = await saying("[]");
    expect(await listContainers(engine.connection)).toMatchObject({ containers: [] });
    expect(await listNetworks(engine.connection)).toEqual([]);
    expect(await listImages(engine.connection)).toEqual([]);
  });

  it.each(["", "OK", "null", "{}"])("%j is as good as any where nobody needs what it says", async (text) => {
    await using engine = await saying(text);
    await startContainer(engine.connection, id);
    await disconnectNetwork(engine.connection, id, "n");
    await createVolume(engine.connection, { volume: { name: "v" } } as never);
  });

  it("no mutation of a good one is read as another type than it has", () => {
    const good = { Id: id, Names: ["/web"], State: "running", Labels: { a: "b" }, NetworkSettings: { Networks: {} } };
    const junk = fc.constantFrom<unknown>(1, true, "x", [], [1], {}, { a: 1 });
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(good) as (keyof typeof good)[])), junk, (key, value) => {
        const kinds = {
          Id: "string",
          Names: "list",
          State: "string",
          Labels: "words",
          NetworkSettings: "object",
        } as const;
        const isWords =
          typeof value === "object" &&
          !Array.isArray(value) &&
          Object.values(value as object).every((one) => typeof one === "string");
        const fits = {
          string: typeof value === "string",
          list: Array.isArray(value) && value.every((one) => typeof one === "string"),
          words: isWords,
          object: typeof value === "object" && !Array.isArray(value),
        }[kinds[key]];
        expect(listedContainers.safeParse([{ ...good, [key]: value }]).success).toBe(fits);
      }),
    );
  });

  it("costs a list of a thousand containers few milliseconds", () => {
    const one = {
      Id: id,
      Names: ["/web"],
      Image: "x",
      ImageID: "y",
      Created: 1,
      State: "running",
      Status: "Up",
      Labels: { a: "b", c: "d" },
    };
    const list = Array.from({ length: 1_000 }, () => one);
    for (let warm = 0; warm < 20; warm += 1) listedContainers.safeParse(list);
    const began = process.cpuUsage();
    for (let count = 0; count < 20; count += 1) expect(listedContainers.safeParse(list).success).toBe(true);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1_000 / 20).toBeLessThan(20);
    expect(inspectedContainer.safeParse({ Id: id, State: { Status: "running", Health: null } }).success).toBe(true);
  });
});
