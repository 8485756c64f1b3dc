import { EventEmitter } from "node:events";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ConnectionLimits, Connections, type Peer } from "../../../../src/http/web/connections.js";

class FakePeer extends EventEmitter implements Peer {
  destroyed = false;
  constructor(readonly remoteAddress: string) {
    super();
  }
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.emit("close");
  }
}

type Limits = Partial<ConnectionLimits> & Pick<ConnectionLimits, "total" | "perAddress">;

function houseOf(limits: Limits) {
  const connections = new Connections({ perKnownAddress: limits.perAddress, strangers: Infinity, ...limits });
  const admit = (address: string, count = 1): FakePeer[] =>
    Array.from({ length: count }, () => {
      const peer = new FakePeer(address);
      connections.admit(peer);
      return peer;
    });
  const admitProven = (address: string, count = 1) =>
    admit(address, count).map((peer) => {
      connections.prove(peer);
      return peer;
    });
  return { connections, admit, admitProven };
}
const alive = (peers: readonly FakePeer[]) => peers.filter(({ destroyed }) => !destroyed).length;
const last = (peers: readonly FakePeer[]) => peers.at(-1)!;

describe("connections", () => {
  test("of one address: the oldest gives way to the newest", () => {
    const { admit } = houseOf({ total: 100, perAddress: 3 });
    const peers = admit("192.0.2.1", 5);
    expect(peers.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false, false]);
    const [other] = admit("192.0.2.2");
    expect(other?.destroyed).toBe(false);
  });

  test.each([
    ["an IPv6 /56", "2001:db8:1:1::1", "2001:db8:1:2::9", 3],
    ["two of those", "2001:db8:1:1::1", "2001:db8:2:1::1", 6],
    ["an IPv4 address written as IPv6", "192.0.2.1", "::ffff:192.0.2.1", 3],
    ["two of those", "::ffff:192.0.2.2", "::ffff:192.0.2.1", 6],
  ])("%s is one address", (_what, one, other, left) => {
    const { admit } = houseOf({ total: 100, perAddress: 3 });
    expect(alive([...admit(one, 3), ...admit(other, 3)])).toBe(left);
  });

  test("of one address: more of one that knew a secret, as a proxy in front has one for all", () => {
    const { admit, admitProven } = houseOf({ total: 100, perAddress: 3, perKnownAddress: 6 });
    admitProven("192.0.2.1");
    expect(alive(admit("192.0.2.1", 5))).toBe(5);
    expect(alive(admit("192.0.2.1", 6))).toBe(5);
    expect(alive(admit("192.0.2.2", 6))).toBe(3);
  });

  test("of all: an unknown address's go before those of one that knew a secret", () => {
    const { admit, admitProven } = houseOf({ total: 6, perAddress: 10 });
    const [known] = admitProven("192.0.2.1");
    const [fresh] = admit("192.0.2.1");
    const strangers = admit("198.51.100.1", 50);
    expect([known?.destroyed, fresh?.destroyed]).toEqual([false, false]);
    expect(alive(strangers)).toBe(3);
    const [returning] = admit("192.0.2.1");
    expect(returning?.destroyed).toBe(false);
  });

  test("that are proven are not displaced by strangers, but idle ones are by another of a known address", () => {
    const { connections, admit, admitProven } = houseOf({ total: 4, perAddress: 10 });
    const proven = admitProven("192.0.2.1", 3);
    connections.begin(proven[0]!);
    expect(alive(admit("198.51.100.1", 3))).toBe(0);
    expect(alive(proven)).toBe(3);
    expect(last(admit("192.0.2.1")).destroyed).toBe(false);
    expect(proven.map(({ destroyed }) => destroyed)).toEqual([false, true, false]);
  });

  test("of strangers there are fewer than places: the rest is kept for those who know a secret", () => {
    const { connections, admit, admitProven } = houseOf({ total: 10, perAddress: 10, strangers: 4 });
    const strangers = admit("198.51.100.1", 6);
    expect(strangers.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false, false, false]);
    const [sender] = admit("192.0.2.1");
    connections.prove(sender!);
    expect(alive(strangers)).toBe(3);
    expect(alive(admit("192.0.2.1", 3))).toBe(3);
    expect(alive(admitProven("192.0.2.1", 2))).toBe(2);
    expect(alive(strangers)).toBe(3);
  });

  test("an answered request is no reason to stay", () => {
    const { connections, admit, admitProven } = houseOf({ total: 2, perAddress: 10 });
    const [proven] = admitProven("192.0.2.1");
    const done = connections.begin(proven!);
    expect(last(admit("192.0.2.1")).destroyed).toBe(true);
    done();
    expect(last(admit("192.0.2.1")).destroyed).toBe(false);
  });

  test("whatever comes and goes: within the limits; no proven sender's answer is cut; a known sender finds strangers' places free", () => {
    const limits = { total: 8, perAddress: 4, strangers: 3 };
    const act = fc.record({
      what: fc.constantFrom("come", "come", "come", "prove", "begin", "leave"),
      address: fc.constantFrom("a", "b", "c", "d"),
      at: fc.nat(30),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const { connections, admit } = houseOf(limits);
        const peers: FakePeer[] = [];
        const provenOnes = new Set<FakePeer>();
        const knownAddresses = new Set<string>();
        const busy = new Set<FakePeer>();
        for (const { what, address, at } of acts) {
          const open = peers.filter(({ destroyed }) => !destroyed);
          const one = open[at % Math.max(1, open.length)];
          if (what === "come") {
            const strangers = open.filter((peer) => !provenOnes.has(peer) && !knownAddresses.has(peer.remoteAddress));
            const mine = open.filter((peer) => peer.remoteAddress === address).length;
            const [peer] = admit(address);
            peers.push(peer!);
            // They have fewer places than there are: a known sender finds one free where no known one holds it.
            const known = open.length - strangers.length;
            const isRoom = strangers.length > 0 || known < limits.total - 1;
            if (knownAddresses.has(address) && mine < limits.perAddress && isRoom) {
              expect(peer?.destroyed).toBe(false);
            }
          } else if (one !== undefined && what === "leave") one.destroy();
          else if (one !== undefined && what === "begin") {
            connections.begin(one);
            if (provenOnes.has(one)) busy.add(one);
          } else if (one !== undefined) {
            connections.prove(one);
            provenOnes.add(one);
            knownAddresses.add(one.remoteAddress);
          }
          if (what === "leave" && one !== undefined) busy.delete(one);
          const left = peers.filter(({ destroyed }) => !destroyed);
          expect(left.length).toBeLessThan(limits.total);
          const unknown = left.filter((peer) => !provenOnes.has(peer) && !knownAddresses.has(peer.remoteAddress));
          expect(unknown.length).toBeLessThanOrEqual(limits.strangers);
          for (const each of ["a", "b", "c", "d"]) {
            expect(left.filter((peer) => peer.remoteAddress === each).length).toBeLessThanOrEqual(limits.perAddress);
          }
          for (const peer of busy) expect(peer.destroyed).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});
