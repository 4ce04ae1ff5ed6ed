#!/usr/bin/env bash
# Builds the unchanged Dockerfile and runs the image read-only, without a container engine's daemon.
# Needs buildah, podman, runc and mmdebstrap, and root. Stands in for the official base image with a minimal Debian.
set -euo pipefail
cd "$(dirname "$0")/.."
base=docker.io/library/python:3.13-slim-trixie
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if ! buildah images --format '{{.Name}}:{{.Tag}}' | grep -qx "$base"; then
  mmdebstrap --variant=minbase --include=ca-certificates,python3,python3-venv,python3-pip --mode=root trixie "$scratch/base.tar"
  container=$(buildah from scratch)
  buildah add "$container" "$scratch/base.tar" /
  buildah run --isolation chroot "$container" -- sh -c \
    'ln -sf /usr/bin/python3 /usr/local/bin/python; ln -sf /usr/bin/pip3 /usr/local/bin/pip; rm -f /usr/lib/python3*/EXTERNALLY-MANAGED'
  buildah config --env PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin --env LANG=C.UTF-8 "$container"
  buildah commit --format docker "$container" "$base"
  buildah rm "$container"
fi

# A build machine behind its own certificate authority lends its certificates and pip configuration.
lent=()
for file in /etc/ssl/certs /etc/pip.conf /etc/xdg/pip; do [ -e "$file" ] && lent+=(--volume "$file:$file:ro"); done
buildah bud --isolation chroot --pull-never --format docker --layers "${lent[@]}" -t safesync:check .

run() {
  podman --runtime runc run --rm --ulimit nofile=20000:20000 --ulimit nproc=4096:4096 --no-healthcheck --network none --read-only --cap-drop all \
    --security-opt no-new-privileges --tmpfs /tmp -v safesync-check:/var/lib/safesync safesync:check "$@"
}
test "$(podman --runtime runc run --rm --ulimit nofile=20000:20000 --ulimit nproc=4096:4096 --no-healthcheck --network none --entrypoint id safesync:check -u)" = 10001
run --version
run demo --format json
echo "the image builds, runs as 10001 on a read-only file system, and does the whole job"
