package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/cpu"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/hub"
	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/run"
	"github.com/winnow-data/winnow/stages/blob/s3"
)

func newDoctor(a *app) *cobra.Command {
	var asJSON bool
	var recipe string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "what this machine offers, and what an endpoint or an object store does",
		Example: `  winnow doctor
  winnow doctor --access my.yaml        can it read and write all it needs?
  winnow doctor store s3://corpora/web
  winnow doctor endpoint http://127.0.0.1:8000/v1`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) > 0:
				return usage("winnow doctor looks at this machine, winnow doctor endpoint URL at an endpoint, winnow doctor store PATH at a bucket or folder; %q is neither", args[0])
			case recipe != "" && asJSON:
				return usage("--access and --json do not go together")
			}
			m := lookAround()
			if asJSON {
				e := json.NewEncoder(a.out)
				e.SetEscapeHTML(false)
				return e.Encode(m)
			}
			fmt.Fprint(a.out, m.text())
			if recipe == "" {
				return nil
			}
			job, err := a.load(recipe, runFlags{})
			if err != nil {
				return err
			}
			p, err := job.Plan(c.Context())
			if err != nil {
				return err
			}
			return a.access(c.Context(), job, p)
		},
	}
	c.AddGroup(&cobra.Group{ID: "doctor", Title: "Ask:"})
	for _, e := range []*cobra.Command{newDoctorEndpoint(a), newDoctorStore(a)} {
		e.GroupID, e.PreRunE = "doctor", oneOfEach
		c.AddCommand(e)
	}
	c.Flags().BoolVar(&asJSON, "json", false, "speak JSON")
	c.Flags().StringVar(&recipe, "access", "", "a recipe, as a file or by name: list all it touches, and try to write where it writes")
	return c
}

// A machine is what winnow finds where it runs.
type machine struct {
	Version  string       `json:"version"`
	System   string       `json:"system"`
	Cores    int          `json:"cores"` // that this process may use
	CPU      string       `json:"cpu"`
	Features []string     `json:"features"`
	Engine   string       `json:"engine"`       // the instruction set that models are computed with
	Memory   int64        `json:"memory_bytes"` // that the machine has or the cgroup allows
	Disks    []disk       `json:"disks"`
	Hub      string       `json:"hub"`
	Token    bool         `json:"hub_token"`
	Offline  bool         `json:"hub_offline"`
	Models   []hub.Cached `json:"models"`
	Store    s3.About     `json:"store"` // that s3:// leads to
	Problems []string     `json:"problems"`
}

type disk struct {
	For  string `json:"for"`
	Path string `json:"path"`
	Free int64  `json:"free_bytes"`
}

// lookAround asks the machine; it touches no network.
func lookAround() *machine {
	m := &machine{
		Version: pipelines.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.GOMAXPROCS(0), CPU: cpuName(), Features: cpuFeatures(), Engine: inference.Level(),
		Memory: run.MemoryAllowed(), Problems: []string{}, Models: []hub.Cached{}, Store: s3.Environment(os.Getenv),
	}
	if m.Engine == "generic" {
		m.Problems = append(m.Problems, "models run in plain Go, many times slower: the CPU has no AVX2, GODEBUG switches it off, or this winnow was built with -tags purego")
	}
	if m.Memory < 2<<30 {
		m.Problems = append(m.Problems, "less than 2 GiB of memory: dedup spills early, and models of 0.5 billion parameters fit only with 4 bits")
	}
	m.addDisk("here", ".")
	m.addDisk("scratch", os.TempDir())
	h, err := hub.FromEnv(os.Getenv)
	if err != nil {
		m.Problems = append(m.Problems, err.Error())
		return m
	}
	m.addDisk("models", h.Cache)
	m.Hub, m.Token, m.Offline = h.Endpoint, h.HasToken(), h.Offline
	models, err := h.Models()
	if err != nil {
		m.Problems = append(m.Problems, "the cache of models: "+err.Error())
	}
	m.Models = append(m.Models, models...)
	for _, c := range models {
		if c.Path == "" {
			m.Problems = append(m.Problems, c.Name+" is not whole in the cache: winnow model pull "+c.Name)
		}
	}
	return m
}

// addDisk notes the room where path is, or will be.
func (m *machine) addDisk(what, path string) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return
	}
	at := abs
	for {
		if free, ok := hub.Free(at); ok {
			m.Disks = append(m.Disks, disk{what, abs, free})
			if free < 1<<30 {
				m.Problems = append(m.Problems, fmt.Sprintf("only %s are free for %s (%s)", size(free), what, abs))
			}
			return
		}
		if filepath.Dir(at) == at {
			return
		}
		at = filepath.Dir(at)
	}
}

// text is the table for people.
func (m *machine) text() string {
	var b strings.Builder
	line := func(label, format string, args ...any) {
		fmt.Fprintf(&b, "%-9s %s\n", label, oneLine(fmt.Sprintf(format, args...), 200))
	}
	line("winnow", "%s, %s, %s", m.Version, runtime.Version(), m.System)
	line("cpu", "%s, %s", m.CPU, plural(m.Cores, "core"))
	line("", "%s", strings.Join(m.Features, " "))
	line("engine", "computes models with %s", m.Engine)
	line("memory", "%s; a run takes at most half of it, or what --memory says", size(m.Memory))
	for _, d := range m.Disks {
		line(d.For, "%s free in %s", size(d.Free), d.Path)
	}
	if m.Hub != "" {
		state := "no token"
		if m.Token {
			state = "with a token"
		}
		if m.Offline {
			state += ", HF_HUB_OFFLINE is set"
		}
		line("hub", "%s, %s", m.Hub, state)
	}
	if from := m.Store.From; len(from) > 0 {
		line("store", "s3:// is %s, by %s", m.Store.Address, strings.Join(from, ", "))
	} else {
		line("store", "s3:// is %s, without credentials in the environment", m.Store.Address)
	}
	for _, c := range m.Models {
		state := ""
		if c.Path == "" {
			state = ", not whole"
		}
		line("model", "%s, %s%s", c.Name, size(c.Bytes), state)
	}
	for _, p := range m.Problems {
		line("problem", "%s", p)
	}
	return b.String()
}

// cpuName is what the processor calls itself.
func cpuName() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(data)) {
			if name, ok := strings.CutPrefix(line, "model name"); ok {
				return strings.TrimSpace(strings.TrimLeft(name, "\t :"))
			}
		}
	}
	return runtime.GOARCH
}

// cpuFeatures lists the instruction sets that the engine's kernels can use and this CPU has.
func cpuFeatures() []string {
	found := []string{}
	for _, f := range []struct {
		name string
		has  bool
	}{
		{"AVX2", cpu.X86.HasAVX2},
		{"FMA", cpu.X86.HasFMA},
		{"AVX512F", cpu.X86.HasAVX512F},
		{"AVX512BW", cpu.X86.HasAVX512BW},
		{"AVX512DQ", cpu.X86.HasAVX512DQ},
		{"AVX512VL", cpu.X86.HasAVX512VL},
		{"AVX512_VNNI", cpu.X86.HasAVX512VNNI},
		{"AVX512_BF16", cpu.X86.HasAVX512BF16},
		{"AMX_INT8", cpu.X86.HasAMXInt8},
		{"ASIMD", cpu.ARM64.HasASIMD},
		{"ASIMDDP", cpu.ARM64.HasASIMDDP},
	} {
		if f.has {
			found = append(found, f.name)
		}
	}
	if len(found) == 0 {
		found = append(found, "no vector instructions that the engine uses")
	}
	return found
}
