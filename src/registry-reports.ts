import { jobImages } from "./compose/model/policy/job.js";
import type { ProjectSpec } from "./compose/model/service.js";
import { formatImage } from "./compose/values/image.js";
import type { ImageReference } from "./compose/values/image.js";
import type { Registry } from "./control/ports/registry.js";
import type { RegistryReport } from "./doctor/instruments.js";
import { asFairleadError } from "./errors.js";
import { endpointOf } from "./registry/client/endpoint.js";
import type { RegistrySettings } from "./registry/client/settings.js";
import { given } from "./tools/present.js";

interface Means {
  readonly registry: Registry;
  readonly settings: RegistrySettings;
  /** What is left of each registry's pulls, as it says. */
  readonly pulls: ReadonlyMap<string, number>;
}

/** So many images of each registry are asked for. */
const mostAsked = 5;

interface Wanted {
  readonly image: ImageReference;
  /** Its tags are listed: which one is wanted is for a policy to say, or for nobody. */
  readonly isListed: boolean;
}

/** Every registry that images of these projects come from, and a way to ask it. */
export async function registryReports(
  projects: readonly ProjectSpec[],
  means: Means,
): Promise<readonly RegistryReport[]> {
  const byRegistry = new Map<string, Map<string, Wanted>>();
  for (const one of projects.flatMap(wantedIn)) {
    const { registry } = one.image;
    byRegistry.set(registry, (byRegistry.get(registry) ?? new Map<string, Wanted>()).set(formatImage(one.image), one));
  }
  return Promise.all([...byRegistry].map(([name, wanted]) => reportOf(name, [...wanted.values()], means)));
}

function wantedIn({ services }: ProjectSpec): readonly Wanted[] {
  return services.flatMap((spec) => {
    const { image, build, policy, pullPolicy } = spec;
    const own = build !== undefined || pullPolicy?.kind === "never" ? [] : [{ image, isListed: policy !== undefined }];
    return [...own, ...jobImages(spec).map((job) => ({ image: job, isListed: false }))];
  });
}

async function reportOf(name: string, wanted: readonly Wanted[], means: Means): Promise<RegistryReport> {
  const { registry, settings, pulls } = means;
  const { host, account } = endpointOf(name, settings);
  const login = await registry.credentials(account).catch(() => undefined);
  return {
    ...{ name, host, images: wanted.length },
    ...given({ account: login === undefined ? undefined : (login.username ?? "by a token") }),
    ask: async () => {
      await Promise.all(wanted.slice(0, mostAsked).map((one) => askFor(one, registry)));
      return given({ remaining: pulls.get(name) });
    },
  };
}

async function askFor({ image, isListed }: Wanted, registry: Registry): Promise<void> {
  if (!isListed && image.tag !== undefined) {
    await registry.resolve({ ...image, digest: undefined }, true);
    return;
  }
  try {
    await registry.listTags(image, true);
  } catch (thrown) {
    // It has answered, and lists none.
    if (asFairleadError(thrown).code !== "TagsUnlisted") throw thrown;
  }
}
