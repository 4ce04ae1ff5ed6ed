# hadolint global ignore=DL3042
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /build
RUN python -m venv /opt/safesync
COPY requirements-run.lock ./
RUN /opt/safesync/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock
COPY requirements-build.lock pyproject.toml README.md ./
RUN python -m venv /opt/build && /opt/build/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY src ./src
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /dist . \
 && /opt/safesync/bin/pip install --no-cache-dir --no-deps --no-index /dist/*.whl

FROM python:3.13-slim-trixie
RUN useradd --uid 10001 --create-home --home-dir /var/lib/safesync safesync
COPY --from=build /opt/safesync /opt/safesync
ENV PATH=/opt/safesync/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SAFESYNC_CONFIG=/etc/safesync/safesync.yaml AZURE_DEVOPS_CACHE_DIR=/var/lib/safesync/azure
USER 10001
WORKDIR /var/lib/safesync
VOLUME /var/lib/safesync
# The process writes to its volume and to nothing else: run it with --read-only and a tmpfs for /tmp.
HEALTHCHECK --interval=60s --timeout=10s CMD ["safesync", "--version"]
ENTRYPOINT ["safesync"]
CMD ["serve"]
