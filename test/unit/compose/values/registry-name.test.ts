import { expect, test } from "vitest";
import { parseImage } from "../../../../src/compose/values/image.js";
import { canonicalRegistry, registryOfKey, serverAddress } from "../../../../src/compose/values/registry-name.js";

test.each(["docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"])(
  "%s is Docker Hub for images, logins and settings alike",
  (name) => {
    expect(parseImage(`${name}/acme/web`).registry).toBe("docker.io");
    expect(canonicalRegistry(name.toUpperCase())).toBe("docker.io");
    expect(registryOfKey(`https://${name}/v1/`)).toBe("docker.io");
    expect(serverAddress(canonicalRegistry(name))).toBe("https://index.docker.io/v1/");
  },
);

test("any other registry keeps its name", () => {
  expect(canonicalRegistry("GHCR.io")).toBe("ghcr.io");
  expect(serverAddress("127.0.0.1:5000")).toBe("127.0.0.1:5000");
  expect(registryOfKey("docker.io.example.com")).toBe("docker.io.example.com");
});
