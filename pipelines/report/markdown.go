package report

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	cardRows  = 20   // of a table
	cardFiles = 100  // with checksums
	cardShare = 1000 // a language of fewer than one document in so many is left out of the card's head
)

// Markdown returns the card of the data set: README.md beside its shards. Its head is read by Hugging Face: `configs` names the shards and nothing else, so that
// load_dataset takes no other file. It holds no time and no path of a machine: the same run gives the same card.
func (d *Data) Markdown() []byte {
	var b strings.Builder
	d.cardHead(&b)
	t := d.Totals
	fmt.Fprintf(&b, "# %s\n\n", prose(d.Run.Name))
	fmt.Fprintf(&b, "%s, %s of text", plural(t.Kept.Documents, "document"), spaced(size(t.Kept.Bytes)))
	if t.Words {
		fmt.Fprintf(&b, ", %s words", count(t.Kept.Words))
	}
	fmt.Fprintf(&b, ", curated with winnow %s from %s: %s read", prose(d.Run.Winnow), plural(int64(len(d.Run.Inputs)), "file"), plural(t.Read.Documents, "document"))
	if t.Made.Documents > 0 {
		fmt.Fprintf(&b, ", %s made", count(t.Made.Documents))
	}
	fmt.Fprintf(&b, ", %s removed, %s quarantined.\n", count(t.Dropped.Documents), count(t.Quarantined.Documents))
	d.cardGroups(&b, "Languages", "language", d.Languages)
	d.cardGroups(&b, "Sources", "source", d.Sources)
	d.cardLicences(&b)
	d.cardRemoved(&b)
	d.cardRecipe(&b)
	return []byte(b.String())
}

// cardHead writes the YAML front matter.
func (d *Data) cardHead(b *strings.Builder) {
	b.WriteString("---\n")
	if languages := d.cardLanguages(); len(languages) > 0 {
		b.WriteString("language:\n")
		for _, l := range languages {
			fmt.Fprintf(b, "- %s\n", quote(l))
		}
	}
	if ids := d.cardLicenceIDs(); len(ids) > 0 {
		b.WriteString("license:\n")
		for _, id := range ids {
			fmt.Fprintf(b, "- %s\n", id)
		}
	}
	fmt.Fprintf(b, "size_categories:\n- %s\n", sizeCategory(d.Totals.Kept.Documents))
	b.WriteString("configs:\n")
	for _, c := range cardConfigs(d.Run.Outputs) {
		fmt.Fprintf(b, "- config_name: %s\n  data_files:\n  - split: train\n    path:\n", c.name)
		for _, p := range shardPatterns(c.files) {
			fmt.Fprintf(b, "    - %s\n", quote(p))
		}
	}
	b.WriteString("---\n\n")
}

// A cardConfig is what load_dataset takes as one.
type cardConfig struct {
	name  string
	files []File
}

// cardConfigs makes a config of each folder of shards, by its name; of one folder the config "default".
func cardConfigs(files []File) []cardConfig {
	var out []cardConfig
	for _, f := range files {
		name := path.Base(path.Dir(f.Name))
		if k := slices.IndexFunc(out, func(c cardConfig) bool { return c.name == name }); k >= 0 {
			out[k].files = append(out[k].files, f)
			continue
		}
		out = append(out, cardConfig{name, []File{f}})
	}
	if len(out) == 1 {
		out[0].name = "default"
	}
	if len(out) == 0 {
		out = append(out, cardConfig{name: "default"})
	}
	for k := range out {
		if !configName.MatchString(out[k].name) {
			out[k].name = fmt.Sprintf("part-%d", k+1)
		}
	}
	return out
}

var configName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

// quote writes a YAML string: Go's escapes are YAML's.
func quote(s string) string { return strconv.QuoteToASCII(s) }

var languageCode = regexp.MustCompile(`^[a-z]{2,3}$`)

// cardLanguages are the codes of the output's languages, the most frequent first.
func (d *Data) cardLanguages() []string {
	var out []string
	list := slices.Clone(d.Languages)
	slices.SortStableFunc(list, func(a, b Group) int { return int(min(max(b.After.Documents-a.After.Documents, -1), 1)) })
	for _, g := range list {
		if languageCode.MatchString(g.Name) && g.Name != "und" && g.After.Documents > 0 && g.After.Documents*cardShare >= d.Totals.Kept.Documents {
			out = append(out, g.Name)
		}
	}
	return out
}

// knownLicences are the identifiers that Hugging Face knows, of those that text corpora bear.
var knownLicences = []string{
	"apache-2.0", "mit", "bsd", "bsd-2-clause", "bsd-3-clause", "cc", "cc0-1.0", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0",
	"cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0", "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "gfdl", "gpl", "gpl-2.0",
	"gpl-3.0", "lgpl-2.1", "lgpl-3.0", "agpl-3.0", "mpl-2.0", "odbl", "odc-by", "pddl", "unlicense", "isc", "wtfpl", "unknown",
}

// cardLicenceIDs are the licences of the output as Hugging Face names them; "other" for what it has no name for.
func (d *Data) cardLicenceIDs() []string {
	var out []string
	for _, l := range d.Licences {
		id := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(l.Name)), " ", "-")
		if !slices.Contains(knownLicences, id) {
			id = "other"
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func sizeCategory(n int64) string {
	low := "1K"
	for _, c := range []struct {
		below int64
		name  string
	}{{1e3, "n<1K"}, {1e4, "10K"}, {1e5, "100K"}, {1e6, "1M"}, {1e7, "10M"}, {1e8, "100M"}, {1e9, "1B"}, {1e10, "10B"}, {1e11, "100B"}, {1e12, "1T"}} {
		if n < c.below {
			if c.below == 1e3 {
				return c.name
			}
			return low + "<n<" + c.name
		}
		if c.below > 1e3 {
			low = c.name
		}
	}
	return "n>1T"
}

var shardNumber = regexp.MustCompile(`-\d{5,}(\.[A-Za-z.]+)$`)

// shardPatterns are the globs that name the shards.
func shardPatterns(files []File) []string {
	var out []string
	for _, f := range files {
		p := shardNumber.ReplaceAllString(path.Clean(f.Name), "-*$1")
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func (d *Data) cardGroups(b *strings.Builder, title, of string, list []Group) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n| %s | documents | of read | bytes | words |\n| --- | ---: | ---: | ---: | ---: |\n", title, of)
	for _, g := range list[:min(len(list), cardRows)] {
		words := "–"
		if d.Totals.Words {
			words = count(g.After.Words)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", prose(name(g.Name)), count(g.After.Documents), count(g.Before.Documents), count(g.After.Bytes), words)
	}
	if n := len(list) - cardRows; n > 0 {
		fmt.Fprintf(b, "\n%s more stand in `_winnow/report.json`.\n", count(int64(n)))
	}
}

func (d *Data) cardLicences(b *strings.Builder) {
	if len(d.Licences) == 0 {
		return
	}
	b.WriteString("\n## Licences\n\n| licence of the documents | documents | bytes |\n| --- | ---: | ---: |\n")
	for _, l := range d.Licences[:min(len(d.Licences), cardRows)] {
		fmt.Fprintf(b, "| %s | %s | %s |\n", prose(l.Name), count(l.Kept.Documents), count(l.Kept.Bytes))
	}
}

func (d *Data) cardRemoved(b *strings.Builder) {
	b.WriteString("\n## What was removed\n\n| stage | rule | kept | documents | of all |\n| --- | --- | --- | ---: | ---: |\n")
	all := d.Totals.Read.Documents + d.Totals.Made.Documents
	for _, s := range d.Stages {
		for _, r := range s.Rules {
			if n := r.Dropped.Documents; n > 0 {
				fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", prose(s.Label), prose(r.Name), prose(boundsText(r)), count(n), spaced(share(n, all)))
			}
		}
	}
	if n := d.Totals.Quarantined.Documents; n > 0 {
		fmt.Fprintf(b, "| quarantined | | | %s | %s |\n", count(n), spaced(share(n, all)))
	}
}

func (d *Data) cardRecipe(b *strings.Builder) {
	recipe := plain(d.Run.Recipe)
	fence := "```"
	for strings.Contains(recipe, fence) {
		fence += "`"
	}
	fmt.Fprintf(b, "\n## Recipe\n\n%syaml\n%s\n%s\n\nSeed %d, plan `%s`, winnow %s.\n", fence, strings.TrimRight(recipe, "\n"), fence, d.Run.Seed, strings.ReplaceAll(plain(d.Run.Key), "`", "'"), prose(d.Run.Winnow))
	if len(d.Run.Outputs) == 0 {
		return
	}
	b.WriteString("\n## Files\n\n| file | rows | bytes | sha256 |\n| --- | ---: | ---: | --- |\n")
	for _, f := range d.Run.Outputs[:min(len(d.Run.Outputs), cardFiles)] {
		fmt.Fprintf(b, "| %s | %s | %s | `%s` |\n", prose(f.Name), count(f.Rows), count(f.Bytes), strings.ReplaceAll(plain(f.SHA256), "`", "'"))
	}
	if n := len(d.Run.Outputs) - cardFiles; n > 0 {
		fmt.Fprintf(b, "\n%s more stand in `_winnow/report.json`.\n", plural(int64(n), "file"))
	}
}

var markdownMarks = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "|", `\|`, "#", `\#`, "~", `\~`, "$", `\$`, "\n", " ", "\t", " ", "!", `\!`,
)

// prose makes a name harmless inside Markdown.
func prose(s string) string { return markdownMarks.Replace(plain(s)) }

// spaced puts ordinary spaces where narrow ones stand.
func spaced(s string) string { return strings.ReplaceAll(s, thin, " ") }
