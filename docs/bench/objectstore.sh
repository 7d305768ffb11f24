#!/usr/bin/env bash
# The same run from files to files and from bucket to bucket of a MinIO on loopback, in turn. Needs Go, ../shared beside the repository and the program
# minio, which .ci/run builds. "ratio" is how fast the run on the store is, 1 being as fast as on files.
set -euo pipefail
cd "$(dirname "$0")/../.."
go test -run '^$' -bench '^BenchmarkStore$' -benchtime "${1:-5}x" ./cmd/winnow
