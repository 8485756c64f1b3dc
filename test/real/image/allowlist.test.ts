import { expect, test } from "vitest";
import { readAllowlist } from "./allowlist.js";

const id = "0123456789abcdef".repeat(4);

test.each([
  ["POST", "/v1.41/containers/home-web-1/exec"],
  ["POST", `/v1.41/exec/${id}/resize`],
  ["GET", `/v1.41/exec/${id}/start`],
  ["POST", `/v1.41/containers/${id}/attach`],
  ["POST", `/v1.41/containers/${id}/kill`],
  ["POST", `/v1.41/containers/${id}/start/exec`],
  ["GET", `/v1.41/containers/${id}/archive`],
  ["PUT", "/v1.41/containers/home-web-1/archive"],
  ["PUT", `/v1.41/images/${id}/archive`],
  ["GET", `/v1.41/containers/${id}/export`],
  ["GET", "/v1.41/images/node:24-slim/get"],
  ["GET", `/v1.41/images/../containers/${id}/archive/json`],
  ["GET", "/v1.41/version/secrets"],
  ["POST", "/v1.41/build/prune"],
  ["POST", "/v1.41/build/cancel"],
  ["POST", "/v1.41/commit"],
  ["POST", "/v1.41/images/load"],
  ["POST", "/v1.41/images/node/push"],
  ["POST", `/v1.41/images/../containers/${id}/tag`],
  ["POST", "/v1.41/containers/prune"],
  ["POST", "/v1.41/volumes/prune"],
  ["POST", "/v1.41/swarm/init"],
  ["POST", "/v1.41/plugins/pull"],
  ["POST", "/containers/create"],
  ["DELETE", "/v1.41/volumes/data"],
  ["DELETE", "/v1.41/volumes/fairlead-lease.data"],
  ["DELETE", "/v1.41/volumes/fairlead-lease.default.7.data"],
  ["DELETE", "/v1.41/networks/home_default"],
  ["DELETE", "/v1.41/images/../volumes/data"],
  ["DELETE", "/v1.41/containers/home-web-1"],
  ["HEAD", "/version"],
])("the socket proxy refuses %s %s", async (method, path) => {
  expect((await readAllowlist())(method, path)).toBe(false);
});

test.each([
  ["GET", "/version"],
  ["GET", "/v1.51/info"],
  ["GET", `/v1.41/containers/${id}/logs`],
  ["GET", `/v1.41/images/127.0.0.1:5000/some/app@sha256:${id}/json`],
  ["POST", `/v1.41/images/notarock/portfolio-ng@sha256:${id}/tag`],
  ["POST", "/v1.41/networks/home_default/disconnect"],
  ["POST", `/v1.41/containers/${id}/exec`],
  ["POST", `/v1.41/exec/${id}/start`],
  ["GET", `/v1.41/exec/${id}/json`],
  ["POST", "/v1.41/build"],
  ["POST", "/v1.51/session"],
  ["POST", `/v1.41/images/sha256:${id}/tag`],
  ["PUT", `/v1.41/containers/${id}/archive`],
  ["DELETE", `/v1.41/networks/${id}`],
  ["POST", "/v1.41/volumes/create"],
  ["DELETE", "/v1.41/volumes/fairlead-lease.default.7"],
  ["DELETE", "/v1.41/volumes/fairlead-lease.default.7.asked"],
  ["DELETE", "/v1.41/images/fairlead/keep:home.portfolio.r1"],
])("the socket proxy passes %s %s", async (method, path) => {
  expect((await readAllowlist())(method, path)).toBe(true);
});
