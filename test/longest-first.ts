import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Real tests that take more than a minute. Whoever comes last with one of them keeps one worker waiting for the other. */
const longest = [
  "docker/contract",
  "image/dockerfile",
  "e2e/faults/crash",
  "compare/compare",
  "e2e/faults/backup",
  "e2e/page/page",
  "e2e/containers/gate",
  "e2e/faults/registry-faults",
  "e2e/faults/faults",
  "package/deb",
  "e2e/verbs/forms",
  "e2e/verbs/apply",
  "e2e/controllers/controllers",
  "e2e/controllers/time",
  "e2e/controllers/self-update",
  "e2e/deliveries/proxies",
];

/** On a clean checkout nothing else is known about how long a file takes. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/test/real/${name}.test.ts`));
      return found === -1 ? longest.length : found;
    };
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return sorted.sort((one, other) => group(one) - group(other) || rank(one) - rank(other));
  }
}
