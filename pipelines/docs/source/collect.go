package source

import (
	"fmt"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/winnow-data/winnow/pipelines/docs"
	"github.com/winnow-data/winnow/stages"
)

// Collect reads the comments of all components of a registry from the sources below root.
func Collect(root string, reg *stages.Registry) (docs.Comments, error) {
	out := docs.Comments{}
	folders := map[string]docs.Comments{}
	for _, name := range reg.Names() {
		spec, _ := reg.Lookup(name)
		for _, t := range docs.Types(reflect.TypeOf(spec.New()).Elem()) {
			dir := strings.TrimPrefix(t.PkgPath(), docs.Module)
			if folders[dir] == nil {
				structs, err := Structs(filepath.Join(root, dir))
				if err != nil {
					return nil, err
				}
				folders[dir] = structs
			}
			c, ok := folders[dir][t.Name()]
			if !ok {
				return nil, fmt.Errorf("comments of stage %s: %s declares no struct %s", name, dir, t.Name())
			}
			out[docs.TypeName(t)] = c
		}
	}
	return out, nil
}
