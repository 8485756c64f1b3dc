import { describe, expect, it } from "vitest";
import type { BuildContext, BuildSpec } from "../../../../src/compose/model/container/build-spec.js";
import { buildHash } from "../../../../src/compose/model/hash.js";
import type { ServiceSpec } from "../../../../src/compose/model/service.js";
import { readProject } from "../../../../src/compose/project/compose.js";
import { formatProblem } from "../../../../src/compose/values/problem.js";
import { opened } from "../../tools/opened.js";
import { surroundings } from "../read.js";

function read(service: object, environment: Readonly<Record<string, string>> = {}) {
  const text = JSON.stringify({ name: "shop", services: { web: service } });
  return readProject({ ...surroundings, text, environment });
}

function specOf(service: object, environment?: Readonly<Record<string, string>>): ServiceSpec {
  const result = read(service, environment);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
  return result.project.services[0]!;
}

const buildOf = (build: object | string, environment?: Readonly<Record<string, string>>): BuildSpec | undefined =>
  specOf({ build }, environment).build;

function complaints(service: object): readonly string[] {
  const result = read(service);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

const git = (url: string, ref?: string, subdirectory?: string): BuildContext => ({
  kind: "git",
  url,
  ref,
  subdirectory,
});
const { directory } = surroundings;

describe("the context of a build", () => {
  it.each<[string, BuildContext]>([
    [".", { kind: "path", path: directory }],
    ["./web", { kind: "path", path: `${directory}/web` }],
    ["web", { kind: "path", path: `${directory}/web` }],
    ["/srv/web", { kind: "path", path: "/srv/web" }],
    ["https://example.com/shop.git", git("https://example.com/shop.git")],
    ["https://example.com/shop.git#main", git("https://example.com/shop.git", "main")],
    ["https://example.com/shop.git#v1.2:web/app/", git("https://example.com/shop.git", "v1.2", "web/app")],
    ["http://example.com/shop.git#:web", git("http://example.com/shop.git", undefined, "web")],
    ["git@example.com:acme/shop.git#feature/x", git("git@example.com:acme/shop.git", "feature/x")],
    ["ssh://git@example.com/shop", git("ssh://git@example.com/shop")],
    ["git://example.com/shop#main", git("git://example.com/shop", "main")],
    ["github.com/acme/shop#main", git("https://github.com/acme/shop", "main")],
  ])("%s", (written, expected) => {
    expect(buildOf(written)?.context).toEqual(expected);
    expect(buildOf({ context: written })?.context).toEqual(expected);
  });

  it.each([
    [
      "https://user:p%40ss@example.com/shop.git#main",
      "https://example.com/shop.git",
      "user:p%40ss",
      "7b5df61bfc5429ac",
    ],
    ["https://t0ken@example.com/shop.git#main", "https://example.com/shop.git", "t0ken", "527d251adb9d8c04"],
    ["https://u:t0@ken@example.com/a@b.git#main", "https://example.com/a@b.git", "u:t0@ken", undefined],
    ["https://example.com/shop.git#main", "https://example.com/shop.git", undefined, "4a70c72b62d27986"],
    ["https://example.com/a@b.git#main", "https://example.com/a@b.git", undefined, undefined],
    ["ssh://git@example.com/shop#main", "ssh://git@example.com/shop", undefined, "4b61256e501df0a9"],
  ])("%s has its login apart, and the hash of the URL as it is written", (written, url, login, hash) => {
    const build = buildOf(written)!;
    expect(opened(build.context)).toMatchObject({ url, ...(login === undefined ? {} : { login }) });
    expect("login" in build.context).toBe(login !== undefined);
    expect(JSON.stringify(build)).not.toMatch(/t0ken|p%40ss/);
    if (hash !== undefined) expect(buildHash(build)).toBe(hash);
  });

  it("with another login has another hash", () => {
    const hashes = ["a:b", "a:c", "a"].map((login) => buildHash(buildOf(`https://${login}@example.com/shop.git`)!));
    expect(new Set(hashes).size).toBe(3);
  });

  it.each([
    ["ssh://git:canary@example.com/shop", /a password in this URL/],
    ["git://git:canary@example.com/shop", /a password in this URL/],
    ["https://example.com/context.tar.gz", /neither a folder nor a git repository/],
    ["https://example.com/shop.git?ref=main", /query/],
    ["https://example.com/shop.git#--upload-pack=x", /not a branch/],
    ["https://example.com/shop.git#main:../up", /leads out of the repository/],
  ])("is not %s", (written, message) => {
    expect(complaints({ build: written }).join()).toMatch(message);
  });

  it("is the file's folder where only the Dockerfile is named", () => {
    expect(buildOf({ dockerfile: "web.Dockerfile" })).toMatchObject({
      context: { kind: "path", path: directory },
      dockerfile: "web.Dockerfile",
    });
  });
});

describe("a build's options", () => {
  it("are all read", () => {
    const build = {
      context: ".",
      dockerfile: "../Dockerfile",
      args: { VERSION: "1", FROM_US: null, MISSING: null },
      labels: ["own=label"],
      target: "final",
      network: "host",
      extra_hosts: ["db=10.0.0.2", "host:host-gateway"],
      shm_size: "64m",
      platforms: ["linux/arm64"],
      no_cache: true,
      pull: true,
      cache_from: ["acme/web"],
      tags: ["acme/web:built"],
    };
    const read = buildOf(build, { FROM_US: "ours" });
    const args = Object.entries(read?.args ?? {}).map(([name, value]) => [name, value.reveal()]);
    expect(Object.fromEntries(args)).toEqual({ VERSION: "1", FROM_US: "ours" });
    expect({ ...read, args: "" }).toEqual({
      context: { kind: "path", path: directory },
      dockerfile: "../Dockerfile",
      args: "",
      labels: { own: "label" },
      target: "final",
      network: "host",
      extraHosts: ["db:10.0.0.2", "host:host-gateway"],
      shmSizeBytes: 64 * 1024 * 1024,
      platform: "linux/arm64",
      noCache: true,
      pull: true,
      cacheFrom: ["acme/web:latest"],
      tags: ["acme/web:built"],
    });
  });

  it("take over the service's platform", () => {
    expect(specOf({ build: ".", platform: "linux/arm64" }).build?.platform).toBe("linux/arm64");
    const two = { platforms: ["linux/amd64", "linux/arm64"] };
    expect(specOf({ build: two, platform: "linux/arm64" }).build?.platform).toBe("linux/arm64");
    expect(specOf({ build: two }).build?.platform).toBeUndefined();
  });

  it("is not for another platform than the service", () => {
    expect(() => specOf({ build: { platforms: ["linux/amd64"] }, platform: "linux/arm64" })).toThrow(
      /the service's own `platform` is not among them/,
    );
  });

  it.each<[string, object, RegExp]>([
    ["two Dockerfiles", { dockerfile: "a", dockerfile_inline: "FROM b" }, /exclude each other/],
    [
      "a Dockerfile outside a repository",
      { context: "git@example.com:shop.git", dockerfile: "../x" },
      /not in the repository/,
    ],
    ["a reserved label", { labels: { "fairlead.x": "1" } }, /Fairlead's own/],
    ["ssh", { ssh: ["default"] }, /not supported/],
    ["secrets", { secrets: ["token"] }, /not supported yet/],
    ["an unknown key", { contxt: "." }, /unknown key/],
  ])("are refused: %s", (_what, build, message) => {
    expect(complaints({ build }).join()).toMatch(message);
  });
});

describe("the image of a service that is built", () => {
  it("is called as Compose calls it, or as the file does", () => {
    const image = { registry: "docker.io", tag: "latest", digest: undefined };
    expect(specOf({ build: "." }).image).toEqual({ ...image, repository: "library/shop-web" });
    expect(specOf({ build: ".", image: "acme/web" }).image).toEqual({ ...image, repository: "acme/web" });
  });

  it("has no digest, and comes from no registry", () => {
    expect(complaints({ build: ".", image: `web@sha256:${"a".repeat(64)}` }).join()).toMatch(/no digest yet/);
    expect(complaints({ build: ".", pull_policy: "always" }).join()).toMatch(/comes from no registry/);
    expect(complaints({ image: "web", pull_policy: "build" }).join()).toMatch(/has no `build`/);
    expect(specOf({ build: ".", pull_policy: "build" }).pullPolicy).toEqual({ kind: "build" });
    expect(specOf({ build: ".", pull_policy: "never" }).pullPolicy).toEqual({ kind: "never" });
  });
});
