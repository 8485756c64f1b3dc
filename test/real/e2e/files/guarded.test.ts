import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe } from "vitest";
import { dotenv } from "../../../unit/sops/encoder.js";
import { identity } from "../../../unit/sops/vectors.js";
import { test } from "../scene/scene.js";

describe("secrets and the policy", () => {
  test("an encrypted env file and what a program tells reach the container; what the policy forbids does not", async ({
    scene,
    expect,
  }) => {
    const { digest } = await scene.push();
    const at = (name: string) => join(scene.directory, name);
    const settings = JSON.parse(await readFile(scene.settingsFile, "utf8")) as object;
    await writeFile(at("tell"), `#!/bin/sh\ncat ${at("told")}-"$1"\n`);
    await chmod(at("tell"), 0o755);
    await writeFile(at("told-db"), "told-by-a-program\n");
    await writeFile(at("age.key"), identity);
    await writeFile(at("db.env"), dotenv({ PASSWORD: "sealed-in-a-file" }));
    const secretCommands = { vault: { command: [at("tell")], refresh: "1s" } };
    const guarded = { ...settings, policy: {}, ageKeyFile: at("age.key"), secretCommands };
    await writeFile(at("guarded.yaml"), JSON.stringify(guarded));
    const web = { env_file: ["db.env"], secrets: ["db"] };
    const beside = { secrets: { db: { "x-fairlead": { command: "vault", argument: "db" } } } };
    await scene.write({ web }, beside);
    await scene.start({ args: ["--config", at("guarded.yaml")] });
    await scene.untilServing(digest);
    const container = async () => scene.docker.getContainer((await scene.active())!.id);
    const sees = async () => {
      const exec = await (await container()).exec({ Cmd: ["cat", "/run/secrets/db"], AttachStdout: true });
      const stream = await exec.start({ Detach: false, Tty: false });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).subarray(8).toString("utf8");
    };
    expect((await (await container()).inspect()).Config.Env).toContain("PASSWORD=sealed-in-a-file");
    expect(await sees()).toBe("told-by-a-program");

    await writeFile(at("told-db"), "told-another-time\n");
    await scene.until("what it tells now", async () => (await sees().catch(() => "")) === "told-another-time");
    await scene.untilServing(digest);
    const before = await scene.containers();

    await scene.write({ web: { ...web, privileged: true, volumes: ["/var/run/docker.sock:/s"] } }, beside);
    const refused = await scene.fairlead.waitForLog(({ msg }) => String(msg).includes("the policy forbids"));
    expect(refused).toMatchObject({ level: "error", file: scene.servicesFile });
    await scene.untilStatus(({ conditions }) =>
      conditions.some(({ type, status }) => type === "SpecValid" && status === "False"),
    );
    expect(await scene.containers()).toEqual(before);
    expect((await (await container()).inspect()).HostConfig.Privileged).toBe(false);
    const said = await scene.everythingSaid();
    for (const secret of ["sealed-in-a-file", "told-by-a-program", "told-another-time", identity]) {
      expect(said).not.toContain(secret);
    }
  });
});
