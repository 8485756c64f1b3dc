/** What `fairlead setup --services example` writes; deploy/example/services.yaml is the same. */
export const exampleServices = `# What runs on this host: a Compose file. Every push to a tag below is rolled out; a bad one is rolled back.
name: home

services:
  portfolio:
    image: notarock/portfolio-ng:latest
    ports: ["80:8080"]
    restart: unless-stopped
    healthcheck:
      test: ["CMD", "wget", "-qO-", "http://127.0.0.1:8080/"]
      interval: 5s
      timeout: 3s
      retries: 3
    deploy:
      update_config:
        monitor: 15s # how long a new version must stay well before it is trusted
        failure_action: rollback
`;
