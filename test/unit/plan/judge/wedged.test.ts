import { describe, expect, it } from "vitest";
import type { ObservedContainer } from "../../../../src/plan/model/host/observed.js";
import { containerIn, desire, hold, hostWith, imageOf, now, planText, specOf, stopFirst } from "../world.js";

const startError = "task id-active-1: already exists";
const ended = { state: "exited", exitCode: 128, finishedAt: now - 9_000, startError } as const;
const active = (patch: Partial<ObservedContainer> = {}) => containerIn("active", "a", 1, { ...ended, ...patch });
const often = { refusals: new Map([["id-active-1", 3]]) };
const images = [imageOf("a", [1], ["id-active-1"]), imageOf("b")];

describe("an active container that the engine cannot start any more", () => {
  it("is started again until it has been refused often enough", () => {
    const refusals = new Map([["id-active-1", 2]]);
    expect(planText({ desired: desire("a"), host: hostWith([active()]), memory: { refusals } })).toMatchInlineSnapshot(`
      "
      1. start shop-web-1 (it ended (exit code 128))
      => continue: Restoring: it ended (exit code 128)
      "
    `);
  });

  it("is re-created from its own digest and spec, under its own revision", () => {
    expect(planText({ desired: desire("a"), host: hostWith([active()]), memory: often })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (the engine cannot start shop-web-1 any more (task id-active-1: already exists))
      2. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });

  it("also where the registry is silent, and under stop-first", () => {
    const host = hostWith([active()]);
    expect(planText({ desired: desire(undefined, stopFirst), host, memory: often })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (the engine cannot start shop-web-1 any more (task id-active-1: already exists))
      2. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      3. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, stop-first: the service publishes 8080 and has no gate
      "
    `);
  });

  it("gives way to what is wanted anyway, whose image is fetched without another try", () => {
    const host = hostWith([active()], { images: images.slice(0, 1) });
    expect(planText({ desired: desire("b"), host, memory: often })).toMatchInlineSnapshot(`
      "
      1. pull acme/web@sha256:bbbbbbbbbbbb (the image is not on this host yet)
      => wait: Pulling: acme/web@sha256:bbbbbbbbbbbb is being pulled
      "
    `);
  });

  it("is re-created where what is wanted is held", () => {
    const memory = { ...often, holds: [hold("b")] };
    expect(planText({ desired: desire("b"), host: hostWith([active()], { images }), memory })).toMatchInlineSnapshot(`
      "
      1. create shop-web-1.next from sha256:aaaaaaaaaaaa on shop_default as web (the engine cannot start shop-web-1 any more (task id-active-1: already exists))
      2. start shop-web-1.next (it is to serve)
      => continue: RolloutStarted: rolling out sha256:aaaaaaaaaaaa, start-first: the service publishes no host port and writes to no shared volume
      "
    `);
  });

  it("is left where what it would be made from is held itself", () => {
    const memory = { ...often, holds: [hold("a")] };
    expect(planText({ desired: desire("a"), host: hostWith([active()]), memory })).toMatchInlineSnapshot(`
      "
      => failed: StartRefused: the engine cannot start shop-web-1 any more (task id-active-1: already exists)
      "
    `);
  });

  it("is no way back: it goes when the new one has proved itself, and the older one stays", () => {
    const next = containerIn("next", "a", 1);
    const host = hostWith([active(), next, containerIn("previous", "b", 0)]);
    expect(planText({ desired: desire("a"), host, memory: often })).toMatchInlineSnapshot(`
      "
      1. disconnect shop-web-1.next from shop_default (an alias can only be given on joining)
      2. connect shop-web-1.next on shop_default as web (it is to answer to web)
      3. set the restart policy of shop-web-1 to no (a container that leaves its role must not come back by itself)
      4. remove shop-web-1 (shop-web-1.next has taken over, and the engine cannot start it any more)
      5. rename shop-web-1.next to shop-web-1 (it has been running for 5s)
      6. set the restart policy of shop-web-1 to always (it serves: its declared restart policy holds)
      => continue: Promoting: it has been running for 5s
      "
    `);
  });

  it("is not started when the new one fails", () => {
    const next = containerIn("next", "a", 1, { state: "exited", exitCode: 1, finishedAt: now - 1_000 });
    expect(planText({ desired: desire("a"), host: hostWith([active(), next]), memory: often })).toMatchInlineSnapshot(`
      "
      1. keep the last log lines of shop-web-1.next and hold sha256:aaaaaaaaaaaa (the journal keeps its last log lines and holds its digest)
      2. rename shop-web-1.next to shop-web-1.failed (it exited with code 1 after 59s; it is kept for inspection)
      => continue: ContainerExited: it exited with code 1 after 59s
      "
    `);
  });

  it("has completed all the same where it was to run once", () => {
    const once = specOf({ oneShot: true });
    const host = hostWith([active({ exitCode: 0 })]);
    expect(planText({ desired: desire("a", once), host, memory: often })).toMatchInlineSnapshot(`
      "
      => converged: Converged: shop-web-1 has completed with sha256:aaaaaaaaaaaa
      "
    `);
  });
});

describe("a new container that the engine cannot start any more", () => {
  const refused = containerIn("next", "b", 2, {
    state: "created",
    startedAt: undefined,
    startError: "task id-next-2: already exists",
  });
  const serving = containerIn("active", "a", 1);

  it("is started again at first: its image is not at fault", () => {
    expect(planText({ desired: desire("b"), host: hostWith([serving, refused]) })).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.next (the engine could not start it: task id-next-2: already exists)
      => continue: RolloutStarted: the engine could not start it: task id-next-2: already exists
      "
    `);
  });

  it("makes room for another one", () => {
    const memory = { refusals: new Map([["id-next-2", 3]]) };
    expect(planText({ desired: desire("b"), host: hostWith([serving, refused]), memory })).toMatchInlineSnapshot(`
      "
      1. remove shop-web-1.next (the engine cannot start shop-web-1.next any more (task id-next-2: already exists); a new one takes its place)
      => continue: StartRefused: the engine cannot start shop-web-1.next any more (task id-next-2: already exists)
      "
    `);
  });

  it("waits for an engine that is coming", () => {
    const host = hostWith([serving, { ...refused, startError: "transport is closing: unavailable" }]);
    const memory = { refusals: new Map([["id-next-2", 30]]) };
    expect(planText({ desired: desire("b"), host, memory })).toMatchInlineSnapshot(`
      "
      1. start shop-web-1.next (the engine could not start it: transport is closing: unavailable)
      => continue: RolloutStarted: the engine could not start it: transport is closing: unavailable
      "
    `);
  });
});
