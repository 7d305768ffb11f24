package near

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/winnow-data/winnow/stages/realdata"
)

// A stream is the generator of the golden files.
type stream uint64

func (s *stream) next() uint64 {
	*s += 0x9E37_79B9_7F4A_7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58_476D_1CE4_E5B9
	z = (z ^ z>>27) * 0x94D0_49BB_1331_11EB
	return z ^ z>>31
}

func (s *stream) float() float64 { return float64(s.next()>>11) * 0x1p-53 }

func unit(v []float64) []float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	for i := range v {
		v[i] /= math.Sqrt(sum)
	}
	return v
}

// vectors makes the vectors of a golden file, as its README describes them.
func vectors(seed uint64, n, dim, centers int, spread float64) (*Space, float64, [][]float64) {
	s := stream(seed)
	c := make([][]float64, centers)
	for i := range c {
		for range dim {
			c[i] = append(c[i], 2*s.float()-1)
		}
		unit(c[i])
	}
	space, sum := NewSpace(dim), 0.0
	var all [][]float64
	for range n {
		from := c[s.next()%uint64(centers)]
		r := spread * s.float()
		x := make([]float64, dim)
		for j := range x {
			x[j] = from[j] + r*(2*s.float()-1)
		}
		all = append(all, unit(x))
		short := make([]float32, dim)
		for j := range x {
			sum += x[j]
			short[j] = float32(x[j])
		}
		if _, err := space.Add(short); err != nil {
			panic(err)
		}
	}
	return space, sum, all
}

func lines(t testing.TB, name string) (rows [][]byte) {
	b, err := os.ReadFile(realdata.Path(t, "golden/ontology/"+name))
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		rows = append(rows, bytes.Clone(sc.Bytes()))
	}
	return rows
}

// TestDBSCAN compares with scikit-learn 1.9.1.
func TestDBSCAN(t *testing.T) {
	rows := lines(t, "dbscan-2k.jsonl")
	s, sum, all := vectors(42, 2000, 64, 400, 0.12)
	if math.Abs(sum-58.253533394958595) > 1e-9 || all[0][0] != 0.2008934159617659 {
		t.Fatalf("the vectors are others: sum %v, first %v", sum, all[0][0])
	}
	for _, row := range rows {
		var want struct {
			Eps        float64
			MinSamples int `json:"min_samples"`
			Clusters   int
			Core       []int
			Labels     []int
		}
		if err := json.Unmarshal(row, &want); err != nil {
			t.Fatal(err)
		}
		got, err := DBSCAN(t.Context(), s, want.Eps, want.MinSamples)
		if err != nil || got.Clusters != want.Clusters || !slices.Equal(got.Labels, want.Labels) {
			t.Errorf("least %d: %d clusters, want %d, or other labels; %v", want.MinSamples, got.Clusters, want.Clusters, err)
		}
		if want.Core != nil {
			var core []int
			for i, is := range got.Core {
				if is {
					core = append(core, i)
				}
			}
			if !slices.Equal(core, want.Core) {
				t.Errorf("least %d: core vectors differ", want.MinSamples)
			}
		}
	}
}

// TestOffer compares with the novelty filter of DEITA.
func TestOffer(t *testing.T) {
	type dropped struct {
		I, Nearest int
		Cosine     float64
	}
	var scores []int
	s, _, _ := vectors(7, 500, 32, 60, 0.35)
	rows := lines(t, "spread-500.jsonl")
	for _, row := range rows {
		var head struct{ Scores []int }
		if err := json.Unmarshal(row, &head); err != nil {
			t.Fatal(err)
		}
		if head.Scores != nil {
			scores = head.Scores
		}
	}
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return scores[b] - scores[a] })
	compared := 0
	for _, row := range rows {
		var want struct {
			Method    string
			Threshold float64
			Limit     int
			Selected  []int
			Dropped   []dropped
		}
		if err := json.Unmarshal(row, &want); err != nil {
			t.Fatal(err)
		}
		if want.Method != "deita" {
			continue
		}
		compared++
		c := NewChosen(32, want.Threshold)
		var got []int
		lost := map[int]dropped{}
		for _, i := range order {
			if want.Limit > 0 && len(got) == want.Limit {
				break
			}
			taken, nearest, cosine, err := c.Offer(s.plain[i*32 : (i+1)*32])
			if err != nil {
				t.Fatal(err)
			}
			if taken {
				got = append(got, i)
			} else {
				lost[i] = dropped{i, got[nearest], cosine}
			}
		}
		if !slices.Equal(got, want.Selected) {
			t.Errorf("threshold %v, limit %d: %d selected, want %d, or others", want.Threshold, want.Limit, len(got), len(want.Selected))
		}
		for _, d := range want.Dropped {
			if g := lost[d.I]; g.Nearest != d.Nearest || math.Abs(g.Cosine-d.Cosine) > 1e-6 {
				t.Errorf("threshold %v: %+v, want %+v", want.Threshold, g, d)
			}
		}
		if want.Limit == 0 && len(lost) != len(want.Dropped) {
			t.Errorf("threshold %v: %d dropped, want %d", want.Threshold, len(lost), len(want.Dropped))
		}
	}
	if compared != 4 {
		t.Errorf("%d golden rows compared", compared)
	}
}

// TestWithinLosesNothing compares with all pairs, for vectors of many widths, lengths and directions, zero and huge ones among them.
func TestWithinLosesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, dim := range []int{1, 2, 3, 7, 8, 9, 16, 33, 100} {
		s := NewSpace(dim)
		for range 60 {
			v := make([]float32, dim)
			scale := float32(math.Pow(10, float64(rng.IntN(80)-43)))
			for i := range v {
				if v[i] = float32(rng.NormFloat64()) * scale; rng.IntN(3) == 0 {
					v[i] = 0
				}
			}
			if _, err := s.Add(v); err != nil {
				t.Fatal(err)
			}
			if rng.IntN(2) == 0 { // a near one
				for i := range v {
					v[i] *= 1 + float32(rng.NormFloat64())*0.1
				}
				if _, err := s.Add(v); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, least := range []float64{0.999, 0.95, 0.5, 0, -0.5} {
			for i := range s.Len() {
				var got, want []int
				s.Within(i, 0, s.Len(), least, func(j int, _ float64) { got = append(got, j) })
				for j := range s.Len() {
					if s.Cosine(i, j) >= least {
						want = append(want, j)
					}
				}
				if !slices.Equal(got, want) {
					t.Fatalf("dim %d, vector %d at %v: %v, want %v", dim, i, least, got, want)
				}
			}
		}
	}
}

func TestOfferNamesTheFirst(t *testing.T) {
	c := NewChosen(2, 0.5)
	for _, v := range [][]float32{{1, 0}, {0, 1}} {
		if ok, _, _, err := c.Offer(v); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if ok, at, cosine, err := c.Offer([]float32{2, 2}); ok || at != 0 || math.Abs(cosine-math.Sqrt(0.5)) > 1e-9 || err != nil || c.Len() != 2 {
		t.Errorf("taken %v, nearest %d at %v, %v", ok, at, cosine, err)
	}
}

func TestAddRefuses(t *testing.T) {
	s := NewSpace(2)
	for _, v := range [][]float32{nil, {1}, {1, 2, 3}, {1, float32(math.NaN())}, {float32(math.Inf(1)), 0}} {
		if _, err := s.Add(v); err == nil || s.Len() != 0 {
			t.Errorf("%v: error %v, %d vectors", v, err, s.Len())
		}
	}
}

func FuzzWithin(f *testing.F) {
	f.Add([]byte{1, 2, 3, 250, 251, 252, 0, 0, 0}, 3)
	f.Fuzz(func(t *testing.T, b []byte, dim int) {
		dim = 1 + (dim&0xff)%20
		s := NewSpace(dim)
		for ; len(b) >= dim && s.Len() < 40; b = b[dim:] {
			v := make([]float32, dim)
			for i := range v {
				v[i] = float32(int8(b[i]))
			}
			if _, err := s.Add(v); err != nil {
				t.Fatal(err)
			}
		}
		for i := range s.Len() {
			n := 0
			s.Within(i, 0, s.Len(), 0.9, func(int, float64) { n++ })
			for j := range s.Len() {
				if s.Cosine(i, j) >= 0.9 {
					n--
				}
			}
			if n != 0 {
				t.Fatalf("vector %d: %d too many", i, n)
			}
		}
	})
}

func BenchmarkDBSCAN(b *testing.B) {
	s, _, _ := vectors(42, 2000, 64, 400, 0.12)
	for b.Loop() {
		if c, err := DBSCAN(b.Context(), s, 0.05, 2); err != nil || c.Clusters != 283 {
			b.Fatal(c.Clusters, err)
		}
	}
	b.ReportMetric(2000*float64(b.N)/b.Elapsed().Seconds(), "points/s")
}
