import { asFairleadError } from "../../../errors.js";
import { noticeKinds, type NoticeKind } from "../../../notify/model/notice.js";
import { Refusal } from "../../web/refusal.js";
import { notifications, selfDelivered, testOutcome } from "../answers/controller.js";
import { deed, question } from "../declare/kinds.js";
import { flag, text } from "../declare/parameters.js";

const unsaid = { arrived: false, message: "nobody has said under which address the internet reaches the hooks" };

/** Who is told of what, and who tells us. */
export const telling = [
  question({
    path: "/api/v1/notifications",
    summary: "Who is told of what happens, and how that stands ([notifications](notifications.md))",
    answer: notifications,
    handle: ({ notifications: told }) => told.standing(),
  }),
  deed({
    path: "/api/v1/notifications/{name}/test",
    summary: "Tell one of them a sample",
    query: {
      event: text("Which event the sample is of; default the first that is wanted"),
      dryRun: flag("Nothing is sent"),
    },
    answer: testOutcome,
    refusals: { 404: "Nobody who is told is called so" },
    handle: async ({ notifications: told }, { part, query }) => {
      const kind = query.event === undefined ? {} : { kind: kindIn(query.event) };
      const outcome = await told.test(part("name"), { dryRun: query.dryRun, ...kind }).catch((thrown: unknown) => {
        const { code, message, remedy } = asFairleadError(thrown);
        throw code === "ConfigInvalid" ? new Refusal(400, message, remedy) : thrown;
      });
      if (outcome === undefined) {
        const names = told.standing().channels.map(({ name }) => name);
        const remedy = names.length === 0 ? "the settings name nobody" : `there are ${names.join(", ")}`;
        throw new Refusal(404, "nobody who is told is called so", remedy);
      }
      return outcome;
    },
  }),
  // Nobody but the controller's operator says where it is sent.
  deed({
    path: "/api/v1/self-delivery",
    summary: "Have the controller send itself a delivery, to the address under which the internet reaches its hooks",
    answer: selfDelivered,
    handle: async ({ self }) => (await self?.send()) ?? unsaid,
  }),
];

function kindIn(written: string): NoticeKind {
  const known = noticeKinds.find((kind) => kind === written);
  if (known !== undefined) return known;
  if (/^hook:[\w.-]{1,64}$/.test(written)) return written as NoticeKind;
  throw new Refusal(400, "there is no such event", `write one of ${noticeKinds.join(", ")}, hook:<receiver>`);
}
