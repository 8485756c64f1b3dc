import { publishImage } from "../../sandbox/registry/image.js";
import { ensurePackages } from "../../sandbox/host/packages.js";
import { openStage } from "../stage.js";
import { benchFleet } from "./fleet.js";
import { image } from "./forge.js";
import { benchPoll } from "./poll.js";
import { benchPush } from "./push.js";

const parts = { push: benchPush, poll: benchPoll, fleet: benchFleet };

/** What it costs that the services files are in git. `BENCH_ROWS` names the parts that are wanted. */
export async function benchGit({ quick }: { readonly quick: boolean }): Promise<void> {
  const wanted = (process.env["BENCH_ROWS"] ?? "").split(",").filter(Boolean);
  await ensurePackages(["git"], console.log);
  const stage = await openStage();
  try {
    await publishImage(stage.registryUrl, image, "latest", { serve: "none", healthcheck: "none" });
    for (const [name, part] of Object.entries(parts)) {
      if (wanted.length === 0 || wanted.includes(name)) await part(stage, quick);
    }
  } finally {
    await stage.close();
  }
}
