import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  familiarImage,
  familiarName,
  formatImage,
  isDigest,
  parseImage,
  pinnedImage,
  type Digest,
  type ImageReference,
} from "../../../../src/compose/values/image.js";
import { FairleadError } from "../../../../src/errors.js";

const digest = `sha256:${"0123456789abcdef".repeat(4)}` as Digest;

describe("parseImage", () => {
  it.each([
    ["nginx", "docker.io/library/nginx:latest", "nginx:latest"],
    ["nginx:1.27-Alpine_3", "docker.io/library/nginx:1.27-Alpine_3", "nginx:1.27-Alpine_3"],
    ["notarock/portfolio-ng", "docker.io/notarock/portfolio-ng:latest", "notarock/portfolio-ng:latest"],
    ["docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"],
    ["docker.io/library/nginx", "docker.io/library/nginx:latest", "nginx:latest"],
    ["library/nginx", "docker.io/library/nginx:latest", "nginx:latest"],
    ["library/a/b", "docker.io/library/a/b:latest", "library/a/b:latest"],
    ["mylibrary/nginx", "docker.io/mylibrary/nginx:latest", "mylibrary/nginx:latest"],
    ["a/library/nginx", "docker.io/a/library/nginx:latest", "a/library/nginx:latest"],
    ["index.docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"],
    ["registry-1.docker.io/a/b", "docker.io/a/b:latest", "a/b:latest"],
    ["registry.hub.docker.com/a/b:1", "docker.io/a/b:1", "a/b:1"],
    ["localhost/app", "localhost/app:latest", "localhost/app:latest"],
    ["localhost:5000/app:1", "localhost:5000/app:1", "localhost:5000/app:1"],
    ["127.0.0.1:5000/app", "127.0.0.1:5000/app:latest", "127.0.0.1:5000/app:latest"],
    ["[::1]:5000/a/b", "[::1]:5000/a/b:latest", "[::1]:5000/a/b:latest"],
    ["ghcr.io/a/b__c.d--e_f", "ghcr.io/a/b__c.d--e_f:latest", "ghcr.io/a/b__c.d--e_f:latest"],
    ["Host/app", "Host/app:latest", "Host/app:latest"],
    ["host:5000", "docker.io/library/host:5000", "host:5000"],
    [`nginx@${digest}`, `docker.io/library/nginx@${digest}`, `nginx@${digest}`],
    [`nginx:1@${digest}`, `docker.io/library/nginx:1@${digest}`, `nginx:1@${digest}`],
    [`127.0.0.1:5000/app@${digest}`, `127.0.0.1:5000/app@${digest}`, `127.0.0.1:5000/app@${digest}`],
    ["docker.io/foo.bar/baz", "docker.io/foo.bar/baz:latest", "docker.io/foo.bar/baz:latest"],
    ["docker.io/localhost/baz", "docker.io/localhost/baz:latest", "docker.io/localhost/baz:latest"],
  ])("%s is %s", (text, canonical, familiar) => {
    const image = parseImage(text);
    expect(formatImage(image)).toBe(canonical);
    expect(familiarImage(image)).toBe(familiar);
  });

  it("takes names of 255 characters and tags of 128, no longer ones", () => {
    const long = `ghcr.io/${"a".repeat(247)}`;
    expect(formatImage(parseImage(`${long}:${"t".repeat(128)}`))).toBe(`${long}:${"t".repeat(128)}`);
    expect(() => parseImage(`${long}a`)).toThrow("the name is longer than 255 characters");
    expect(() => parseImage(`a:${"t".repeat(129)}`)).toThrow("the tag is longer than 128 characters");
    const short = "b".repeat(255 - "docker.io/library/".length);
    expect(familiarName(parseImage(short))).toBe(short);
    expect(() => parseImage(`${short}b`)).toThrow("the name is longer");
  });

  it.each([
    ["", "it is empty"],
    ["  ", "it is empty"],
    ["a b", "white space"],
    ["nginx\n", "white space"],
    ["https://ghcr.io/a", "it is a URL"],
    ["f".repeat(64), "it is an image id"],
    ["Nginx", "lower-case"],
    ["ghcr.io/A/b", "lower-case"],
    ["-bad.io/a", '"-bad.io" is not a registry host'],
    ["bad-.io/a", "is not a registry host"],
    ["a..b/c", "is not a registry host"],
    ["host.io:/a", "is not a registry host"],
    ["host.io:port/a", "is not a registry host"],
    ["x[::1]/a", "is not a registry host"],
    ["ghcr.io/", "the repository is missing"],
    [":1", "the repository is missing"],
    ["a//b", '"a//b" is not a repository name'],
    ["/a", "is not a repository name"],
    ["a/", "is not a repository name"],
    ["a___b", "is not a repository name"],
    ["a..b", "is not a repository name"],
    ["-a", "is not a repository name"],
    ["a-", "is not a repository name"],
    ["a/$b", "is not a repository name"],
    ["a:", '"" is not a tag'],
    ["a:.b", "is not a tag"],
    ["a:-b", "is not a tag"],
    ["a:b:c", "is not a tag"],
    ["a:b+c", "is not a tag"],
    ["a@sha256:abc", "is not a digest"],
    [`a@${digest}0`, "is not a digest"],
    [`a@${digest.toUpperCase()}`, "is not a digest"],
    [`a@sha512:${"0".repeat(128)}`, "is not a digest"],
    ["a@", '"" is not a digest'],
  ])("refuses %j", (text, message) => {
    const refusal = refused(text);
    expect(refusal.message).toContain(message);
    expect(refusal).toMatchObject({ code: "SpecInvalid", retry: "never" });
    expect(refusal.remedy).toMatch(/\w/);
  });

  it("keeps what it quotes on one short line", () => {
    expect(refused(`a\u001b[31m ${"b".repeat(500)}`).message).toMatch(/^"a\\u001b\[31m b{70,80}…" is not/);
  });

  it("is undone by formatting, in the canonical and in the familiar form", () => {
    fc.assert(
      fc.property(images(), (image) => {
        expect(parseImage(formatImage(image))).toEqual(image);
        expect(parseImage(familiarImage(image))).toEqual(image);
        expect(parseImage(pinnedImage(image, digest))).toEqual({ ...image, tag: undefined, digest });
      }),
    );
  });

  it("throws nothing but SpecInvalid", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from("aA/:@._-[]0 ")) })),
        (text) => {
          const image = attempt(text);
          if (image !== undefined) expect(parseImage(formatImage(image))).toEqual(image);
        },
      ),
    );
  });
});

describe("pinnedImage", () => {
  it("replaces tag and digest", () => {
    expect(pinnedImage(parseImage("notarock/portfolio-ng:1"), digest)).toBe(`notarock/portfolio-ng@${digest}`);
    expect(pinnedImage(parseImage(`nginx@sha256:${"f".repeat(64)}`), digest)).toBe(`nginx@${digest}`);
  });
});

describe("isDigest", () => {
  it.each([digest, `sha256:${"0".repeat(64)}`])("takes %s", (text) => {
    expect(isDigest(text)).toBe(true);
  });
  it.each(["", "0".repeat(64), `x${digest}`, `${digest}\n`, digest.slice(0, -1), `sha256:${"g".repeat(64)}`])(
    "refuses %j",
    (text) => {
      expect(isDigest(text)).toBe(false);
    },
  );
});

function refused(text: string): FairleadError {
  try {
    parseImage(text);
  } catch (thrown) {
    if (thrown instanceof FairleadError) return thrown;
  }
  throw new Error(`${text} was not refused`);
}

function attempt(text: string): ImageReference | undefined {
  try {
    return parseImage(text);
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "SpecInvalid" });
    return undefined;
  }
}

function images(): fc.Arbitrary<ImageReference> {
  const component = fc.stringMatching(/^[a-z0-9]{1,5}((\.|_|__|-{1,2})[a-z0-9]{1,3})?$/);
  const repository = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const registry = fc.constantFrom("docker.io", "ghcr.io", "localhost", "127.0.0.1:5000", "[::1]:80", "Upper");
  const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
  const tags = fc.oneof(
    tag.map((written) => ({ tag: written, digest: undefined })),
    tag.map((written) => ({ tag: written, digest })),
    fc.constant({ tag: undefined, digest }),
  );
  return fc.tuple(registry, repository, tags).map(([host, path, rest]) => ({
    registry: host,
    repository: host === "docker.io" && !path.includes("/") ? `library/${path}` : path,
    ...rest,
  }));
}
