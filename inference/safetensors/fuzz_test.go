package safetensors

import (
	"path/filepath"
	"testing"
)

// FuzzParse: whatever the bytes, an error or tensors that can be read whole and fill the file.
func FuzzParse(f *testing.F) {
	f.Add(file(`{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}}  `, 32))
	f.Add(file(`{"x":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"y":{"dtype":"F16","shape":[1,1,2],"data_offsets":[8,12]}}`, 12))
	f.Fuzz(func(t *testing.T, data []byte) {
		tensors, _, err := parse(data)
		if err != nil {
			return
		}
		bytes := 0
		for _, x := range tensors {
			bytes += len(x.Data)
			if !x.Type.Readable() {
				continue
			}
			row := make([]float32, x.Cols())
			for r := range x.Rows() {
				x.Row(r, row)
			}
		}
		if bytes > len(data) {
			t.Errorf("tensors of %d bytes in a file of %d", bytes, len(data))
		}
	})
}

// FuzzIndex: whatever the index says, no shard lies outside its folder.
func FuzzIndex(f *testing.F) {
	f.Add([]byte(`{"metadata":{"total_size":1},"weight_map":{"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors"}}`))
	f.Add([]byte(`{"weight_map":{"a":"../x.safetensors"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		where, err := parseIndex(data)
		if err != nil {
			return
		}
		for _, name := range where {
			if filepath.Dir(filepath.Join("folder", name)) != "folder" {
				t.Errorf("shard %q lies outside the folder", name)
			}
		}
	})
}
