import { jobImages } from "../../compose/model/policy/job.js";
import { familiarName, parseImage, type ImageReference } from "../../compose/values/image.js";
import { refusal, type Rule, type Way } from "../model/finding.js";

/** Registries and repositories. */
export const imageRule: Rule = {
  key: "images",
  find: ({ service, permissions: { images } }) => {
    if (images === undefined) return [];
    const { name, project, image, build } = service;
    const at = (...keys: Way) => ["services", name, ...keys];
    const own = `${project}-${name}`.toLowerCase();
    const asked: readonly { readonly image: ImageReference; readonly ways: readonly Way[] }[] = [
      // The usual name of what is built is nobody else's.
      ...(build !== undefined && familiarName(image) === own ? [] : [{ image, ways: [at("image"), at()] }]),
      ...jobImages(service).map((one) => ({ image: one, ways: [at("x-fairlead"), at("pre_start"), at()] })),
      ...[...(build?.tags ?? []), ...(build?.cacheFrom ?? [])].map((text) => ({
        image: parseImage(text),
        ways: [at("build")],
      })),
    ];
    return asked
      .filter((one) => !images.some((allowed) => covers(allowed, one.image)))
      .map((one) => {
        const what = `the image ${familiarName(one.image)}`;
        return refusal({
          key: "images",
          ways: one.ways,
          what,
          allowed: `${one.image.registry}/${one.image.repository}`,
        });
      });
  },
};

/** `ghcr.io`, `ghcr.io/acme/*`, `acme/web`: a registry, everything below a name, or one repository. */
export function covers(allowed: string, { registry, repository }: ImageReference): boolean {
  const full = `${registry}/${repository}`;
  if (/^[^/]*[.:][^/]*$|^localhost$/.test(allowed)) return parseImage(`${allowed}/x`).registry === registry;
  if (!allowed.endsWith("/*")) return nameOf(allowed) === full;
  const folder = allowed.slice(0, -"/*".length);
  const isRegistry = /^[^/]*[.:][^/]*$|^localhost$/.test(folder);
  return full.startsWith(isRegistry ? nameOf(`${folder}/x`).slice(0, -1) : nameOf(`${folder}/x`).slice(0, -1));
}

function nameOf(text: string): string {
  const { registry, repository } = parseImage(text);
  return `${registry}/${repository}`;
}

/** What is built comes from anywhere: its Dockerfile names it. */
export const buildRule: Rule = {
  key: "builds",
  find: ({ service: { name, build }, permissions: { images, builds = images === undefined } }) => {
    if (build === undefined || builds) return [];
    const what = "builds: a Dockerfile may start from any image";
    return [refusal({ key: "builds", ways: [["services", name, "build"]], what, allowed: "true" })];
  },
};
