import { expect, it } from "vitest";
import { demandsOf } from "../../../../src/swarm/model/demands.js";
import { draftOf } from "../../../../src/swarm/draft/draft.js";
import { specIn, webOf } from "../../compose/cluster/read.js";
import { stepOf } from "../draft/drafted.js";

it.each([
  ["labels: {}", []],
  ["security_opt: ['label:disable']", []],
  ["security_opt: ['no-new-privileges:true']", ["1.44 `security_opt: no-new-privileges`"]],
  ["security_opt: ['seccomp=unconfined']", ["1.44 `security_opt: seccomp`"]],
  ["security_opt: ['apparmor=unconfined']", ["1.44 `security_opt: apparmor`"]],
  ["healthcheck: {test: a, start_interval: 1s}", ["1.44 `healthcheck.start_interval`"]],
  ["healthcheck: {disable: true}", []],
  ["oom_score_adj: 5", ["1.46 `oom_score_adj`"]],
])("what an older engine would drop without a word is known: %s", (lines, demands) => {
  const { body } = draftOf(stepOf(specIn(webOf(lines))), { labels: {}, generation: {} });
  expect(demandsOf(body).map(({ since, what }) => `${since} ${what}`)).toEqual(demands);
});
