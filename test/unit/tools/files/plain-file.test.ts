import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readGiven, readGivenSync, readPlain, readPlainSync } from "../../../../src/tools/files/plain-file.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fairlead-plain-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const ways = {
  readPlain,
  readGiven,
  readPlainSync: (path: string) => Promise.resolve().then(() => readPlainSync(path)),
  readGivenSync: (path: string) => Promise.resolve().then(() => readGivenSync(path)),
};

describe.each(Object.entries(ways))("%s", (_name, read) => {
  const said = (path: string) =>
    read(path).then(
      (bytes) => `read: ${bytes.toString("utf8")}`,
      (thrown: unknown) => (thrown as Error).message.replaceAll(folder, ""),
    );

  it("reads what is regular, also by a link, and nothing of /dev/null", async () => {
    await writeFile(join(folder, "a"), "text");
    await symlink("a", join(folder, "link"));
    expect(await said(join(folder, "a"))).toBe("read: text");
    expect(await said(join(folder, "link"))).toBe("read: text");
    expect(await said("/dev/null")).toBe("read: ");
  });

  it("waits for no pipe, and asks no device and no socket", async () => {
    await promisify(execFile)("mkfifo", [join(folder, "pipe")]);
    await symlink("pipe", join(folder, "link"));
    expect(await said(join(folder, "pipe"))).toBe("/pipe is a named pipe, not a regular file");
    expect(await said(join(folder, "link"))).toBe("/link is a named pipe, not a regular file");
    expect(await said("/dev/zero")).toBe("/dev/zero is a device, not a regular file");
    const server = createServer().listen(join(folder, "socket"));
    await once(server, "listening");
    expect(await said(join(folder, "socket"))).toBe("/socket is a socket, not a regular file");
    server.close();
  });

  it("says what the system says", async () => {
    expect(await said(join(folder, "none"))).toMatch(/^ENOENT/);
    await mkdir(join(folder, "b"));
    expect(await said(join(folder, "b"))).toMatch(/^EISDIR/);
  });
});
