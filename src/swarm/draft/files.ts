import type { ClusterFile, FileOfProject } from "../../compose/model/cluster.js";
import type { ConfigReference, SecretReference } from "../model/body.js";
import type { NamedContent } from "../model/cluster.js";
import { contentName, namespaceLabel } from "./names.js";

export interface References {
  readonly configs: readonly ConfigReference[];
  readonly secrets: readonly SecretReference[];
}

interface Contents {
  readonly references: References;
  /** What has to be in the Swarm's store first, each once. */
  readonly configs: readonly NamedContent[];
  readonly secrets: readonly NamedContent[];
}

export function contentsOf(project: string, files: readonly ClusterFile[]): Contents {
  const found = files.map((file) => {
    const content = "stored" in file ? undefined : storedAs(project, file);
    return { file, content, name: "stored" in file ? file.stored : storedAs(project, file).name };
  });
  const of = (kind: ClusterFile["kind"]) => found.filter(({ file }) => file.kind === kind);
  const named = (kind: ClusterFile["kind"]) => [
    ...new Map(of(kind).flatMap(({ content }) => (content === undefined ? [] : [[content.name, content]]))).values(),
  ];
  return {
    references: {
      configs: of("config").map(({ file, name }) => ({ ConfigName: name, File: fileBody(file) })),
      secrets: of("secret").map(({ file, name }) => ({ SecretName: name, File: fileBody(file) })),
    },
    configs: named("config"),
    secrets: named("secret"),
  };
}

function storedAs(project: string, { key, content, isBase64, labels }: FileOfProject): NamedContent {
  const bytes = Buffer.from(content.reveal(), isBase64 === true ? "base64" : "utf8");
  return {
    name: contentName(project, key, bytes),
    labels: { ...labels, [namespaceLabel]: project },
    content: bytes,
  };
}

/** Secrets below their own folder stand without it, as `docker stack deploy` has them. */
function fileBody({ kind, path, uid, gid, mode }: ClusterFile): ConfigReference["File"] {
  const [, name] = kind === "secret" ? (/^\/run\/secrets\/([^/]+)$/.exec(path) ?? []) : [];
  return { Name: name ?? path, UID: String(uid), GID: String(gid), Mode: mode };
}
