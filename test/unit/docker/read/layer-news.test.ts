import { expect, it } from "vitest";
import { layerNewsIn } from "../../../../src/docker/read/layer-news.js";

const id = "5f70bf18a086";

it.each([
  [
    { id, status: "Pulling fs layer", progressDetail: {} },
    { id, state: "waiting" },
  ],
  [
    { id, status: "Retrying in 5 seconds", progressDetail: {} },
    { id, state: "waiting" },
  ],
  [
    { id, status: "Downloading", progressDetail: { current: 512, total: 2_048 } },
    { id, state: "downloading", bytes: 512, total: 2_048 },
  ],
  [
    { id, status: "Verifying Checksum", progressDetail: {} },
    { id, state: "downloaded" },
  ],
  [
    { id, status: "Extracting", progressDetail: { current: 9, units: "s" } },
    { id, state: "extracting" },
  ],
  [
    { id, status: "Pull complete", progressDetail: {} },
    { id, state: "done" },
  ],
  [
    { id, status: "Already exists" },
    { id, state: "there" },
  ],
])("tells a layer's news from a line of the engine: %j", (line, news) => {
  expect(layerNewsIn(line)).toEqual(news);
});

it.each([
  { id: "latest", status: "Pulling from acme/web" },
  { status: "Digest: sha256:1234" },
  { id, status: "Something else" },
  { id, status: 5 },
  { text: "<html>" },
])("finds nothing of a layer in another line: %j", (line) => {
  expect(layerNewsIn(line)).toBeUndefined();
});

it.each(["9", -1, Number.NaN, 2 ** 60])("does not take %s for an amount", (current) => {
  expect(layerNewsIn({ id, status: "Downloading", progressDetail: { current, total: 10 } })).toEqual({
    id,
    state: "downloading",
    total: 10,
  });
});
