import { Metrics } from "../../../src/metrics/metrics.js";
import { statusOf } from "../http/surface.js";

/** What a controller exposes that has met everything once. */
export function everySeries(): Promise<string> {
  const metrics = new Metrics("1.2.3");
  const source = "https://forge.example/acme/fleet.git";
  metrics.serviceDeclared("shop/web");
  metrics.status("shop/web", statusOf("shop/web", "nginx:1.27"));
  metrics.receiverOpened("dockerhub", "hub");
  metrics.registryRequested("docker.io", "HEAD", 200);
  metrics.fileProblems("services.yaml", 0);
  metrics.sources.sourceFollowed(source);
  metrics.sources.sourceFetched(source, "fetched");
  metrics.sources.sourceWritesBack(source);
  metrics.sources.sourceInForce(source, "1a2b3c4");
  metrics.pullsRemaining("docker.io", 95);
  metrics.registryCircuit("docker.io", false);
  metrics.registryPaced("docker.io", 0);
  metrics.handlers.handlerKnown("reload");
  metrics.handlers.handlerRan("reload", { outcome: "done", exitCode: 0, seconds: 1 });
  metrics.notifications.channelOpened("team");
  metrics.tls.certificateEnds(1_800_000_000);
  metrics.journal(() => ({ kind: "written" }));
  return metrics.render();
}

/** The labels of each metric that may be asked for, `_bucket` and the like included. */
export async function labelsOfMetrics(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const known = new Map<string, Set<string>>();
  for (const [, name = "", labels = ""] of (await everySeries()).matchAll(/^([a-z_]+)(?:\{(.*)\})? \S+$/gm)) {
    const names = known.get(name) ?? new Set(["job", "instance"]);
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) names.add(label);
    known.set(name, names);
  }
  return known;
}
