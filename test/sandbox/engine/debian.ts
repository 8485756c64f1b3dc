import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The first Debian release with Docker 28 and Compose 2.40. */
export const suite = "forky";

/** The mirror of Debian that apt uses. Throws where it has none. */
export async function debianMirror(): Promise<string> {
  const { stdout } = await promisify(execFile)("apt-get", ["indextargets", "--format", "$(REPO_URI)"]);
  const mirror = stdout.split("\n").find((uri) => /\/debian\/?$/.test(uri));
  if (mirror === undefined)
    throw new Error("apt knows no mirror of Debian: add one to its sources, then `apt-get update`");
  return mirror;
}
