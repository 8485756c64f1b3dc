import { z } from "zod";
import { isDigest, type Digest } from "../../compose/values/image.js";
import type { SignaturesRead } from "../../control/ports/registry.js";
import type { SignatureMaterial } from "../../signatures/material.js";
import type { Answer } from "../client/transport.js";
import type { Subject } from "../faults/failure.js";
import { parseManifest, verifyBody } from "./manifest.js";
import { nextPage } from "./pages.js";
import type { Reader } from "./reader.js";

type Asked = Pick<Reader, "ask" | "accept">;

/** Whoever may push may push thousands: the newest count. */
const mostManifests = 100;
const mostBlobs = 100;
const mostPages = 20;
const longestBlob = 262_144;

const bundleType = "application/vnd.dev.sigstore.bundle";
const payloadType = "application/vnd.dev.cosign.simplesigning.v1+json";

const digest = z.custom<Digest>((value) => typeof value === "string" && isDigest(value));
const index = z.object({ manifests: z.array(z.object({ digest })) });
const artifact = z.object({
  subject: z.object({ digest: z.string() }).optional(),
  layers: z.array(
    z.object({
      digest,
      mediaType: z.string(),
      size: z.number(),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** What a digest's signatures may stand in: by the API for referrers, by its fallback, and under cosign's own tag. */
export async function readSignatures(
  reader: Asked,
  of: Digest,
  take: (material: SignatureMaterial) => boolean,
  subject: Subject,
): Promise<SignaturesRead> {
  const tag = of.replace(":", "-");
  const state = { read: 0, manifests: 0, more: false };
  const base = `/v2/${subject.image.repository}`;

  async function takeFrom(answer: Answer, isListed: boolean): Promise<boolean> {
    const parsed = artifact.safeParse(parseManifest(answer, subject));
    if (!parsed.success || (isListed && parsed.data.subject?.digest !== of)) return false;
    for (const layer of [...parsed.data.layers].reverse()) {
      const isBundle = layer.mediaType.startsWith(bundleType);
      if ((!isBundle && layer.mediaType !== payloadType) || layer.size > longestBlob) continue;
      if (state.read >= mostBlobs) {
        state.more = true;
        return false;
      }
      const blob = await maybe(reader, `${base}/blobs/${layer.digest}`, subject);
      if (blob === undefined) continue;
      verifyBody(blob, layer.digest, subject);
      state.read += 1;
      const { annotations = {} } = layer;
      const isEnough = take(
        isBundle
          ? { kind: "bundle", text: blob.body.toString("utf8") }
          : { kind: "simple", payload: blob.body, annotations },
      );
      if (isEnough) return true;
    }
    return false;
  }

  const seen = new Set<Digest>();
  async function takeAll(found: readonly Digest[]): Promise<boolean> {
    for (const one of [...found].reverse()) {
      if (seen.has(one)) continue;
      seen.add(one);
      if (state.manifests >= mostManifests) {
        state.more = true;
        return false;
      }
      state.manifests += 1;
      const answer = await maybe(reader, `${base}/manifests/${one}`, subject);
      if (answer === undefined) continue;
      verifyBody(answer, one, subject);
      if (await takeFrom(answer, true)) return true;
    }
    return false;
  }

  const { read, more } = await (async () => {
    if (await takeAll(await referrers(reader, `${base}/referrers/${of}`, subject))) return state;
    const fallback = await maybe(reader, `${base}/manifests/${tag}`, subject);
    if (fallback !== undefined && (await takeAll(listedIn(fallback, subject)))) return state;
    const legacy = await maybe(reader, `${base}/manifests/${tag}.sig`, subject);
    if (legacy !== undefined) await takeFrom(legacy, false);
    return state;
  })();
  return { read, more };
}

/** Registries without the API answer this or that. */
const unsupported = new Set([400, 404, 405, 406, 415, 501]);

async function referrers(reader: Asked, path: string, subject: Subject): Promise<readonly Digest[]> {
  const found: Digest[] = [];
  let next: string | undefined = path;
  for (let pages = 0; next !== undefined && pages < mostPages; pages += 1) {
    const answer: Answer = await reader.ask("GET", next, subject);
    if (unsupported.has(answer.status)) return found;
    found.push(...listedIn(reader.accept(answer, subject), subject));
    const link = nextPage(answer, path);
    next = link === "elsewhere" ? undefined : link;
  }
  return found;
}

/** A list that is none lists nothing: what is not found is not signed. */
function listedIn(answer: Answer, subject: Subject): readonly Digest[] {
  return index.safeParse(parseManifest(answer, subject)).data?.manifests.map((one) => one.digest) ?? [];
}

async function maybe(reader: Asked, path: string, subject: Subject): Promise<Answer | undefined> {
  const answer = await reader.ask("GET", path, subject);
  return answer.status === 404 ? undefined : reader.accept(answer, subject);
}
