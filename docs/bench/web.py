"""Times peers over web data, best of ROUNDS by processor time.

usage: web.py html|warc|pii SHARED ROUNDS     needs trafilatura; fastwarc; dolma
"""
import gzip, io, json, pathlib, sys, tarfile, time

what, shared, rounds = sys.argv[1], pathlib.Path(sys.argv[2]) / "data/web", int(sys.argv[3])


def best(f):
    times = []
    for _ in range(rounds):
        start = time.process_time()
        f()
        times.append(time.process_time() - start)
    return min(times)


if what == "html":
    import trafilatura

    with tarfile.open(shared / "trafilatura/html-sample.tar.gz") as tar:
        raw = {pathlib.PurePath(m.name).name: tar.extractfile(m).read() for m in tar.getmembers() if m.isfile()}
    pages = json.load(open(shared / "trafilatura/evaldata.json"))
    texts = [raw[p["file"]].decode("utf-8", "replace") for p in pages.values() if p["file"] in raw]
    for name, options in ("default", {}), ("fast", {"fast": True}):
        used = best(lambda: [trafilatura.extract(t, include_comments=False, **options) for t in texts])
        print(f"trafilatura {name:24} {len(texts) / used:7.1f} pages/s")
elif what == "warc":
    from fastwarc.warc import ArchiveIterator

    for name in "dolma-sample-0000", "resiliparse-warcfile":
        data = (shared / f"warc/{name}.warc.gz").read_bytes()
        size = 40 * len(gzip.decompress(data))
        used = best(lambda: [r.reader.read() for r in ArchiveIterator(io.BytesIO(data * 40))])
        print(f"fastwarc {name:27} {size / used / 1e6:7.1f} MB/s")
else:
    from dolma.core.data_types import InputSpec
    from dolma.core.registry import TaggerRegistry
    import dolma.taggers

    texts = [json.loads(line)["text"] for n in sorted((shared / "dolma").glob("cc_en_head-*.jsonl.gz")) for line in gzip.open(n, "rt", encoding="utf-8")] * 20
    size = sum(len(t.encode()) for t in texts)
    for name in "pii_regex_v1", "pii_regex_with_counts_fast_v2":
        tagger = TaggerRegistry.get(name)()
        used = best(lambda: [tagger.tag(InputSpec(id="x", text=t)) for t in texts])
        print(f"dolma {name:30} {size / used / 1e6:7.1f} MB/s")
