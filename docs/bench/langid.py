"""Times fastText's readers in Python: MB of UTF-8 for each second of processor time, best of ROUNDS, over the texts of BenchmarkPredict.

usage: langid.py SHARED ROUNDS     needs fasttext-numpy2-wheel (C++) and fasttext-new (Rust)
"""
import gzip, importlib, json, pathlib, sys, time, zipfile

shared, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])


def rows(name):
    with gzip.open(name, "rt", encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)


sets = {
    "lines": [r["text"] for r in rows(shared / "golden/langid/fasttext_lid176ftz.jsonl.gz") if r.get("text")],
    "cc": [r["text"] for n in sorted((shared / "data/web/dolma").glob("cc_en_head-*.jsonl.gz")) for r in rows(n)],
}
with zipfile.ZipFile(shared / "data/langid/udhr2.zip") as z:
    sets["udhr"] = [z.read(n).decode("utf-8", "replace") for n in sorted(z.namelist()) if n.endswith(".txt")]

for reader in "fasttext", "fasttext_new":
    model = importlib.import_module(reader).load_model(str(shared / "data/langid/lid.176.ftz"))
    for name, texts in sets.items():
        texts = [t.replace("\n", " ") for t in texts]
        size, best = sum(len(t.encode()) for t in texts), float("inf")
        for _ in range(rounds):
            start = time.process_time()
            for t in texts:
                model.predict(t, k=1)
            best = min(best, time.process_time() - start)
        print(f"{reader:13} {name:8} {size / best / 1e6:7.1f} MB/s")
