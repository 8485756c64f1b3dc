/*
 * What people say of a policy lives here, and what of it is refused.
 */

import { posix } from "node:path";
import { z } from "zod";
import { quote } from "../tools/quote.js";
import { FairleadError } from "../errors.js";
import { given } from "../tools/present.js";
import { entryKinds, meantBy, type EntryKind } from "./entries.js";
import { hostNamespaces, strictest, type From, type Permissions, type Policy } from "./model/permissions.js";

const texts = () => z.array(z.string().min(1)).readonly().optional();

const permissions = {
  privileged: z.boolean().optional().describe("`privileged`, of containers and of commands in them (`false`)"),
  hostNamespaces: z
    .array(z.enum(hostNamespaces))
    .readonly()
    .optional()
    .describe(`which of the host's own namespaces may be shared: ${hostNamespaces.join(", ")} (none)`),
  engineSocket: z.boolean().optional().describe("mounts by which the engine is reached (`false`)"),
  bindMounts: texts().describe(
    "folders of the host that may be mounted, and read by `env_file` and the like; `project` is the project's own (`[project]`)",
  ),
  capabilities: texts().describe("for `cap_add`, beyond those that every container has; `ALL` (none)"),
  devices: texts().describe("paths of devices, names of CDI devices, `gpu`, rules of `device_cgroup_rules` (none)"),
  securityOptions: texts().describe(
    "for `security_opt`, such as `apparmor=unconfined`; `seccomp=profile` for profiles of one's own (none)",
  ),
  otherContainers: texts().describe("containers of others whose namespaces or volumes may be joined (none)"),
  volumeDrivers: texts().describe("drivers of volumes besides `local` (none)"),
  runtimes: texts().describe("for `runtime`, and annotations, which speak to it (none)"),
  images: texts().describe("registries (`ghcr.io`), folders (`ghcr.io/acme/*`) and repositories (`nginx`) (any)"),
  builds: z.boolean().optional().describe("whether images may be built here (where `images` is not written)"),
  // YAML takes a port by itself for a number.
  hostPorts: z
    .array(
      z
        .union([z.string().min(1), z.number().int()], { error: "it should be a port or a range of ports" })
        .transform(String),
    )
    .readonly()
    .optional()
    .describe("ports of the host: `8080`, `8000-8099/tcp`, `127.0.0.1:1-65535` (any)"),
};

const project = z.strictObject({
  from: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1).readonly()])
    .describe(
      "where it comes from: a services file, a folder that ends in `/`, a repository's URL, or `URL#file`; what a project calls itself does not count",
    ),
  ...permissions,
});

const policy = z.strictObject({
  ...permissions,
  projects: z
    .array(project)
    .readonly()
    .optional()
    .describe("what holds for some instead; the first that fits, and of it what is written"),
});

export type WrittenPolicy = z.infer<typeof policy>;
type Written = Omit<WrittenPolicy, "projects">;

/** The `policy:` key of the settings file. The descriptions are the documentation's. */
export const policySchema: z.ZodType<WrittenPolicy> = policy;

/** `place`: where a key of it stands. Throws FairleadError ConfigInvalid. */
export function policyOf(
  { projects = [], ...written }: WrittenPolicy,
  place: (key: string) => string,
  normalUrl: (url: string) => string | undefined,
): Policy {
  const general = permissionsOf(strictest, written, place);
  return {
    general,
    projects: projects.map(({ from, ...own }, index) => ({
      from: [from].flat().map((one, at) => {
        const key = `projects.${index}.from${Array.isArray(from) ? `.${at}` : ""}`;
        return { ...fromOf(one, () => place(key), normalUrl), place: place(key), written: one };
      }),
      permissions: permissionsOf(general, own, (key) => place(`projects.${index}.${key}`)),
    })),
  };
}

function permissionsOf(base: Permissions, written: Written, place: (key: string) => string): Permissions {
  for (const [key, kind] of Object.entries<EntryKind>(entryKinds)) {
    const entries = written[key as keyof typeof entryKinds] ?? [];
    const index = entries.findIndex((text) => !kind.isRight(text));
    const wrong = entries[index];
    if (wrong === undefined) continue;
    const meant = meantBy(wrong, kind);
    const hint = meant === undefined ? "" : ` (did you mean ${quote(meant)}?)`;
    const { message, remedy } = kind;
    throw new FairleadError("ConfigInvalid", `${place(`${key}.${index}`)}: ${quote(wrong)} ${message}${hint}`, {
      remedy,
    });
  }
  return { ...base, ...given(written) };
}

function fromOf(written: string, place: () => string, normalUrl: (url: string) => string | undefined): From {
  const isFile = !/^[\w+.-]+:\/\/|^[\w.+-]+@[\w.-]+:/.test(written) && !written.includes("#");
  if (isFile) {
    const file = posix.resolve(written);
    return { file: written.endsWith("/") && file !== "/" ? `${file}/` : file };
  }
  const hash = written.indexOf("#");
  const repository = normalUrl(hash < 0 ? written : written.slice(0, hash));
  if (repository === undefined) {
    throw new FairleadError("ConfigInvalid", `${place()}: ${quote(written)} is no file and no repository`, {
      remedy: "write a path, a repository's URL, or `URL#file`",
    });
  }
  const file = hash < 0 ? "" : posix.normalize(written.slice(hash + 1));
  return file === "" || file === "." ? { repository } : { repository, file };
}
