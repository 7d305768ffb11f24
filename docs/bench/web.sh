#!/usr/bin/env bash
# Extraction of pages, reading of WARC files and masking of personal data beside trafilatura, fastwarc and dolma, alternating, on one CPU, by processor time.
#
#	docs/bench/web.sh html|warc|pii PYTHON [CPU] [ROUNDS]
#
# PYTHON has the peer. The inputs lie beside the repository, in ../shared. html: how good the texts are is counted by go test ./stages/extract -run Quality.
set -euo pipefail
what=$1 python=$2 cpu=${3:-1} rounds=${4:-2}
case $what in
html) folder=stages/extract name=Page unit=pages/cpu-s ;;
warc) folder=stages/shard name=WARC unit=MB/cpu-s ;;
pii) folder=stages/pii name=Mask unit=cpuMB/s ;;
*) echo "html, warc or pii" >&2 && exit 2 ;;
esac
repo=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go test -C "$repo/$folder" -c -o "$work/bench.test" .
for _ in $(seq "$rounds"); do
	(
		cd "$repo/$folder"
		taskset -c "$cpu" "$work/bench.test" -test.run '^$' -test.bench "$name" -test.cpu 1 |
			awk -v unit=$unit '/^Benchmark/ { printf "winnow %s ", $1; for (i = 1; i < NF; i++) if ($(i + 1) == unit || $(i + 1) == "gunzip-share") printf " %s %s", $i, $(i + 1); print "" }'
	)
	PYTHONDONTWRITEBYTECODE=1 taskset -c "$cpu" "$python" "$repo/docs/bench/web.py" "$what" "$repo/../shared" 2 2>/dev/null
done
