import { parseImage } from "../compose/values/image.js";

/** Where the settings name no other. The small one has all that a gate's commands need. */
export const defaultGateImageName = "docker.io/library/haproxy:3.2-alpine";

export const defaultGateImage = parseImage(defaultGateImageName);
