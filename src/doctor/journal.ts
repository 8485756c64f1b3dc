import type { Check } from "./check.js";
import { ill, well } from "./check.js";

/** Whether everything that was written down can be read. */
export const journal: Check = {
  name: "journal",
  timeoutMs: 15_000,
  whenSlow: "see whether the disk of the data directory answers",
  look: async (instruments) => {
    const { exists, damage, putAside, asideFolder } = await instruments.journal();
    const [first] = damage;
    if (first !== undefined) {
      const more = damage.length === 1 ? "" : `; and ${damage.length - 1} more`;
      const remedy = `start the controller: it goes on without them, and puts them aside in ${asideFolder}`;
      return [ill(`${first}${more}`, remedy)];
    }
    if (putAside > 0) {
      const files = putAside === 1 ? "1 file" : `${putAside} files`;
      const remedy = `compare \`fairlead history\` with what you know, then remove the folder: rm -r ${asideFolder}`;
      return [ill(`${files} of lines that could not be read lie in ${asideFolder}`, remedy)];
    }
    return [well(exists ? "all of it can be read" : "there is none yet: it begins with the controller's first start")];
  },
};
