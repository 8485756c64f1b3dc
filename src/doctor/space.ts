import type { Check, Verdict } from "./check.js";
import { ill, well } from "./check.js";
import type { Space } from "./instruments.js";
import { engineFirst, engineIfAny } from "./engine.js";

const megabyte = 1_000_000;
/** Less than this part of a disk is too little, whatever its size. */
const leastShare = 0.05;
const leastForImages = 1_000 * megabyte;
const leastForJournal = 50 * megabyte;

/** Whether images can still be pulled. */
export const imageStore: Check = {
  name: "image store",
  timeoutMs: 12_000,
  whenSlow: "see whether the disk of the engine's data root answers",
  look: async (instruments) => {
    const report = await engineIfAny(instruments);
    if (report === undefined) return [ill("the engine's data root is not known", engineFirst)];
    const { folder, images, isLocal } = report;
    const held = `${folder} holds ${images} ${images === 1 ? "image" : "images"}`;
    const space = isLocal ? await instruments.space(folder) : undefined;
    if (space === undefined) return [well(`${held}; how much is free there cannot be seen from here`)];
    const remedy = "see `docker system df`, and make room with `docker image prune` or `docker builder prune`";
    return [judge(held, space, leastForImages, remedy)];
  },
};

/** Whether the journal can still be written. */
export const dataDirectory: Check = {
  name: "data directory",
  timeoutMs: 5_000,
  whenSlow: "see whether the disk of the data directory answers",
  look: async (instruments) => {
    const { path, place } = instruments.data;
    const fault = await instruments.dataFault();
    if (fault !== undefined) return [ill(`${place}: ${fault.message}`, fault.remedy)];
    const space = await instruments.space(path);
    if (space === undefined) return [well(`${path} is made at the controller's first start`)];
    const remedy = `make room on the disk of ${path}: \`df -h ${path}\`, \`du -xsh ${path}/*\``;
    return [judge(path, space, leastForJournal, remedy)];
  },
};

function judge(what: string, space: Space, least: number, remedy: string): Verdict {
  const { free, total, freeFiles, totalFiles } = space;
  const share = total === 0 ? 1 : free / total;
  const told = `${what}: ${size(free)} of ${size(total)} are free`;
  if (free < least || share < leastShare) return ill(`${told}, which is too little`, remedy);
  // Some file systems count no files.
  if (totalFiles > 0 && freeFiles / totalFiles < leastShare)
    return ill(`${told}, but only ${freeFiles} more files can be made`, remedy);
  return well(told);
}

function size(bytes: number): string {
  return bytes >= 10_000 * megabyte
    ? `${Math.floor(bytes / megabyte / 1_000)} GB`
    : `${Math.floor(bytes / megabyte)} MB`;
}
