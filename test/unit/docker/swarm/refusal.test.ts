import { expect, it } from "vitest";
import { Refusal } from "../../../../src/docker/client/refusal.js";
import { swarmRefused } from "../../../../src/docker/swarm/refusal.js";

it.each([
  [503, 'This node is not a swarm manager. Use "docker swarm init" to join.', "SwarmUnavailable"],
  [406, "This node is not part of a swarm", "SwarmUnavailable"],
  [500, "rpc error: code = Unknown desc = The swarm does not have a leader.", "SwarmUnavailable"],
  [503, "Swarm is encrypted and needs to be unlocked before it can be used.", "SwarmUnavailable"],
  [500, "rpc error: code = DeadlineExceeded desc = context deadline exceeded", "SwarmUnavailable"],
  [500, "context deadline exceeded", "SwarmUnavailable"],
  [500, "rpc error: code = Unknown desc = update out of sequence", "SwarmConflict"],
  [409, "rpc error: code = AlreadyExists desc = config c1 already exists", "NameTaken"],
  [409, "network with name net1 already exists", "NameTaken"],
])("%i %s is %s", (status, message, code) => {
  expect(swarmRefused(new Refusal("ask", status, message))).toMatchObject({ code });
});

it("says what can be done where no manager answers as one", () => {
  for (const message of ["This node is not a swarm manager.", "The swarm does not have a leader."])
    expect(swarmRefused(new Refusal("ask", 503, message))).toMatchObject({ remedy: expect.any(String) as string });
});

it("leaves the words of the call between managers out of what it cannot place", () => {
  const words = "rpc error: code = InvalidArgument desc = config 'c1' is in use by the following service: web";
  const left = swarmRefused(new Refusal("remove config", 400, words));
  expect(left).toBeInstanceOf(Refusal);
  expect(left).toMatchObject({ message: "config 'c1' is in use by the following service: web", status: 400 });
  const other = new Error("no refusal at all");
  expect(swarmRefused(other)).toBe(other);
});
