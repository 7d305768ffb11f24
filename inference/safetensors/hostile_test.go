package safetensors

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// file joins a header and n bytes of data.
func file(header string, n int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, n)...)
}

// lengthOf is a file whose length field says n.
func lengthOf(n uint64, rest string) []byte {
	return append(binary.LittleEndian.AppendUint64(nil, n), rest...)
}

func TestHostileFile(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":               {nil, "header length: the file has 0 bytes, want at least 8"},
		"seven bytes":         {make([]byte, 7), "header length: the file has 7 bytes"},
		"header larger":       {lengthOf(100, "{}"), "header length: 100 bytes in a file of 10, want at most 2"},
		"header negative":     {lengthOf(1<<64-1, "{}"), "header length: 18446744073709551615 bytes"},
		"header empty":        {lengthOf(0, "{}"), "header: want a JSON object"},
		"no JSON":             {file("hello", 0), "header: want a JSON object"},
		"a list":              {file("[]", 0), "header: want a JSON object"},
		"object cut":          {file(`{"a":{"dtype":"F32"`, 0), `header: tensor "a": unexpected EOF`},
		"more after it":       {file("{} {}", 0), "header: there is more after the JSON object"},
		"metadata no strings": {file(`{"__metadata__":{"a":1}}`, 0), "header: __metadata__: "},
		"name twice":          {file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 4), `header: "a" is there twice`},
		"dtype unknown":       {file(`{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}`, 4), `tensor "a": dtype "F31" is not known`},
		"dtype missing":       {file(`{"a":{"shape":[1],"data_offsets":[0,4]}}`, 4), `tensor "a": dtype "" is not known`},
		"dtype a number":      {file(`{"a":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}`, 4), `header: tensor "a": json: cannot unmarshal number`},
		"shape missing":       {file(`{"a":{"dtype":"F32","data_offsets":[0,4]}}`, 4), `tensor "a": shape has 0 dimensions, want a list`},
		"shape negative":      {file(`{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}`, 4), `tensor "a": shape [-1]: dimension 0 is -1`},
		"shape zero":          {file(`{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}`, 0), `tensor "a": shape [0]: dimension 0 is 0`},
		"shape a fraction":    {file(`{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}`, 4), `header: tensor "a": json: cannot unmarshal number 1.5`},
		"shape too large":     {file(`{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}`, 4), `header: tensor "a": json: cannot unmarshal number`},
		"product overflows":   {file(`{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}`, 4), `tensor "a": shape [4294967296 4294967296]: the number of values overflows`},
		"product wraps to 4":  {file(`{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,4]}}`, 4), "overflows"},
		"nine dimensions":     {file(`{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}}`, 4), `tensor "a": shape has 9 dimensions`},
		"offsets missing":     {file(`{"a":{"dtype":"F32","shape":[1]}}`, 4), `tensor "a": data_offsets [0, 0] hold 0 bytes, but F32 [1] needs 4`},
		"offsets negative":    {file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}`, 4), `header: tensor "a": json: cannot unmarshal number -4`},
		"offsets backwards":   {file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}`, 4), `tensor "a": data_offsets [4, 0] in 4 bytes of data`},
		"offsets beyond":      {file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 7), `tensor "a": data_offsets [0, 8] in 7 bytes of data (truncated?)`},
		"size lies":           {file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}`, 8), `tensor "a": data_offsets [0, 4] hold 4 bytes, but F32 [2] needs 8`},
		"overlap":             {file(`{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), `tensor "b": data_offsets [4, 8] do not follow the tensor before, which ends at 8`},
		"hole":                {file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), `tensor "a": data_offsets [4, 8] do not follow`},
		"data left over":      {file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`, 8), "the tensors end at byte 4 of 8 bytes of data"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "model.safetensors")
			if err := os.WriteFile(path, c.data, 0o644); err != nil {
				t.Fatal(err)
			}
			fails(t, path, path+": ", c.want, len(c.data))
		})
	}
}

// fails opens a path and wants an error that begins and goes on like this, for little memory.
func fails(t *testing.T, path, begin, want string, size int) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	c, err := Open(path)
	runtime.ReadMemStats(&after)
	if err == nil {
		_ = c.Close()
		t.Fatalf("opened; want an error with %q", want)
	}
	if !strings.HasPrefix(err.Error(), begin) || !strings.Contains(err.Error(), want) {
		t.Errorf("error %q, want %s…%s…", err, begin, want)
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 1<<20 {
		t.Errorf("%d bytes allocated for a file of %d", spent, size)
	}
}

func TestHostileIndex(t *testing.T) {
	const one = `{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}`
	for name, c := range map[string]struct {
		index string
		want  string
	}{
		"no JSON":            {"hello", "invalid character"},
		"no map":             {"{}", "weight_map: is missing or empty"},
		"map of numbers":     {`{"weight_map":{"a":1}}`, "weight_map"},
		"above":              {`{"weight_map":{"a":"../one.safetensors"}}`, `weight_map: tensor "a": shard "../one.safetensors", want the name of a .safetensors file in the same folder`},
		"absolute":           {`{"weight_map":{"a":"/etc/passwd"}}`, `shard "/etc/passwd"`},
		"absolute, suffix":   {`{"weight_map":{"a":"/one.safetensors"}}`, `shard "/one.safetensors"`},
		"below":              {`{"weight_map":{"a":"sub/one.safetensors"}}`, `shard "sub/one.safetensors"`},
		"backslash":          {`{"weight_map":{"a":"..\\one.safetensors"}}`, `shard "..\\one.safetensors"`},
		"drive":              {`{"weight_map":{"a":"c:one.safetensors"}}`, `shard "c:one.safetensors"`},
		"empty name":         {`{"weight_map":{"a":""}}`, `shard ""`},
		"dots":               {`{"weight_map":{"a":".."}}`, `shard ".."`},
		"other format":       {`{"weight_map":{"a":"config.json"}}`, `shard "config.json"`},
		"shard missing":      {`{"weight_map":{"a":"gone.safetensors"}}`, "weight_map: open "},
		"tensor missing":     {`{"weight_map":{"a":"one.safetensors","b":"one.safetensors"}}`, `weight_map: tensor "b" is not in one.safetensors`},
		"tensor elsewhere":   {`{"weight_map":{"a":"one.safetensors","c":"one.safetensors","b":"two.safetensors"}}`, `weight_map: tensor "c" is not in one.safetensors`},
		"in two shards":      {`{"weight_map":{"a":"one.safetensors","c":"same.safetensors"}}`, `tensor "a": another shard has it too`},
		"shard is a folder":  {`{"weight_map":{"a":"dir.safetensors"}}`, "it is no regular file"},
		"shard is truncated": {`{"weight_map":{"a":"cut.safetensors"}}`, "header length"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for name, data := range map[string][]byte{
				indexed:            []byte(c.index),
				"one.safetensors":  file(one, 4),
				"same.safetensors": file(one, 4),
				"two.safetensors":  file(strings.ReplaceAll(one, `"a"`, `"b"`), 4),
				"cut.safetensors":  file(one, 4)[:30],
			} {
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Mkdir(filepath.Join(dir, "dir.safetensors"), 0o755); err != nil {
				t.Fatal(err)
			}
			fails(t, dir, filepath.Join(dir, indexed)+": ", c.want, len(c.index))
		})
	}
}

func TestNothingThere(t *testing.T) {
	dir := t.TempDir()
	fails(t, dir, dir+": ", "holds neither model.safetensors nor model.safetensors.index.json", 0)
	for name, want := range map[string]string{"m.gguf": "it holds m.gguf, which is opened by its own name", "pytorch_model.bin": "pytorch_model.bin looks like a pickle"} {
		other := t.TempDir()
		if err := os.WriteFile(filepath.Join(other, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
		fails(t, other, other+": ", want, 0)
	}
	fails(t, filepath.Join(dir, "gone"), "stat ", "gone", 0)
}
