import type { Check } from "./check.js";
import { ill, well } from "./check.js";

/** Whether the services files say what they mean. */
export const files: Check = {
  name: "services files",
  timeoutMs: 30_000,
  whenSlow: "see to the repositories, or whether the disk of the files answers",
  look: async (instruments) => {
    const { projects, services, problems } = await instruments.files();
    const [first] = problems;
    if (first !== undefined) {
      const more = problems.length === 1 ? "" : `; and ${problems.length - 1} more`;
      return [ill(`${first}${more}`, "see all of them with `fairlead validate`")];
    }
    const counted = `${projects} ${projects === 1 ? "project" : "projects"}, ${services} ${services === 1 ? "service" : "services"}`;
    return [well(`they are valid: ${counted}`)];
  },
};
