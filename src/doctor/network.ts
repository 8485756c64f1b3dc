import { asFairleadError } from "../errors.js";
import { given } from "../tools/present.js";
import type { Check, Verdict } from "./check.js";
import { ill, well } from "./check.js";
import type { RegistryReport } from "./instruments.js";

const fewPulls = 10;

/** Whether the names of registries, repositories and of this host itself are found. */
export const dns: Check = {
  name: "dns",
  timeoutMs: 10_000,
  whenSlow: "see whether the name servers of /etc/resolv.conf answer: `resolvectl status`, `getent hosts NAME`",
  look: async (instruments) => {
    const hosts = await instruments.hosts();
    const tried = await Promise.all(
      hosts.map((host) =>
        instruments.resolve(host).then(
          () => [],
          () => [host],
        ),
      ),
    );
    const lost = tried.flat();
    if (lost.length > 0) {
      const remedy = `see \`getent hosts ${lost[0] ?? ""}\`, the names themselves, and the name servers of /etc/resolv.conf`;
      return [ill(`nobody knows ${lost.join(", ")}`, remedy)];
    }
    return [well(hosts.length === 0 ? "no name has to be found" : `found: ${hosts.join(", ")}`)];
  },
};

/** Whether each registry answers, to whom, and how often still. */
export const registries: Check = {
  name: "registries",
  timeoutMs: 25_000,
  whenSlow: "see whether a firewall or a proxy stands between this host and the registries",
  look: async (instruments) => {
    const reports = await instruments.registries();
    if (reports.length === 0) return [well("no image comes from a registry")];
    return Promise.all(reports.map(judgeRegistry));
  },
};

async function judgeRegistry(report: RegistryReport): Promise<Verdict> {
  const { account, images } = report;
  const name = `registry ${report.name}`;
  const mirrored = report.host === report.name ? "" : ` (${report.host})`;
  const as = account === undefined ? "without a login" : `to the login ${account}`;
  try {
    const { remaining } = await report.ask();
    const left = remaining === undefined ? "" : `; ${remaining} pulls are left for now`;
    const message = `it answers ${as}${mirrored}, for ${images} ${images === 1 ? "image" : "images"}${left}`;
    if (remaining === undefined || remaining > fewPulls) return well(message, { name });
    const login = `log in with \`docker login${loginName(report.name)}\`, or name a mirror under \`registries\``;
    return ill(message, login, { name });
  } catch (thrown) {
    const { code, message, remedy } = asFairleadError(thrown);
    const again = `run \`docker login${loginName(report.name)}\` as the user that the controller runs as`;
    return { name, ok: false, message, ...given({ remedy: code === "Unauthorized" ? again : remedy }) };
  }
}

function loginName(registry: string): string {
  return registry === "docker.io" ? "" : ` ${registry}`;
}

/** Whether each repository can be read. */
export const git: Check = {
  name: "git",
  timeoutMs: 30_000,
  whenSlow: "see whether the repository's host answers: `git ls-remote URL`",
  look: async (instruments) => {
    const reports = await instruments.repositories();
    if (reports.length === 0) return [well("no services file comes from git")];
    return reports.map(({ source, ref, isReached, message }) => {
      const name = `git ${source}`;
      if (isReached) return well(`it is reached, at ${ref}`, { name });
      return ill(message, `try \`git ls-remote ${source}\` as the user that the controller runs as`, { name });
    });
  },
};
