import { rm, writeFile } from "node:fs/promises";
import { findCompose } from "../../sandbox/engine/docker-compose.js";
import { freePort } from "../../sandbox/network/ports.js";
import { appPort, type Contender } from "./contender.js";

/** `docker-compose pull && docker-compose up -d`. It waits for nothing, so it is at rest when it ends. */
export const composeUp: Contender = {
  name: "docker-compose pull, up -d",
  open: async ({ stage }, { reference, tag }) => {
    const compose = await findCompose(stage.engineHost, console.log);
    if (compose === undefined) throw new Error("there is no Docker Compose");
    const port = await freePort();
    const web = { image: reference, restart: "unless-stopped", ports: [`127.0.0.1:${port}:${appPort}`] };
    const file = `${stage.directory}/${tag}.compose.yaml`;
    await writeFile(file, JSON.stringify({ version: "3.8", services: { web } }));
    const call = (...args: string[]) => compose(["-p", tag, "-f", file, ...args], stage.engineHost);
    const update = async () => {
      await call("pull");
      await call("up", "-d");
    };
    await update();
    return {
      url: `http://127.0.0.1:${port}`,
      update,
      rest: () => Promise.resolve(),
      close: async () => {
        await call("down", "-v");
        await rm(file);
      },
    };
  },
};

/** What webhook listeners have run for ten years. */
export const shellScript: Contender = {
  name: "shell: pull, stop, rm, run",
  open: async ({ run }, { reference, tag }) => {
    const port = await freePort();
    const start = `docker run -d --name ${tag} --restart unless-stopped -p 127.0.0.1:${port}:${appPort} ${reference}`;
    await run("sh", "-ec", `docker pull ${reference}; ${start}`);
    return {
      url: `http://127.0.0.1:${port}`,
      update: async () => {
        await run("sh", "-ec", `docker pull ${reference}; docker stop ${tag}; docker rm ${tag}; ${start}`);
      },
      rest: () => Promise.resolve(),
      close: async () => {
        await run("docker", "rm", "-f", "-v", tag);
      },
    };
  },
};
