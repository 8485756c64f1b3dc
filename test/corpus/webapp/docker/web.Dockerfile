FROM busybox:1.36 AS runtime
ARG NODE_ENV
COPY api /srv
CMD ["httpd", "-f", "-p", "8080", "-h", "/srv"]
