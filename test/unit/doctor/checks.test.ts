import { describe, expect, it } from "vitest";
import { checks } from "../../../src/doctor/checks.js";
import { examine } from "../../../src/doctor/examine.js";
import type { Finding } from "../../../src/doctor/check.js";
import type { EngineReport, Instruments, Space } from "../../../src/doctor/instruments.js";
import { FairleadError } from "../../../src/errors.js";
import { manualClock } from "../control/clock.js";

const now = Date.UTC(2026, 0, 31);
const day = 86_400_000;
const roomy: Space = { free: 50e9, total: 100e9, freeFiles: 900, totalFiles: 1_000 };
const engine: EngineReport = {
  ...{ address: "unix:///run/docker.sock", product: "Docker Engine 26.1.5", api: "1.45", aheadMs: 20 },
  ...{ folder: "/var/lib/docker", images: 3, isLocal: true, warnings: [] },
};
const certificate = { what: "of the hooks", notBefore: now - day, notAfter: now + 90 * day, remedy: "renew it" };
const lease = { lease: "default", holder: "process 7 on h1", isOfThisDirectory: true, isGone: false };

/** A host on which all is well. */
const good: Instruments = {
  ...{ now: () => now, version: "1.2.3", lease: "default", externalUrl: "https://hooks.example.org" },
  data: { path: "/data", place: "--data" },
  engine: () => Promise.resolve(engine),
  socket: () => Promise.resolve({ path: "/run/docker.sock", code: undefined }),
  space: () => Promise.resolve(roomy),
  dataFault: () => Promise.resolve(undefined),
  journal: () => Promise.resolve({ exists: true, damage: [], putAside: 0, asideFolder: "/data/journal-unreadable" }),
  files: () => Promise.resolve({ projects: 1, services: 2, problems: [] }),
  registries: () =>
    Promise.resolve([
      { name: "docker.io", host: "docker.io", images: 2, ask: () => Promise.resolve({ remaining: 90 }) },
    ]),
  repositories: () => Promise.resolve([{ source: "acme/fleet", ref: "main", isReached: true, message: "" }]),
  hosts: () => Promise.resolve(["docker.io"]),
  resolve: () => Promise.resolve(),
  controller: () => Promise.resolve({ address: "http://127.0.0.1:8421", version: "1.2.3", notices: [] }),
  deliver: () => Promise.resolve({ url: "https://hooks.example.org/hooks", arrived: true }),
  certificates: () => Promise.resolve([certificate]),
  leases: () => Promise.resolve([lease]),
};

async function found(change: Partial<Instruments> = {}): Promise<readonly Finding[]> {
  return examine(checks, { ...good, ...change }, manualClock());
}

async function ills(change: Partial<Instruments>): Promise<readonly Finding[]> {
  return (await found(change)).filter(({ ok }) => !ok);
}

const unreachable = () =>
  Promise.reject(new FairleadError("EngineUnreachable", "the engine at /run/docker.sock does not answer (ENOENT)"));
const low: Space = { ...roomy, free: 1e6 };
const wrong = { ...engine, aheadMs: -90_000 };

describe("the doctor", () => {
  it("finds everything in order where it is, each check by its name", async () => {
    const all = await found();
    expect(all.filter(({ ok }) => !ok)).toEqual([]);
    expect(all.map(({ name }) => name)).toEqual([
      ...["socket", "engine", "image store", "clock", "data directory", "journal", "controller", "controllers"],
      ...["services files", "git acme/fleet", "dns", "registry docker.io", "hooks", "certificates"],
    ]);
  });

  it.each<
    readonly [what: string, change: Partial<Instruments>, names: readonly string[], told: RegExp, remedy: RegExp]
  >([
    [
      "a socket that this user may not open",
      { socket: () => Promise.resolve({ path: "/run/docker.sock", code: "EACCES" }) },
      ["socket"],
      /may not use \/run\/docker\.sock/,
      /usermod -aG docker/,
    ],
    [
      "no engine, and what cannot be seen for that",
      { engine: unreachable },
      ["engine", "image store", "clock", "controllers"],
      /does not answer/,
      /systemctl start docker/,
    ],
    [
      "clocks that differ",
      { engine: () => Promise.resolve(wrong) },
      ["clock"],
      /90 s behind the engine's/,
      /timedatectl/,
    ],
    [
      "a full disk",
      { space: () => Promise.resolve(low) },
      ["image store", "data directory"],
      /too little/,
      /docker system df/,
    ],
    [
      "a disk without room for files",
      { space: () => Promise.resolve({ ...roomy, freeFiles: 3 }) },
      ["image store", "data directory"],
      /only 3 more files/,
      /image prune/,
    ],
    [
      "a data directory that can be none",
      { dataFault: () => Promise.resolve({ message: "it is a file", remedy: "name a folder" }) },
      ["data directory"],
      /--data: it is a file/,
      /name a folder/,
    ],
    [
      "a journal with damaged lines",
      {
        journal: () =>
          Promise.resolve({ exists: true, damage: ["00000001.jsonl has 2", "x"], putAside: 0, asideFolder: "/aside" }),
      },
      ["journal"],
      /has 2; and 1 more/,
      /puts them aside in \/aside/,
    ],
    [
      "lines that were put aside",
      { journal: () => Promise.resolve({ exists: true, damage: [], putAside: 2, asideFolder: "/aside" }) },
      ["journal"],
      /2 files of lines that could not be read/,
      /rm -r \/aside/,
    ],
    [
      "a controller of another version",
      { controller: () => Promise.resolve({ address: "a", version: "1.0.0", notices: [] }) },
      ["controller"],
      /fairlead 1\.0\.0 answers/,
      /restart it/,
    ],
    [
      "a controller in trouble",
      { controller: () => Promise.resolve({ address: "a", version: "1.2.3", notices: ["no space"] }) },
      ["controller"],
      /no space/,
      /see its log/,
    ],
    [
      "no controller",
      { controller: () => Promise.reject(new FairleadError("ApiUnreachable", "no controller answers")) },
      ["controller", "controllers", "hooks"],
      /no controller answers/,
      /journalctl/,
    ],
    [
      "somebody else in charge",
      { leases: () => Promise.resolve([{ ...lease, isOfThisDirectory: false }]) },
      ["controllers"],
      /with another data directory than \/data/,
      /--lease of its own/,
    ],
    [
      "another controller in this directory",
      { leases: () => Promise.resolve([lease, { ...lease, lease: "other" }]) },
      ["controllers"],
      /another controller uses this data directory/,
      /--data of its own/,
    ],
    [
      "broken files",
      { files: () => Promise.resolve({ projects: 0, services: 0, problems: ["a", "b"] }) },
      ["services files"],
      /^a; and 1 more$/,
      /fairlead validate/,
    ],
    [
      "a repository that is away",
      {
        repositories: () =>
          Promise.resolve([{ source: "acme/fleet", ref: "main", isReached: false, message: "it is away" }]),
      },
      ["git acme/fleet"],
      /it is away/,
      /git ls-remote acme\/fleet/,
    ],
    [
      "a name that nobody knows",
      { resolve: () => Promise.reject(new Error("ENOTFOUND")) },
      ["dns"],
      /nobody knows docker\.io/,
      /getent hosts docker\.io/,
    ],
    [
      "a login that is refused",
      {
        registries: () =>
          Promise.resolve([
            {
              ...{ name: "ghcr.io", host: "ghcr.io", account: "acme", images: 1 },
              ask: () => Promise.reject(new FairleadError("Unauthorized", "ghcr.io refuses the login")),
            },
          ]),
      },
      ["registry ghcr.io"],
      /refuses the login/,
      /docker login ghcr\.io/,
    ],
    [
      "few pulls that are left",
      {
        registries: () =>
          Promise.resolve([
            { name: "docker.io", host: "mirror", images: 1, ask: () => Promise.resolve({ remaining: 4 }) },
          ]),
      },
      ["registry docker.io"],
      /without a login \(mirror\), for 1 image; 4 pulls are left/,
      /docker login/,
    ],
    [
      "a delivery that does not come",
      { deliver: () => Promise.resolve({ url: "https://h", arrived: false, message: "404" }) },
      ["hooks"],
      /does not arrive: 404/,
      /forwarding/,
    ],
    [
      "a certificate that expires",
      { certificates: () => Promise.resolve([{ ...certificate, notAfter: now + 3 * day }]) },
      ["certificates"],
      /expires soon/,
      /renew it/,
    ],
    [
      "certificates that have expired, or are not valid yet",
      {
        certificates: () =>
          Promise.resolve([
            { ...certificate, notAfter: now - day },
            { ...certificate, notBefore: now + day },
          ]),
      },
      ["certificates", "certificates"],
      /has expired/,
      /renew it/,
    ],
  ])("finds %s, and says what to do", async (_what, change, names, told, remedy) => {
    const all = await ills(change);
    expect(all.map(({ name }) => name)).toEqual(names);
    expect(all[0]?.message).toMatch(told);
    expect(all[0]?.remedy).toMatch(remedy);
    for (const one of all) expect(one.remedy).not.toBe("");
  });

  it("waits for none of them longer than it may take, and says which", async () => {
    const clock = manualClock();
    const looking = examine(checks, { ...good, socket: () => new Promise(() => undefined) }, clock);
    await clock.advance(60_000);
    const all = (await looking).filter(({ ok }) => !ok);
    expect(all).toEqual([
      {
        name: "socket",
        ok: false,
        message: "there is no answer after 3 s",
        remedy: expect.stringMatching(/disk/) as string,
      },
    ]);
  });

  it("says of what is not tried why not, and finds nothing wrong with it", async () => {
    const all = await found({
      ...{ deliver: () => Promise.resolve(undefined), registries: () => Promise.resolve([]) },
      ...{ certificates: () => Promise.resolve([]), repositories: () => Promise.resolve([]) },
      ...{ socket: () => Promise.resolve(undefined), hosts: () => Promise.resolve([]) },
    });
    expect(all.filter(({ ok }) => !ok)).toEqual([]);
    expect(all.find(({ name }) => name === "hooks")).toMatchObject({
      message: expect.stringMatching(/^not tried/) as string,
      remedy: expect.stringMatching(/externalUrl/) as string,
    });
  });
});
