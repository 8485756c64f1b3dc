/** The services file of the demo. `port` is where the page is published on this machine. */
export function servicesFile(project: string, image: string, port: number): string {
  return `name: ${project}

services:
  portfolio:                     # the page, published on a port of this machine
    image: ${image}
    ports: ["127.0.0.1:${port}:8080"]
    restart: unless-stopped
    stop_grace_period: 2s
    deploy:
      update_config: {monitor: 2s, failure_action: rollback}

  intranet:                      # the same page for other containers, without a port
    image: ${image}
    restart: unless-stopped
    stop_grace_period: 2s
    deploy:
      update_config: {monitor: 2s, failure_action: rollback}
`;
}
