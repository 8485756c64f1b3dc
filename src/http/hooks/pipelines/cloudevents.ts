import { randomUUID } from "node:crypto";
import { cloudEventsOf, welcomed } from "../../delivery/cloud-events.js";
import { authorization, headerOf, showBearer } from "../../delivery/header.js";
import type { Sender } from "../../delivery/sender.js";
import { ownFormat, ownSample } from "./own-format.js";

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
  show: showBearer,
  guide: {
    title: "CloudEvents",
    secret: "apart",
    steps: [
      "Give the sender this URL: {url}",
      "and the header Authorization: Bearer {secret}, or put the secret at the end of the URL: {url}/{secret}",
      'The data of an event is the payload of the type generic: {"image": "ghcr.io/acme/shop:latest"}',
    ],
  },
  sample: (subject) => ({
    body: ownSample(subject),
    headers: { "ce-specversion": "1.0", "ce-id": randomUUID(), "ce-source": "fairlead", "ce-type": "sample" },
  }),
};
