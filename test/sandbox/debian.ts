import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The first Debian release with Docker 28 and Compose 2.40. */
export const suite = "forky";

/** The mirror that apt uses, where this is Debian. */
export async function debianMirror(): Promise<string> {
  const { stdout } = await promisify(execFile)("apt-get", ["indextargets", "--format", "$(REPO_URI)"]);
  return stdout.split("\n").find((uri) => /\/debian\/?$/.test(uri)) ?? "http://deb.debian.org/debian";
}
