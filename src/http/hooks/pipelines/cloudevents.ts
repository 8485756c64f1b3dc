import { cloudEventsOf, welcomed } from "../../delivery/cloud-events.js";
import { authorization, headerOf } from "../../delivery/header.js";
import type { Sender } from "../../delivery/sender.js";
import { ownFormat } from "./own-format.js";

/** Our own format as the data of CloudEvents of any type, in any of their modes. */
export const cloudevents: Sender = {
  type: "cloudevents",
  secret: authorization,
  id: (req) => headerOf(req, "ce-id"),
  welcome: welcomed,
  read: (body, req) => {
    const events = cloudEventsOf(body, req).map(({ data }) => ownFormat(data));
    return {
      images: events.flatMap(({ images }) => images),
      services: events.flatMap(({ services }) => services),
      pushes: events.flatMap(({ pushes = [] }) => pushes),
      build: events.some(({ build }) => build === true),
    };
  },
};
