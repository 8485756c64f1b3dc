import type Docker from "dockerode";
import type { Attempt } from "./answers.js";
import type { Visitor } from "./visitor.js";

export interface NeighbourOptions {
  readonly docker: Docker;
  /** An image with sh, wget and sleep. It is pulled. */
  readonly image: string;
  readonly name: string;
  readonly network: string;
  readonly url: string;
}

/**
 * A container that asks for a page by a service's name, as other containers would: through the engine's own DNS. The
 * engine's clock stamps what it sees.
 */
export async function startNeighbour({ docker, image, name, network, url }: NeighbourOptions): Promise<Visitor> {
  await pull(docker, image);
  // Not wget's own -T: with it a static busybox crashes.
  const loop = `while :; do busybox timeout 2 wget -q -O - ${url} 2>/dev/null || echo; sleep 0.05; done`;
  const container = await docker.createContainer({
    name,
    Image: image,
    Entrypoint: ["sh", "-c", loop],
    // Otherwise both streams would come interleaved with binary headers.
    Tty: true,
    HostConfig: { NetworkMode: network },
  });
  const remove = () => container.remove({ force: true, v: true });
  try {
    await container.start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    since: async (at) => {
      const log = await container.logs({ stdout: true, timestamps: true, since: at / 1000 });
      return log
        .toString("utf8")
        .split(/\r?\n/)
        .filter((line) => line !== "")
        .map(readLine);
    },
    stop: remove,
  };
}

/** `2026-01-02T03:04:05.678901234Z text`; no text for a failure. */
function readLine(line: string): Attempt {
  const [stamp = "", ...words] = line.trim().split(" ");
  const text = words.join(" ");
  return { at: Date.parse(stamp), text: text === "" ? undefined : text };
}

async function pull(docker: Docker, image: string): Promise<void> {
  const stream = await docker.pull(image);
  await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject).resume());
}
