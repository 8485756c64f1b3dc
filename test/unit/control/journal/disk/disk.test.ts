import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { nodeDisk } from "../../../../../src/control/journal/disk/node-disk.js";
import { diskContract } from "../../../../contract/disks/disk.js";
import { SimulatedDisk } from "../../../../simulator/disk.js";
import { faultyDisk } from "../faulty-disk.js";
import { ownDirectory } from "../stage.js";

const plant = async (path: string) => {
  await promisify(execFile)("mkfifo", [path]);
};

diskContract("the real one", async () => ({ disk: nodeDisk, root: await ownDirectory(), plant }));
diskContract("the real one behind faults that do not strike", async () => ({
  disk: faultyDisk(),
  root: await ownDirectory(),
  plant,
}));
diskContract("simulated", async () => {
  const disk = new SimulatedDisk();
  await disk.makeDirectory("/data");
  return {
    disk,
    root: "/data",
    plant: (path) => {
      disk.plant(path);
      return Promise.resolve();
    },
  };
});
