import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ensurePackages, gitPackages } from "../../sandbox/host/packages.js";
import { startSshServer } from "../../sandbox/servers/ssh-server.js";
import { gitStage, images, services, type GitStage } from "./stage.js";

const run = promisify(execFile);

beforeAll(() => ensurePackages(gitPackages));

describe("over ssh", () => {
  async function overSsh(stage: GitStage) {
    const ssh = await startSshServer(join(stage.root, "ssh keys"));
    onTestFinished(() => ssh.stop());
    const url = `ssh://${userInfo().username}@127.0.0.1:${ssh.port}${stage.repository.path}`;
    return { ssh, url, auth: { sshKeyFile: ssh.keyFile, knownHostsFile: ssh.knownHostsFile } };
  }

  it("a repository is followed with a key, until the server has another host key", async () => {
    const stage = await gitStage();
    const { repository, open } = stage;
    const { ssh, url, auth } = await overSsh(stage);
    await repository.commit({ "compose.yaml": services("acme/web:1") });
    const source = open({ url, auth });
    const snapshot = await source.load();
    expect([images(snapshot), snapshot.problems]).toEqual([["acme/web:1"], []]);
    source.watch();
    await ssh.renew();
    await repository.commit({ "compose.yaml": services("acme/web:2") });
    source.tell();
    await source.until((_snapshot, { condition }) => condition.reason === "HostKeyChanged");
    expect(images(source.snapshot())).toEqual(["acme/web:1"]);
  });

  it.each([
    ["an unknown host key", "HostKeyUnknown", { knownHosts: "" }],
    ["a key that is not let in", "Unauthorized", { key: "new" }],
    ["a key that others may read", "KeyUnusable", { mode: "0644" }],
  ])("%s is a condition of its own", async (_what, reason, { knownHosts, key, mode }: Wrong) => {
    const stage = await gitStage();
    const { ssh, url, auth } = await overSsh(stage);
    await stage.repository.commit({ "compose.yaml": services("acme/web:1") });
    if (knownHosts !== undefined) await writeFile(ssh.knownHostsFile, knownHosts);
    if (mode !== undefined) await run("chmod", [mode, ssh.keyFile]);
    const other = join(stage.root, "other");
    if (key !== undefined) await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", other]);
    const source = stage.open({ url, auth: key === undefined ? auth : { ...auth, sshKeyFile: other } });
    await source.load();
    expect(source.state().condition.reason).toBe(reason);
  });
});

interface Wrong {
  readonly knownHosts?: string;
  readonly key?: string;
  readonly mode?: string;
}

describe("a commit that has to be signed", () => {
  it("by ssh is in force only with an allowed key", async () => {
    const { repository, root, open } = await gitStage();
    for (const name of ["allowed", "stranger"]) {
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(root, name)]);
    }
    const allowedSignersFile = join(root, "signers");
    await writeFile(allowedSignersFile, `ann@example.com ${await readFile(join(root, "allowed.pub"), "utf8")}`);
    await repository.git("config", "gpg.format", "ssh");
    const signed = (key: string) => ["-S" + join(root, key)];
    const good = await repository.commit({ "compose.yaml": services("acme/web:1") }, { args: signed("allowed") });
    const source = open({ verify: { allowedSignersFile } });
    expect(images(await source.load())).toEqual(["acme/web:1"]);
    source.watch();
    for (const [args, why] of [
      [[], "is not signed"],
      [signed("stranger"), "is signed with a key that is not allowed"],
    ] as const) {
      const bad = await repository.commit({ "compose.yaml": services("acme/web:2") }, { args });
      source.tell();
      await source.until(({ problems }, { newest }) => newest?.id === bad && problems[0]?.commit === bad);
      expect(source.snapshot().problems).toMatchObject([{ message: `the commit ${bad.slice(0, 7)} ${why}` }]);
      expect([images(source.snapshot()), source.state().inForce?.id]).toEqual([["acme/web:1"], good]);
    }
    await repository.commit({ "compose.yaml": services("acme/web:3") }, { args: signed("allowed") });
    source.tell();
    await source.until((snapshot) => images(snapshot)[0] === "acme/web:3" && snapshot.problems.length === 0);
  });

  it("by OpenPGP is in force only with a key of the ring", async () => {
    const { repository, root, open } = await gitStage();
    const home = join(root, "gnupg");
    await mkdir(home, { mode: 0o700 });
    const env = { PATH: process.env["PATH"], GNUPGHOME: home };
    const gpg = (...args: string[]) => run("gpg", ["--batch", "--passphrase", "", ...args], { env });
    onTestFinished(async () => {
      await run("gpgconf", ["--kill", "gpg-agent"], { env });
    });
    await gpg("--quick-generate-key", "ann@example.com", "ed25519", "sign", "never");
    await gpg("--quick-generate-key", "eve@example.com", "ed25519", "sign", "never");
    const gpgKeyringFile = join(root, "keys.gpg");
    await gpg("--export", "--output", gpgKeyringFile, "ann@example.com");
    const program = join(root, "sign");
    await writeFile(program, `#!/bin/sh\nexport GNUPGHOME='${home}'\nexec gpg --batch "$@"\n`, { mode: 0o755 });
    await repository.git("config", "gpg.program", program);
    await repository.commit({ "compose.yaml": services("acme/web:1") }, { args: ["-Sann@example.com"] });
    const source = open({ verify: { gpgKeyringFile } });
    const snapshot = await source.load();
    expect([images(snapshot), snapshot.problems]).toEqual([["acme/web:1"], []]);
    source.watch();
    const bad = await repository.commit({ "compose.yaml": services("acme/web:2") }, { args: ["-Seve@example.com"] });
    source.tell();
    await source.until((_snapshot, { newest, condition }) => newest?.id === bad && condition.reason === "NotSigned");
    expect(source.snapshot().problems[0]?.message).toContain("a key that is not allowed");
    expect(images(source.snapshot())).toEqual(["acme/web:1"]);
  });
});
