import { repository } from "./stage.js";
import type { Stage } from "./stage.js";

export interface Hook {
  /** Without the secret, which may be part of it. */
  readonly path: string;
  readonly body: object;
}

/** Docker Hub's documented body; for an image of another registry the generic hook. */
export function hookFor({ playsHub, image }: Stage): Hook {
  if (!playsHub) return { path: "/hooks/generic", body: { image: `${image}:latest` } };
  const [namespace, name] = repository.split("/");
  return {
    path: "/hooks/dockerhub",
    body: {
      callback_url: `https://registry.hub.docker.com/u/${repository}/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/`,
      push_data: { pushed_at: Math.floor(Date.now() / 1000), pusher: namespace, tag: "latest" },
      repository: {
        comment_count: 0,
        date_created: 1572480000,
        description: "",
        dockerfile: "",
        full_description: "",
        is_official: false,
        is_private: false,
        is_trusted: true,
        name,
        namespace,
        owner: namespace,
        repo_name: repository,
        repo_url: `https://registry.hub.docker.com/u/${repository}/`,
        star_count: 0,
        status: "Active",
      },
    },
  };
}

export async function postHook(
  hooksUrl: string,
  secret: string,
  { path, body }: Hook,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${hooksUrl}${path}/${secret}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: (await response.text()).trim() };
}
