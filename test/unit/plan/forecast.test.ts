import { describe, expect, it } from "vitest";
import { emptyMemory } from "../../../src/plan/desired.js";
import type { Desired, Memory } from "../../../src/plan/desired.js";
import { forecast } from "../../../src/plan/forecast.js";
import type { HostSnapshot } from "../../../src/plan/observed.js";
import { containerIn, desire, hold, hostWith, imageOf, now, specOf, stopFirst } from "./world.js";

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
