import { describe, expect, it } from "vitest";
import { forecast, forecastAll } from "../../../src/plan/forecast.js";
import { emptyMemory } from "../../../src/plan/model/desired.js";
import type { Desired, Memory } from "../../../src/plan/model/desired.js";
import type { HostSnapshot } from "../../../src/plan/model/host/host-snapshot.js";
import type { ObservedContainer } from "../../../src/plan/model/host/observed.js";
import {
  containerIn,
  defaultNetwork,
  desire,
  hold,
  hostWith,
  imageOf,
  now,
  port8080,
  specOf,
  stopFirst,
} from "./world.js";

const active = containerIn("active", "a", 1);

function textOf(desired: Desired, host: HostSnapshot, memory: Partial<Memory> = {}): string {
  const { lines, end } = forecast(desired, host, { ...emptyMemory, ...memory });
  return `\n${[...lines, `=> ${end.kind}`].join("\n")}\n`;
}

describe("the way from here, if every container does well", () => {
  it("is nothing where nothing is to be done", () => {
    expect(textOf(desire("a"), hostWith([active]))).toMatchInlineSnapshot(`
      "
      => converged
      "
    `);
  });

  it("changes something as soon as there is one step, and nothing where there is none", () => {
    expect(forecast(desire("a"), hostWith([active]), emptyMemory).changes).toBe(false);
    expect(forecast(desire("b"), hostWith([active]), emptyMemory).changes).toBe(true);
  });

  it("leads from nothing to a service that runs", () => {
    expect(textOf(desire("a"), hostWith([], { networks: new Map() }))).toMatchInlineSnapshot(`
      "
      pull acme/web@sha256:aaaaaaaaaaaa (the image is not on this host yet)
      create network shop_default (the service joins it and it is missing)
      create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (nothing of this service exists)
      tag acme/web@sha256:aaaaaaaaaaaa as fairlead/keep:shop.web.r1 (a tagged image survives an image prune)
      start shop-web-1.next (it is to serve)
      wait until it has been well for 5s
      rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => converged
      "
    `);
  });

  it("start-first: pulls, proves, promotes, clears away", () => {
    const host = hostWith([active, containerIn("previous", "c", 0)]);
    expect(textOf(desire("b"), host)).toMatchInlineSnapshot(`
      "
      pull acme/web@sha256:bbbbbbbbbbbb (the image is not on this host yet)
      create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default without an alias (the image is now sha256:bbbbbbbbbbbb)
      tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      start shop-web-1.next (it proves itself beside the one that serves)
      wait until it has been well for 5s
      disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      connect shop-web-1.next on shop_default as web (it is to answer to web)
      note that shop-web-1 is being replaced (its successor takes over its names)
      wait: shop-web-1 and its successor both answer, for 1s
      disconnect shop-web-1 from shop_default (it leaves: another answers in its place)
      connect shop-web-1 on shop_default without an alias (it leaves: another answers in its place)
      note that shop-web-1 has left (it may finish what is under way, within 2s)
      wait: shop-web-1 finishes what is under way, for 2s
      set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      stop shop-web-1, within 10s (shop-web-1.next has taken over)
      remove shop-web-1.previous (a newer one takes its place as roll-back target)
      rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      remove image acme/web@sha256:cccccccccccc (beyond keep: 1)
      remove image fairlead/keep:shop.web.r0 (beyond keep: 1)
      => converged
      "
    `);
  });

  it("stop-first, with a health check: waits from the moment it is healthy", () => {
    const healthcheck = {
      disabled: false,
      test: ["CMD", "true"],
      intervalMs: 1_000,
      timeoutMs: 1_000,
      retries: 1,
      startPeriodMs: 0,
    } as const;
    const spec = specOf({ container: { ...stopFirst.container, healthcheck }, update: { monitorMs: 1_500 } });
    const host = hostWith([active], { images: [imageOf("a", [1], ["id-active-1"]), imageOf("b")] });
    expect(textOf(desire("b", spec), host)).toMatchInlineSnapshot(`
      "
      create shop-web-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb)
      tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      stop shop-web-1, within 10s (stop-first: the service publishes 8080 and has no gate)
      start shop-web-1.next (it is to serve)
      wait until it has been well for 1.5s
      rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      rename shop-web-1.next to shop-web-1 (it has been healthy for 1.5s)
      set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => converged
      "
    `);
  });

  it("goes on with a rollout that is under way", () => {
    const next = containerIn("next", "b", 2, { startedAt: now - 1_000 });
    expect(textOf(desire("b"), hostWith([active, next]))).toMatchInlineSnapshot(`
      "
      wait until it has been well for 5s
      disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      connect shop-web-1.next on shop_default as web (it is to answer to web)
      note that shop-web-1 is being replaced (its successor takes over its names)
      wait: shop-web-1 and its successor both answer, for 1s
      disconnect shop-web-1 from shop_default (it leaves: another answers in its place)
      connect shop-web-1 on shop_default without an alias (it leaves: another answers in its place)
      note that shop-web-1 has left (it may finish what is under way, within 2s)
      wait: shop-web-1 finishes what is under way, for 2s
      set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      stop shop-web-1, within 10s (shop-web-1.next has taken over)
      rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => converged
      "
    `);
  });

  it("ends where only a change or a person helps, and says why", () => {
    expect(textOf(desire("b"), hostWith([active]), { holds: [hold("b")] })).toMatchInlineSnapshot(`
      "
      then: sha256:bbbbbbbbbbbb failed: its health check fails; held until the image or the spec changes, or a retry
      => blocked
      "
    `);
  });

  it("ends where the registry is silent, after the repair", () => {
    const stopped = containerIn("active", "a", 1, { state: "exited", finishedAt: now, exitCode: 1 });
    expect(textOf(desire(undefined), hostWith([stopped]))).toMatchInlineSnapshot(`
      "
      start shop-web-1 (it ended (exit code 1))
      then: docker.io does not answer
      => failed
      "
    `);
  });

  it("ends where it waits for another service", () => {
    const spec = specOf({ dependsOn: [{ service: "db", condition: "service_started" }] });
    expect(textOf(desire("a", spec), hostWith([], { images: [imageOf("a")] }))).toMatchInlineSnapshot(`
      "
      then: db is not running yet
      => wait
      "
    `);
  });

  it("gives up on what never settles", () => {
    const stuck = containerIn("next", "b", 2, { state: "paused" });
    const { lines, end } = forecast(desire("b"), hostWith([active, stuck]), emptyMemory);
    expect(end.kind).toBe("wait");
    expect(lines).toHaveLength(21);
    expect(lines.at(0)).toBe("wait until it has been well for 5s");
    expect(lines.at(-1)).toBe("then: it is paused");
  });
});

describe("the way of services that need each other", () => {
  const migrate = specOf({ name: "migrate", oneShot: true, update: { monitorMs: 1_000 } });
  const web = specOf({ dependsOn: [{ service: "migrate", condition: "service_completed_successfully" }] });
  const completed = containerIn("active", "a", 1, {
    ...{ id: "id-migrate", name: "shop-migrate-1", service: "migrate", state: "exited", exitCode: 0 },
    ...{ finishedAt: now - 1_000, restartPolicy: { name: "no", maximumRetryCount: 0 } },
  });
  const textOfAll = (letters: readonly [string | undefined, string], containers: readonly ObservedContainer[]) => {
    const subjects = [web, migrate].map((spec, index) => {
      return { desired: desire(letters[1 - index], spec), memory: emptyMemory };
    });
    const images = [
      imageOf(
        "a",
        [1],
        containers.map(({ id }) => id),
      ),
      imageOf("b"),
      imageOf("c"),
    ];
    const ways = forecastAll(subjects, hostWith(containers, { images }));
    const [first, second] = ways.map(({ lines, end }) => [...lines, `=> ${end.kind}`].join("\n"));
    return `\nweb\n${first ?? ""}\nmigrate\n${second ?? ""}\n`;
  };

  it("waits for what has to complete anew, though an older one had", () => {
    expect(textOfAll(["b", "c"], [completed, active])).toMatchInlineSnapshot(`
      "
      web
      wait: migrate has not completed yet: shop-migrate-1 ended with exit code 0
      create shop-web-1.next from sha256:cccccccccccc on shop_default without an alias (the image is now sha256:cccccccccccc)
      tag acme/web@sha256:cccccccccccc as fairlead/keep:shop.web.r2 (a tagged image survives an image prune)
      start shop-web-1.next (it proves itself beside the one that serves)
      wait until it has been well for 5s
      disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      connect shop-web-1.next on shop_default as web (it is to answer to web)
      note that shop-web-1 is being replaced (its successor takes over its names)
      wait: shop-web-1 and its successor both answer, for 1s
      disconnect shop-web-1 from shop_default (it leaves: another answers in its place)
      connect shop-web-1 on shop_default without an alias (it leaves: another answers in its place)
      note that shop-web-1 has left (it may finish what is under way, within 2s)
      wait: shop-web-1 finishes what is under way, for 2s
      set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      stop shop-web-1, within 10s (shop-web-1.next has taken over)
      rename shop-web-1 to shop-web-1.previous (it is kept for a roll-back)
      rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => converged
      migrate
      create shop-migrate-1.next from sha256:bbbbbbbbbbbb on shop_default as web (the image is now sha256:bbbbbbbbbbbb)
      tag acme/web@sha256:bbbbbbbbbbbb as fairlead/keep:shop.migrate.r2 (a tagged image survives an image prune)
      start shop-migrate-1.next (it is to run to its end)
      wait until it has completed
      rename shop-migrate-1 to shop-migrate-1.previous (it is kept for a roll-back)
      rename shop-migrate-1.next to shop-migrate-1 (it has completed)
      => converged
      "
    `);
  });

  it("ends where a dependency does not get there, and says why", () => {
    expect(textOfAll([undefined, "c"], [active])).toMatchInlineSnapshot(`
      "
      web
      then: migrate has not completed yet: docker.io does not answer
      => wait
      migrate
      then: docker.io does not answer
      => failed
      "
    `);
  });

  it("tells the wait of each that swaps a port with another one, once", () => {
    const on = (name: string, hostPort: number) => specOf({ name, container: { ports: [{ ...port8080, hostPort }] } });
    const serving = (name: string, hostPort: number) => {
      const ports = [{ hostPort, protocol: "tcp" as const }];
      const itself = { id: name, name: `shop-${name}-1`, service: name, specHash: "OLD" };
      return containerIn("active", "a", 1, { ...itself, publishes: true, ports });
    };
    const specs = [on("blue", 2), on("green", 1)];
    const host = hostWith([serving("blue", 1), serving("green", 2)], {
      images: [imageOf("a", [1], ["blue", "green"])],
    });
    const ways = forecastAll(
      specs.map((spec) => ({ desired: desire("a", spec), memory: emptyMemory })),
      host,
    );
    const text = ways.map(({ lines }) => lines.filter((line) => /^(?:wait: |stop |start )/.test(line)).join("\n"));
    expect(`\n${text.join("\n\n")}\n`).toMatchInlineSnapshot(`
      "
      wait: port 2 is that of shop-green-1 of shop/green, which waits for this one: both stop first, as soon as both have a new container
      stop shop-blue-1, within 10s (port 2 is that of shop-green-1 of shop/green, which waits for this one: both stop first, as soon as both have a new container)
      start shop-blue-1.next (it is created and not started)

      stop shop-green-1, within 10s (stop-first: the service publishes 1 and has no gate)
      start shop-green-1.next (it is created and not started)
      "
    `);
  });

  it("puts a gate before a service that has held its ports itself", () => {
    const gate = { mode: "http", holdMs: 30_000, proxyProtocol: false } as const;
    const behind = specOf({ gate, networks: [{ network: defaultNetwork, aliases: [] }] });
    const itsGate = specOf({ name: "web.gate", gateOf: "web", container: { ports: [port8080] } });
    const old = containerIn("active", "a", 1, { specHash: "OLD", publishes: true });
    const host = hostWith([old], { images: [imageOf("a", [1], [old.id]), imageOf("e")] });
    const ways = forecastAll(
      [behind, itsGate].map((spec, index) => ({ desired: desire(index === 0 ? "a" : "e", spec), memory: emptyMemory })),
      host,
    );
    const text = ways.map(({ lines, end }) =>
      [...lines.filter((line) => /^(?:wait|then|stop |start )/.test(line)), `=> ${end.kind}`].join("\n"),
    );
    expect(`\n${text.join("\n\n")}\n`).toMatchInlineSnapshot(`
      "
      start shop-web-1.next (it proves itself beside the one that serves)
      wait until it has been well for 5s
      stop shop-web-1, within 10s (shop-web-1.next has taken over)
      start shop-web.gate-1.next (its ports have just become free)
      => converged

      wait until it has been well for 5s
      => converged
      "
    `);
  });

  it("goes on behind a gate that is itself replaced meanwhile", () => {
    const gate = { mode: "http", holdMs: 30_000, proxyProtocol: false } as const;
    const behind = specOf({
      gate,
      networks: [{ network: defaultNetwork, aliases: [] }],
      update: { monitorMs: 20_000 },
    });
    const itsGate = specOf({ name: "web.gate", gateOf: "web", container: { ports: [port8080] } });
    const old = containerIn("active", "a", 1, { networks: [{ network: "shop_default", aliases: [] }] });
    const itself = { id: "id-gate", name: "shop-web.gate-1", service: "web.gate", publishes: true as const };
    const oldGate = containerIn("active", "c", 1, {
      ...itself,
      gate: { of: "web", state: { config: "", routes: [] } },
    });
    const images = [imageOf("a", [1], [old.id]), imageOf("b"), imageOf("c", [], [oldGate.id]), imageOf("e")];
    const ways = forecastAll(
      [behind, itsGate].map((spec, index) => ({ desired: desire(index === 0 ? "b" : "e", spec), memory: emptyMemory })),
      hostWith([old, oldGate], { images }),
    );
    expect(ways.map(({ end }) => end.kind)).toEqual(["converged", "converged"]);
  });
});
