package report

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Limits of the alerts.
const (
	wipeOut         = 0.5   // share of a source that was removed by other stages than those that draw a sample
	wipeOutLeast    = 20    // documents of a source that is judged
	largestCluster  = 1000  // documents
	randomDegree    = 1.0   // unrelated documents that a document collides with
	quarantineAmber = 0.001 // share of what was read
	quarantineRed   = 0.01
	offMixture      = 0.01 // share by which a group misses what was asked for
	judgedLeast     = 0.5  // share of a language's documents that a rule applied to
	removedMost     = 0.9  // share of what entered a stage
)

// alerts looks for what a person should know before using the corpus.
func (d *Data) alerts() []Alert {
	var out []Alert
	add := func(l Level, section, format string, args ...any) {
		out = append(out, Alert{l, plain(clip(fmt.Sprintf(format, args...), 600)), section})
	}
	d.alertSums(add)
	d.alertStages(add)
	d.alertSources(add)
	d.alertLanguages(add)
	d.alertDuplicates(add)
	d.alertMixtures(add)
	d.alertModels(add)
	d.alertAnswers(add)
	d.alertTags(add)
	d.alertQuarantine(add)
	d.alertRules(add)
	order := []Level{Red, Amber, Note, Green}
	slices.SortStableFunc(out, func(a, b Alert) int {
		return cmp.Compare(slices.Index(order, a.Level), slices.Index(order, b.Level))
	})
	return out
}

type adder = func(l Level, section, format string, args ...any)

func (d *Data) alertSums(add adder) {
	var wrong []string
	for _, s := range d.Sums {
		if s.Read+s.Made != s.Kept+s.Dropped+s.Quarantined {
			wrong = append(wrong, s.Of)
		}
	}
	if len(wrong) > 0 {
		add(Red, "funnel", "The sums do not meet for %s: read + made is not kept + dropped + quarantined.", list(wrong))
		return
	}
	t := d.Totals
	made := ""
	if t.Made.Documents > 0 {
		made = " + " + count(t.Made.Documents) + " made"
	}
	add(Green, "funnel", "Nothing is lost: %s read%s = %s kept + %s dropped + %s quarantined, for every stage and source.", count(t.Read.Documents), made,
		count(t.Kept.Documents), count(t.Dropped.Documents), count(t.Quarantined.Documents))
}

func (d *Data) alertStages(add adder) {
	if d.Totals.Kept.Documents == 0 {
		add(Red, "funnel", "No document is left.")
	}
	for _, s := range d.Stages {
		if n := s.Dropped.Documents - s.became(); s.In.Documents >= wipeOutLeast && part(n, s.In.Documents) > removedMost {
			level := Red
			if s.draws() {
				level = Note
			}
			add(level, "funnel", "%s removed %s of the %s that reached it.", s.Label, share(n, s.In.Documents), plural(s.In.Documents, "document"))
		}
	}
}

// draws says whether a stage removes documents because a budget is full and not for what they are.
func (s *Stage) draws() bool { return s.Name == "mix" || s.Name == "sample" || s.Name == "select" }

// became is how many documents a stage removed because rows were made of them: they are not lost.
func (s *Stage) became() int64 {
	for _, r := range s.Rules {
		if s.Name == "pick" && r.Name == "picked" {
			return r.Dropped.Documents
		}
	}
	return 0
}

func part(n, of int64) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func (d *Data) alertSources(add adder) {
	var lost, most []string
	for _, g := range d.Sources {
		n := g.Dropped.Documents
		for i, s := range d.Stages {
			if s.draws() && i < len(g.ByStage) {
				n -= g.ByStage[i]
			}
		}
		p := part(n, g.Before.Documents+g.Made.Documents)
		if g.Before.Documents < wipeOutLeast || p <= wipeOut {
			continue
		}
		text := name(g.Name) + " (" + percent(p) + ")"
		if p > removedMost {
			most = append(most, text)
		} else {
			lost = append(lost, text)
		}
	}
	if len(most) > 0 {
		add(Red, "sources", "%s lost nearly everything: %s.", plural(int64(len(most)), "source"), list(most))
	}
	if len(lost) > 0 {
		add(Amber, "sources", "%s lost more than half: %s.", plural(int64(len(lost)), "source"), list(lost))
	}
}

// alertLanguages tells of languages that a filter could not judge: amber when half of its rules did not apply to half of the documents
// of a language, a note when fewer did.
func (d *Data) alertLanguages(add adder) {
	for _, s := range d.Stages {
		missing := map[string]int{} // rules by language
		byRule := map[string][]string{}
		for _, u := range s.Unjudged {
			if u.Of >= wipeOutLeast && 1-part(u.Documents, u.Of) < judgedLeast {
				missing[u.Language]++
				byRule[u.Rule] = append(byRule[u.Rule], name(u.Language))
			}
		}
		if len(missing) == 0 {
			continue
		}
		var blind, rules []string
		for _, l := range slices.Sorted(maps.Keys(missing)) {
			if 2*missing[l] >= len(s.Rules) {
				blind = append(blind, name(l))
			}
		}
		for _, r := range s.Rules {
			if l := byRule[r.Name]; len(l) > 0 {
				rules = append(rules, r.Name+" to "+list(l))
			}
		}
		if len(blind) > 0 {
			add(Amber, "languages", "%s judged under half of %s.", s.Label, list(blind))
		}
		add(Note, "languages", "%s: not applied: %s.", s.Label, strings.Join(rules, "; "))
	}
}

func (d *Data) alertDuplicates(add adder) {
	for _, x := range d.Duplicates {
		if c := x.largest(); c.Size > largestCluster {
			add(Amber, "duplicates", "%s found a cluster of %s; the one kept is %s.", x.Stage, plural(c.Size, "document"), c.Kept)
		}
		if x.Random != nil && x.Random.Degree > randomDegree {
			add(Amber, "duplicates", "%s: a document meets %s unrelated ones by chance. Only verification keeps them apart.", x.Stage, about(x.Random.Degree))
		}
		if x.Uncompared > 0 {
			add(Note, "duplicates", "%s kept %s of giant clusters without comparing all candidates.", x.Stage, plural(x.Uncompared, "document"))
		}
		if n := x.Unranked + x.Without; n > 0 {
			add(Note, "duplicates", "%s: %s without the field that is compared or ranked by.", x.Stage, plural(n, "document"))
		}
	}
}

// largest is the cluster with the most documents.
func (x *Duplicates) largest() Cluster {
	var most Cluster
	for _, c := range x.Largest {
		if c.Size > most.Size {
			most = c
		}
	}
	return most
}

func (d *Data) alertMixtures(add adder) {
	for _, m := range d.Mixtures {
		var off, capped []string
		for _, g := range m.Groups {
			if math.Abs(g.Achieved-g.Asked) > offMixture {
				off = append(off, fmt.Sprintf("%s (asked %s, got %s)", name(g.Group), percent(g.Asked), percent(g.Achieved)))
			}
			if m.Short(g) {
				capped = append(capped, name(g.Group))
			}
		}
		if len(off) > 0 {
			add(Amber, "mixture", "%s is off by more than a point: %s.", m.Stage, list(off))
		}
		if len(capped) > 0 {
			add(Amber, "mixture", "%s: the largest number of epochs was reached by %s.", m.Stage, list(capped))
		}
	}
}

func (d *Data) alertQuarantine(add adder) {
	p := part(d.Quarantine.Records, d.Totals.Read.Documents)
	switch {
	case p > quarantineRed:
		add(Red, "quarantine", "%s quarantined, %s of what was read.", plural(d.Quarantine.Records, "record"), percent(p))
	case p > quarantineAmber:
		add(Amber, "quarantine", "%s quarantined, %s of what was read.", plural(d.Quarantine.Records, "record"), percent(p))
	case d.Quarantine.Records > 0:
		add(Note, "quarantine", "%s quarantined, %s of what was read.", plural(d.Quarantine.Records, "record"), percent(p))
	}
}

// alertRules names the rules that have a bound, measured something and found nothing.
func (d *Data) alertRules(add adder) {
	var idle []string
	for _, s := range d.Stages {
		for _, r := range s.Rules {
			bounded := !math.IsInf(float64(r.Min), -1) || !math.IsInf(float64(r.Max), 1)
			if bounded && r.Values.N > 0 && r.Outside == 0 && r.Dropped.Documents == 0 {
				idle = append(idle, s.Label+"."+r.Name)
			}
		}
	}
	if len(idle) > 0 {
		add(Note, "thresholds", "%s never fired: %s.", plural(int64(len(idle)), "rule"), list(idle))
	}
}

// name writes the name of a group; the empty one is unknown.
func name(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}

// list joins the first few names.
func list(names []string) string {
	const most = 6
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}
