package tally

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"
)

// Every number lies in the bin it was counted in, and bins are no wider than promised.
func TestHistBins(t *testing.T) {
	for _, share := range []bool{false, true} {
		for _, x := range []float64{0, 1e-300, 1e-9, 1.0 / 32, 1.0 / 16, 0.3, 0.5, 0.999, 1, 1.01, 2, 31, 33, 1e6, 1e11, -1, -0.02, -7e5} {
			h := Hist{Share: share}
			h.Add(x)
			bins := h.Bins()
			if len(bins) != 1 || bins[0].Count != 1 {
				t.Fatalf("%v: bins %v", x, bins)
			}
			b := bins[0]
			inside := b.Lo <= x && x < b.Hi || b.Lo == b.Hi && math.Abs(x) < 1e-7 || x < 0 && b.Lo < x && x <= b.Hi || share && x == 1 && b.Hi == 1
			if !inside || b.Hi-b.Lo > math.Abs(x)/16+1e-12 {
				t.Errorf("share %v: %v lies in [%v, %v)", share, x, b.Lo, b.Hi)
			}
		}
	}
	for x := range 33 {
		var h Hist
		h.Add(float64(x))
		if lo := h.Bins()[0].Lo; lo != float64(x) {
			t.Errorf("%d counts from %v", x, lo)
		}
	}
}

func TestHistOddNumbers(t *testing.T) {
	var h Hist
	h.Add(math.NaN())
	if h.N != 0 || h.Quantile(0.5) != 0 {
		t.Errorf("NaN was counted: %+v", h)
	}
	h.Add(math.Inf(1))
	h.Add(math.Inf(-1))
	h.Add(math.Copysign(0, -1))
	h.Add(math.MaxFloat64)
	if h.N != 4 {
		t.Errorf("N %d, want 4", h.N)
	}
	raw, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var back Hist
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(h.Bins(), back.Bins()) || !math.IsInf(back.Max, 1) {
		t.Errorf("got %v %v, want %v", back.Bins(), back.Max, h.Bins())
	}
}

func TestHistQuantiles(t *testing.T) {
	var h Hist
	r := rand.New(rand.NewPCG(3, 4))
	xs := make([]float64, 20000)
	for i := range xs {
		xs[i] = math.Exp(r.NormFloat64()*2 + 5)
		h.Add(xs[i])
	}
	slices.Sort(xs)
	for _, q := range []float64{0, 0.01, 0.05, 0.5, 0.95, 0.99, 1} {
		want := xs[min(int(q*20000), 19999)]
		if got := h.Quantile(q); !(math.Abs(got/want-1) <= 0.07) { // one bin: 1/16
			t.Errorf("quantile %v: got %v want %v", q, got, want)
		}
	}
}

func TestTop(t *testing.T) {
	var whole Top
	var parts [8]Top
	truth := map[string]int64{}
	r := rand.New(rand.NewPCG(9, 9))
	z := rand.NewZipf(r, 1.2, 1, 1<<30)
	for i := range 200_000 {
		name := strconv.FormatUint(z.Uint64(), 36)
		f := Flow{1, 100, 10}
		truth[name]++
		whole.Add([]byte(name), f)
		parts[i%8].Add([]byte(name), f)
	}
	var sum Top
	for i := range parts {
		raw, err := json.Marshal(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		var back Top
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		sum.Merge(&back)
	}
	if len(truth) < 2*topNames || whole.Error == 0 {
		t.Fatalf("%d names do not fill the sketch", len(truth))
	}
	for what, x := range map[string]*Top{"whole": &whole, "merged": &sum} {
		if x.Error > 200_000/300 {
			t.Errorf("%s: error %d", what, x.Error)
		}
		for _, e := range x.List(topNames) {
			if n := truth[e.Name]; e.Documents > n || e.Documents+x.Error < n {
				t.Errorf("%s: %s: got %d, error %d, want %d", what, e.Name, e.Documents, x.Error, n)
			}
			if e.Words > 10*truth[e.Name] || e.Bytes > 100*truth[e.Name] || e.Words < 0 || e.Bytes < 0 {
				t.Errorf("%s: %s: words %d are no lower bound of %d", what, e.Name, e.Words, 10*truth[e.Name])
			}
		}
		if x.List(1)[0].Name != "0" {
			t.Errorf("%s: first is %q", what, x.List(1)[0].Name)
		}
	}
}

func TestTopIsExactBelowTheCap(t *testing.T) {
	var x Top
	for i := range topNames {
		for range 1 + i%3 {
			x.Add([]byte(strconv.Itoa(i)), Flow{1, 2, 3})
		}
	}
	if x.Error != 0 || x.Get("2") != (Flow{3, 6, 9}) || x.Get("none") != (Flow{}) || x.Len() != topNames {
		t.Errorf("error %d, %v, %d names", x.Error, x.Get("2"), x.Len())
	}
}

func TestHost(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.Example.ORG:8080/a?b#c": "example.org",
		"http://user:pw@host.example":        "host.example",
		`http:\/\/a.example\/x`:              "a.example",
		"https://[2001:db8::1]:80/":          "[2001:db8::1]",
		"http://www.com/":                    "www.com",
		"mailto:a@b.c":                       "",
		"":                                   "",
		"http://":                            "",
		"https://x.example?q=http://y":       "x.example",
	} {
		if got := string(Host(nil, []byte(in))); got != want {
			t.Errorf("%q: got %q want %q", in, got, want)
		}
	}
}
