package verify

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Options of a verification.
type Options struct {
	Threads int
	Short   bool          // fewer cases of the large models
	Each    func(*Report) // called as each model is done; nil: not
	Stop    func() error  // asked before each step of a model; its error ends the verification; nil: never
}

// Golden runs the golden folder on a model: a folder or a file. Without a model, the golden folder holds it, or several folders that do.
// An error means that something could not be run; deviations are in the reports.
func Golden(folder, model string, o Options) ([]*Report, error) {
	var reports []*Report
	keep := func(r *Report, err error) error {
		if r == nil {
			return err
		}
		reports = append(reports, r)
		if o.Each != nil {
			o.Each(r)
		}
		return err
	}
	switch {
	case exists(folder, "score.json") && exists(folder, "generate.json"):
		if model == "" {
			return nil, fmt.Errorf("%s: the golden values of SmolLM2 need the model file named", folder)
		}
		err := verifySmol(folder, model, o, keep)
		return reports, err
	case exists(folder, "golden.json") && exists(folder, "random-blocks.gguf"):
		err := verifyFiles(folder, model, o, keep)
		return reports, err
	case exists(folder, "golden.json"):
		if model == "" {
			model = folder
		}
		err := keep(verifyModel(folder, model, o))
		return reports, err
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		sub := filepath.Join(folder, e.Name())
		values := strings.TrimSuffix(sub, "-sharded") // the same weights in shards have the same values
		if !e.IsDir() || !exists(values, "golden.json") {
			continue
		}
		if err := keep(verifyModel(values, sub, o)); err != nil {
			return reports, err
		}
	}
	if len(reports) == 0 {
		return nil, fmt.Errorf("%s: no golden values: want golden.json, or folders with one, or score.json and generate.json", folder)
	}
	return reports, nil
}
