import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import type { Play } from "./lane.js";

/** Writes one more row into the volume of the container that serves, and answers all that are there. */
export async function writeRow(play: Play): Promise<readonly string[]> {
  const row = randomBytes(4).toString("hex");
  await shell(play, `echo ${row} >> /scratch/rows`);
  return readRows(play);
}

export async function readRows(play: Play): Promise<readonly string[]> {
  const text = await shell(play, "cat /scratch/rows");
  return text.split("\n").filter((line) => line !== "");
}

async function shell(play: Play, line: string): Promise<string> {
  const active = (await play.containers()).find(({ name }) => name === `${play.project}-web-1`);
  if (active === undefined) return "";
  return execute(play.lane.docker.getContainer(active.id), line);
}

/** A terminal's stream has no frames to take apart, and its lines end with a carriage return. */
async function execute(container: Docker.Container, line: string): Promise<string> {
  const exec = await container.exec({ Cmd: ["/bin/sh", "-c", line], AttachStdout: true, Tty: true });
  const stream = await exec.start({ Tty: true });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString().replaceAll("\r", "");
}
