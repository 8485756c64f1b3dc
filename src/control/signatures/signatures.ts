/*
 * Whether the images that services may come to run are signed lives here: when registries are asked, and what is kept of that. What
 * makes a signature good does not.
 */

import { createHash } from "node:crypto";
import type { SignatureRule } from "../../compose/model/policy/signature-rule.js";
import type { ServiceKey, ServiceSpec } from "../../compose/model/service.js";
import { serviceKey } from "../../compose/model/service.js";
import { asDigest, pinnedImage } from "../../compose/values/image.js";
import type { ImageReference, ImageVersion } from "../../compose/values/image.js";
import { repositoryOf } from "../../plan/model/signatures.js";
import type { SeenSignatures, SignatureFault, SignatureVerdict } from "../../plan/model/signatures.js";
import { rulesFor } from "../../signatures/demand.js";
import type { SignatureDemand } from "../../signatures/demand.js";
import { judgeFor } from "../../signatures/judge.js";
import type { SignatureJudge } from "../../signatures/judge.js";
import { BoundedMap } from "../../tools/sharing/bounded-map.js";
import { SingleFlight } from "../../tools/sharing/single-flight.js";
import type { Clock } from "../ports/clock.js";
import type { Platform } from "../ports/registry.js";
import type { SignatureOutcome } from "../ports/telemetry.js";
import { good, inquire } from "./inquiry.js";
import type { AskedRegistry, Verdict } from "./inquiry.js";

export interface SignaturesOptions {
  readonly registry: AskedRegistry;
  readonly platformOf: (spec: ServiceSpec) => Promise<Platform>;
  /** What the settings ask for. */
  readonly demands: readonly SignatureDemand[];
  readonly clock: Pick<Clock, "monotonic">;
  /** What was found to be signed before this process was there. */
  readonly proofs: {
    readonly of: (key: ServiceKey) => readonly string[];
    readonly keep: (key: ServiceKey, proof: string) => Promise<void>;
  };
  /** A registry was asked. */
  readonly checked: (key: ServiceKey, outcome: SignatureOutcome) => void;
}

/** An image that a service may come to run. */
export interface Candidate {
  readonly image: ImageReference;
  readonly digest: ImageVersion;
}

interface Refused {
  readonly fault: SignatureFault;
  readonly tries: number;
  /** On the monotonic clock. */
  readonly until: number;
}

const mostKept = 2_000;
/** A signature often follows its image by seconds, and may never come. */
const firstPauseMs = 5_000;
const longestPauseMs = 300_000;

/**
 * Whether images are signed, by digest and rule. A good answer stays, over restarts too, so that repairs need no registry; a
 * bad one is kept a while, longer each time, or until somebody says that something has come; that a registry cannot be asked
 * is never kept.
 */
export class Signatures {
  readonly #good = new BoundedMap<string, true>(mostKept);
  readonly #refused = new BoundedMap<string, Refused>(mostKept);
  readonly #judges = new BoundedMap<string, SignatureJudge>(100);
  readonly #flights = new SingleFlight<Verdict>();
  /** What was known of a repository before it was last doubted counts no more. */
  readonly #doubted = new Map<string, number>();
  #doubts = 0;

  constructor(private readonly options: SignaturesOptions) {}

  /** Something may have come to the image's repository: what was refused is asked for again. */
  doubt(image: ImageReference): void {
    this.#doubts += 1;
    this.#doubted.set(repositoryOf(image), this.#doubts);
  }

  /** What has to be signed of these, as long as nobody was asked. */
  unasked(spec: ServiceSpec, images: readonly ImageReference[]): SeenSignatures {
    return { demanded: this.#demanded(spec, images), verdicts: new Map() };
  }

  /** Never throws: a registry that cannot be asked is a fact like any other. Undefined: none of them has to be signed. */
  async look(
    spec: ServiceSpec,
    candidates: readonly Candidate[],
  ): Promise<{ readonly seen: SeenSignatures; readonly retryAfterMs: number } | undefined> {
    const demanded = this.#demanded(
      spec,
      candidates.map(({ image }) => image),
    );
    if (demanded.size === 0) return undefined;
    const asked = new Map(
      candidates
        .filter(({ image }) => demanded.has(repositoryOf(image)))
        .map((one) => [pinnedImage(one.image, asDigest(one.digest)), one] as const),
    );
    const found = await Promise.all(
      [...asked].map(async ([reference, one]) => [reference, await this.verdict(spec, one)] as const),
    );
    return {
      seen: { demanded, verdicts: new Map(found.map(([reference, { verdict }]) => [reference, verdict])) },
      retryAfterMs: Math.max(0, ...found.map(([, { retryAfterMs }]) => retryAfterMs)),
    };
  }

  /** Of one image; good where it has to be signed by nobody. All that is asked for has to hold. */
  async verdict(spec: ServiceSpec, { image, digest }: Candidate): Promise<Verdict> {
    for (const rule of rulesFor(image, spec, this.options.demands)) {
      const found = await this.#byRule(spec, { image, digest }, rule);
      if (!found.verdict.verified) return found;
    }
    return good;
  }

  #demanded(spec: ServiceSpec, images: readonly ImageReference[]): ReadonlySet<string> {
    const { demands } = this.options;
    return new Set(images.filter((image) => rulesFor(image, spec, demands).length > 0).map(repositoryOf));
  }

  async #byRule(spec: ServiceSpec, one: Candidate, rule: SignatureRule): Promise<Verdict> {
    const name = `${identityOf(rule)} ${repositoryOf(one.image)}@${one.digest} ${spec.container.platform ?? ""}`;
    const service = serviceKey(spec.project, spec.name);
    const { proofs } = this.options;
    if (proofs.of(service).includes(name)) return good;
    if (this.#good.get(name) === true) {
      await proofs.keep(service, name);
      return good;
    }
    const doubt = this.#doubted.get(repositoryOf(one.image)) ?? 0;
    const key = `${name} ${doubt}`;
    const refused = this.#refused.get(key);
    const leftMs = (refused?.until ?? 0) - this.options.clock.monotonic();
    if (refused !== undefined && leftMs > 0) {
      return { verdict: refused.fault, retryAfterMs: leftMs };
    }
    return this.#flights.run(key, async () => {
      const { registry, platformOf } = this.options;
      const question = { image: one.image, digest: asDigest(one.digest), rule, judge: this.#judgeOf(rule) };
      const verdict = await inquire(registry, question, () => platformOf(spec));
      this.options.checked(service, outcomeOf(verdict.verdict));
      if (verdict.verdict.verified) {
        this.#good.set(name, true);
        await proofs.keep(service, name);
      } else if (verdict.verdict.reason !== "SignatureUnavailable") {
        const tries = (refused?.tries ?? 0) + 1;
        const pauseMs = Math.min(firstPauseMs * 2 ** Math.min(tries - 1, 10), longestPauseMs);
        this.#refused.set(key, { fault: verdict.verdict, tries, until: this.options.clock.monotonic() + pauseMs });
        return { ...verdict, retryAfterMs: pauseMs };
      }
      return verdict;
    });
  }

  #judgeOf(rule: SignatureRule): SignatureJudge {
    const name = identityOf(rule);
    const known = this.#judges.get(name);
    if (known !== undefined) return known;
    const judge = judgeFor(rule);
    this.#judges.set(name, judge);
    return judge;
  }
}

function outcomeOf(verdict: SignatureVerdict): SignatureOutcome {
  if (verdict.verified) return "verified";
  const outcomes = {
    SignatureInvalid: "invalid",
    SignatureMissing: "missing",
    SignatureUnavailable: "unavailable",
  } as const;
  return outcomes[verdict.reason];
}

function identityOf(rule: SignatureRule): string {
  return createHash("sha256").update(JSON.stringify(rule)).digest("hex");
}
