import type { ServiceKey } from "../compose/model/service.js";
import { Digests } from "./desired/digests.js";
import { patient } from "./desired/patience.js";
import { Tags } from "./desired/tags.js";
import { Targets } from "./desired/targets.js";
import type { TargetsOptions } from "./desired/targets.js";
import type { Journal } from "./journal/journal.js";
import type { Contexts } from "./ports/builds.js";
import type { Clock } from "./ports/clock.js";
import type { Engine } from "./ports/engine.js";
import type { Log } from "./ports/log.js";
import type { Registry } from "./ports/registry.js";
import type { Telemetry } from "./ports/telemetry.js";
import type { BackoffOptions } from "./queue/backoff.js";
import { Signatures } from "./signatures/signatures.js";
import type { SignaturesOptions } from "./signatures/signatures.js";
import { Promotions } from "./work/beside/promotions.js";

interface ImageParts {
  readonly host: { readonly engine: Engine };
  readonly desired: {
    readonly registry: Registry;
    readonly contexts: Contexts;
    readonly signatures: SignaturesOptions["demands"];
  };
  readonly journal: Journal;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly log: Log;
  readonly backoff: Pick<BackoffOptions, "random">;
}

/** What registries are asked for, and what they are told: the target of each service, signatures, tags that move. */
export function imagesOf(parts: ImageParts, builds: TargetsOptions["builds"], wake: (key: ServiceKey) => void) {
  const { desired, journal, telemetry, clock, log } = parts;
  const { engine } = parts.host;
  const registry = patient(desired.registry, clock);
  const digests = new Digests(registry, engine);
  const signatures = new Signatures({
    registry,
    platformOf: ({ container }) => digests.platformOf(container.platform),
    demands: desired.signatures,
    clock,
    proofs: {
      of: (key) => journal.record(key).verified,
      keep: async (key, proof) => {
        await journal.append({ type: "verified", at: clock.now(), key, proof });
      },
    },
    checked: (key, outcome) => {
      telemetry.signatureChecked(key, outcome);
    },
  });
  const promotions = new Promotions({
    ...{ registry, journal, clock, telemetry, log },
    random: parts.backoff.random,
    onNews: wake,
  });
  const targets = new Targets({
    digests,
    signatures,
    tags: new Tags(registry, digests),
    contexts: desired.contexts,
    builds,
    recordOf: (key) => journal.record(key),
    append: async (entry) => {
      await journal.append(entry);
    },
    clock,
  });
  return { signatures, promotions, targets };
}
