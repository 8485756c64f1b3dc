import { posix } from "node:path";
import { given } from "../../tools/present.js";
import { Secret } from "../../tools/secret.js";
import { items, quoted, read, readAll, report, reportKey, warn, type Node } from "../document/node.js";
import { environment, labels } from "../document/pairs.js";
import { boolean, byteSize, filledText, parsed } from "../document/scalar.js";
import { buildKeys } from "../keys/build-keys.js";
import { fields, type Fields } from "../keys/fields.js";
import type { BuildContext, BuildSpec } from "../model/container/build-spec.js";
import { familiarImage, parseImage } from "../values/image.js";
import { buildContext, folderContext } from "./build-context.js";
import { extraHosts } from "./naming.js";
import { platform } from "./platform.js";

type BuildFields = Fields<typeof buildKeys>;

/** `build`: the context alone, or a mapping. The service's own platform holds. */
export function build(node: Node, ofService: string | undefined): BuildSpec | null {
  if (typeof node.value === "string") {
    const context = buildContext(node);
    return context === null ? null : { context, args: {}, labels: {}, ...given({ platform: ofService }) };
  }
  const field = fields(node, buildKeys);
  const context =
    field("context") === undefined ? folderContext(node, node.reading.directory) : read(field("context"), buildContext);
  if (context === undefined || context === null) return null;
  const inline = read(field("dockerfile_inline"), filledText);
  if (inline !== undefined && field("dockerfile") !== undefined) {
    reportKey(node, "`dockerfile` and `dockerfile_inline` exclude each other", "remove one of them");
  }
  return {
    context,
    args: read(field("args"), buildArguments) ?? {},
    labels: read(field("labels"), labels) ?? {},
    ...given({
      dockerfile: read(field("dockerfile"), (at) => dockerfile(at, context)),
      inline,
      target: read(field("target"), filledText),
      network: read(field("network"), filledText),
      extraHosts: read(field("extra_hosts"), extraHosts),
      shmSizeBytes: read(field("shm_size"), byteSize),
      platform: platformOf(field, ofService),
      noCache: read(field("no_cache"), boolean),
      pull: read(field("pull"), boolean),
      cacheFrom: read(field("cache_from"), (at) => images(at)),
      tags: read(field("tags"), (at) => images(at)),
    }),
  };
}

/** One without a value, here and in our own environment, is left to the Dockerfile's default. */
function buildArguments(node: Node): BuildSpec["args"] {
  return Object.fromEntries(
    Object.entries(environment(node)).flatMap(([name, value]) => (value === null ? [] : [[name, new Secret(value)]])),
  );
}

/** Relative to the context. It may stand outside a folder, as the command line allows, but never outside a repository. */
function dockerfile(node: Node, context: BuildContext): string | null {
  const path = filledText(node);
  if (path === null || context.kind === "path") return path;
  const isOutside = path.startsWith("/") || posix.normalize(path).split("/")[0] === "..";
  return isOutside ? report(node, `${quoted(node)} is not in the repository`) : path;
}

/** The result runs here, so that one is built: the service's own, or the only one, or the host's. */
function platformOf(field: BuildFields, ofService: string | undefined): string | undefined {
  const listed = field("platforms");
  const platforms = read(listed, (at) => readAll(items(at), platform)) ?? [];
  if (listed === undefined || platforms.length === 0) return ofService;
  if (ofService !== undefined && !platforms.includes(ofService)) {
    report(listed, "the service's own `platform` is not among them", "add it, or remove it there");
    return undefined;
  }
  if (platforms.length === 1) return platforms[0];
  warn(
    listed,
    listed.place.key,
    "an image is built for this host only",
    "leave the others out: nothing here runs them",
  );
  return ofService;
}

function images(node: Node): readonly string[] {
  return readAll(items(node), (at) => {
    const image = parsed(at, parseImage, "an image reference");
    return image === null ? null : familiarImage(image);
  });
}
