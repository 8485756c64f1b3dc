import type Docker from "dockerode";

/** On an engine that is not ours alone: removes what bears the project's label, and the images of our registry. */
export async function removeTraces(docker: Docker, project: string, registryHost: string): Promise<void> {
  const filters = { label: [`com.docker.compose.project=${project}`] };
  for (const { Id } of await docker.listContainers({ all: true, filters })) {
    await docker.getContainer(Id).remove({ force: true, v: true });
  }
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
  for (const image of await docker.listImages()) {
    const names = [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])];
    for (const name of names.filter((candidate) => isOurs(candidate, project, registryHost))) {
      await docker.getImage(name).remove().catch(ignoreGone);
    }
  }
}

function isOurs(name: string, project: string, registryHost: string): boolean {
  return name.startsWith(`${registryHost}/`) || name.startsWith(`fairlead/keep:${project}.`);
}

/** Removing one name of an image may have taken the others with it. */
function ignoreGone(error: unknown): void {
  if ((error as { statusCode?: number }).statusCode !== 404) throw error;
}
