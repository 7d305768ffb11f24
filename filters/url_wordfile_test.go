package filters

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestURLWordFiles(t *testing.T) {
	f := &URL{dir: t.TempDir()}
	for _, c := range []struct {
		name, file string
		want       []string
		fails      bool
	}{
		{"one on a line", "casino\n  poker \n", []string{"casino", "poker"}, false},
		{"remarks and empty lines", "# bad\n\ncasino", []string{"casino"}, false},
		{"what is no letter or number goes", "2 Girls 1-cup\r\n", []string{"2girls1cup"}, false},
		{"other scripts", "Казино-Х\n", []string{"казинох"}, false},
		{"nothing left", "casino\n--\n", nil, true},
	} {
		if err := os.WriteFile(filepath.Join(f.dir, "words"), []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := f.readWords("words")
		if (err != nil) != c.fails || err == nil && !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, %v; want %q, failing %v", c.name, got, err, c.want, c.fails)
		}
	}
}
