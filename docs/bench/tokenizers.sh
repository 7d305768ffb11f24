#!/usr/bin/env bash
# Times the Qwen2 tokenizer beside its peers, alternating, on one CPU: MB of UTF-8 per second of processor time, 3 MB each of English, Python and
# Chinese.
#
#	docs/bench/tokenizers.sh PYTHON [CPU] [ROUNDS]
#
# PYTHON has tokenizers, tiktoken, bpe-qwen (which imports transformers) and zstandard. The peers' script lies beside the repository, in
# ../shared/bench/engine; it also checks their ids against those of tokenizers. Ours are checked by go test ./inference/tokenizer.
set -euo pipefail
python=$1 cpu=${2:-1} rounds=${3:-2}
repo=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go test -C "$repo/inference/tokenizer" -c -o "$work/tokenizer.test" .
for _ in $(seq "$rounds"); do
	(
		cd "$repo/inference/tokenizer"
		taskset -c "$cpu" "$work/tokenizer.test" -test.run '^$' -test.bench 'Encode|Count|FirstPass' -test.cpu 1 |
			awk '/^Benchmark/ { for (i = 1; i < NF; i++) if ($(i + 1) == "MB/cpu-s-best") printf "winnow %-24s %s\n", $1, $i }'
	)
	RAYON_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false PYTHONDONTWRITEBYTECODE=1 \
		taskset -c "$cpu" "$python" "$repo/../shared/bench/engine/speed_tokenizers.py" --data "$repo/../shared/data" |
		sed -E "s/^\{'set': '([a-z]+)', 'peer': '([^']*)', 'MB\/cpu-s best': ([0-9.]+),.*/\2 \1 \3/"
done
