#!/usr/bin/env bash
# Language by lid.176.ftz beside fastText's readers in Python, alternating, on one CPU: MB of UTF-8 per second of processor time.
#
#	docs/bench/langid.sh PYTHON [CPU] [ROUNDS]
#
# PYTHON has fasttext-numpy2-wheel (C++) and fasttext-new (Rust). The texts lie beside the repository, in ../shared. That the answers are those of
# fastText, bit for bit, is checked by go test ./filters/internal/fasttext.
set -euo pipefail
python=$1 cpu=${2:-1} rounds=${3:-2}
repo=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go test -C "$repo/filters/internal/fasttext" -c -o "$work/fasttext.test" .
for _ in $(seq "$rounds"); do
	(
		cd "$repo/filters/internal/fasttext"
		taskset -c "$cpu" "$work/fasttext.test" -test.run '^$' -test.bench Predict -test.cpu 1 |
			awk '/^Benchmark/ { for (i = 1; i < NF; i++) if ($(i + 1) == "cpuMB/s") printf "winnow        %-8s %7.1f MB/s\n", substr($1, 18), $i }'
	)
	OMP_NUM_THREADS=1 RAYON_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1 taskset -c "$cpu" "$python" "$repo/docs/bench/langid.py" "$repo/../shared" 3 2>/dev/null
done
