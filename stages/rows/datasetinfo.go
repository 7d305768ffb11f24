package rows

import (
	"bytes"
	"encoding/json"
	"strings"
)

// DatasetInfo returns the dataset_info.json by which LLaMA-Factory finds files of rows of a kind in the folder it lies in: an entry for each, named as the
// file without its ending.
func DatasetInfo(files []string, kind string) ([]byte, error) {
	columns := map[string]string{"messages": "conversations", "system": "system"}
	entry := map[string]any{"formatting": "sharegpt", "columns": columns}
	switch kind {
	case "dpo":
		entry["ranking"] = true
		columns["chosen"], columns["rejected"] = "chosen", "rejected"
	case "kto":
		columns["kto_tag"] = "kto_tag"
	}
	info := map[string]any{}
	for _, f := range files {
		of := map[string]any{"file_name": f}
		for k, v := range entry {
			of[k] = v
		}
		info[strings.TrimSuffix(f, ".jsonl")] = of
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(info)
	return b.Bytes(), err
}
