import { readFile, stat, writeFile } from "node:fs/promises";
import { beforeAll, describe, inject } from "vitest";
import { readDotenv } from "../../../../src/compose/document/variables/dotenv.js";
import { findCompose } from "../../../sandbox/engine/docker-compose.js";
import type { Compose } from "../../../sandbox/engine/docker-compose.js";
import { fairlead } from "../scene/cli.js";
import { test } from "../scene/scene.js";

const tools: { compose: Compose | undefined } = { compose: undefined };

beforeAll(async () => {
  tools.compose = await findCompose(inject("engineHost"), (line) => {
    console.log(line);
  });
});

const rich = {
  restart: "on-failure:3",
  command: ["/entry", "--price", "$$5"],
  environment: { MODE: "blue", EMPTY: "", PRICE: "$$5", DB_PASSWORD: 'pa"s$$s\\word', DB: "postgres://u:geheim@db/x" },
  labels: { "shop.kind": "front", rule: "Host(`shop.example`)" },
  ports: ["127.0.0.1::8080", "9/udp"],
  expose: ["7000"],
  volumes: ["data:/data", "/etc/hostname:/etc/host:ro", "/scratch"],
  tmpfs: ["/run:size=1m"],
  networks: { default: { aliases: ["shop"] }, back: {} },
  healthcheck: { test: ["CMD-SHELL", "test $$MODE = blue"], interval: "2s", timeout: "1500ms", retries: 4 },
  user: "0:0",
  working_dir: "/site",
  hostname: "front",
  cap_add: ["NET_ADMIN"],
  cap_drop: ["MKNOD"],
  ulimits: { nofile: { soft: 1024, hard: 2048 }, nproc: 500 },
  sysctls: { "net.core.somaxconn": "512" },
  security_opt: ["no-new-privileges:true"],
  extra_hosts: ["upstream:10.0.0.9"],
  dns: ["10.0.0.53"],
  devices: ["/dev/null:/dev/nothing:r"],
  logging: { driver: "json-file", options: { "max-size": "1m" } },
  init: true,
  read_only: true,
  shm_size: "32m",
  mem_limit: "64m",
  cpu_shares: 512,
  pids_limit: 100,
  stop_signal: "SIGINT",
  stop_grace_period: "3s",
};

describe("a services file from what runs", () => {
  test("is valid, and adopting it changes nothing", async ({ scene, expect, skip }) => {
    const { compose } = tools;
    if (compose === undefined) return skip("docker-compose cannot be had here");
    await scene.push();
    await scene.push({ name: "db" });
    const composeFile = `${scene.directory}/docker-compose.yml`;
    const project = {
      services: {
        web: { image: scene.image(), ...rich },
        db: { image: scene.image("db"), networks: ["back"], stop_grace_period: "2s" },
        job: { image: scene.image("db"), network_mode: "host", container_name: `${scene.project}-job`, tty: true },
      },
      networks: { back: { internal: true } },
      volumes: { data: {} },
    };
    await writeFile(composeFile, JSON.stringify(project));
    await compose(["-p", scene.project, "-f", composeFile, "up", "-d"], scene.engineHost);
    const before = await scene.containers();
    expect(before).toHaveLength(3);

    // What a rollout keeps of others' containers still has Compose's labels.
    const kept = await scene.docker.createContainer({
      name: `${scene.project}-db-1.previous`,
      Image: scene.image("db"),
      Cmd: ["older"],
      Labels: {
        "com.docker.compose.project": scene.project,
        "com.docker.compose.service": "db",
        "com.docker.compose.container-number": "1",
      },
    });

    const env = { DOCKER_HOST: scene.engineHost };
    const choice = ["init", "--project", scene.project];
    const printed = await fairlead(choice, env);
    expect(printed, printed.stderr).toMatchObject({ code: 0 });
    for (const secret of ["geheim", "word"]) expect(printed.stdout + printed.stderr).not.toContain(secret);
    const written = await fairlead([...choice, "-o", scene.servicesFile], env);
    expect(written, written.stderr).toMatchObject({ code: 0 });
    expect(written.stderr).toContain("DB_PASSWORD looks like a secret");
    expect((await stat(`${scene.directory}/.env`)).mode & 0o777).toBe(0o600);
    expect((await fairlead([...choice, "-o", scene.servicesFile], env)).stderr).toContain(
      `${scene.servicesFile}, ${scene.directory}/.env exist; nothing was written`,
    );
    const refused = await fairlead(["init", "--container", `${scene.project}-db-1.previous`], env);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("what a rollout keeps");
    await kept.remove();
    const text = await readFile(scene.servicesFile, "utf8");
    expect(text).not.toContain("older");
    expect(
      text
        .split("\n")
        .filter((line) => line.startsWith("# - "))
        .sort(),
      text,
    ).toEqual([
      expect.stringMatching(/web.1: DB looks like a secret/),
      expect.stringMatching(/web.1: DB_PASSWORD looks like a secret/),
    ]);

    const { entries } = readDotenv(await readFile(`${scene.directory}/.env`, "utf8"), () => undefined);
    const secrets = Object.fromEntries(entries);
    expect(secrets).toEqual({ DB_PASSWORD: 'pa"s$s\\word', DB: "postgres://u:geheim@db/x" });
    const validated = await fairlead(["validate", "-f", scene.servicesFile], { ...env, ...secrets });
    expect(validated, validated.stderr + text).toMatchObject({ code: 0 });
    await scene.start({ env: secrets });
    const adopted = await fairlead(["adopt", "--all", "--admin", scene.fairlead.adminUrl], env);
    expect(adopted.stdout.split("\n").filter((line) => line.includes("adopted"))).toHaveLength(3);
    for (const service of ["web", "db", "job"]) {
      await scene.untilStatus(({ sync, revision }) => sync === "Synced" && revision === 0, service);
    }
    expect(await scene.containers()).toEqual(before);
  });
});
