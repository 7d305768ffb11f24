package fasttext

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSum16(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	data := make([]float32, 64*16)
	for i := range data {
		data[i] = float32(rng.NormFloat64() * math.Exp(20*rng.Float64()))
	}
	data[16*3+5], data[16*4+5] = float32(math.Inf(1)), math.SmallestNonzeroFloat32
	for n := range 70 {
		rows := make([]int32, n)
		for i := range rows {
			rows[i] = int32(rng.IntN(64))
		}
		var x, want [16]float32
		for i := range x {
			x[i] = rng.Float32()
		}
		want = x
		sum16(&x, data, rows)
		for _, r := range rows {
			for k := range want {
				want[k] += data[int(r)*16+k]
			}
		}
		plain := x
		plainSum16(&plain, data, nil)
		for k := range want {
			if math.Float32bits(x[k]) != math.Float32bits(want[k]) || math.Float32bits(plain[k]) != math.Float32bits(x[k]) {
				t.Fatalf("%d rows: sum %d is %v, want %v", n, k, x[k], want[k])
			}
		}
	}
}

func TestPlainSum16(t *testing.T) {
	data := make([]float32, 3*16)
	for i := range data {
		data[i] = float32(i)
	}
	var x [16]float32
	plainSum16(&x, data, []int32{2, 0, 2})
	for k, v := range x {
		if want := float32(2*(32+k) + k); v != want {
			t.Errorf("sum %d is %v, want %v", k, v, want)
		}
	}
}

func TestModulus(t *testing.T) {
	xs := []uint32{0, 1, 2, 63, 1<<31 - 1, 1 << 31, math.MaxUint32 - 1, math.MaxUint32}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		xs = append(xs, rng.Uint32())
	}
	for _, by := range []uint32{1, 2, 3, 150, 400, 1 << 16, 2_000_000, 1<<31 - 1} {
		m := newModulus(by)
		for _, x := range append(xs, by-1, by, by+1) {
			if got := m.of(x); got != x%by {
				t.Fatalf("%d mod %d is %d, want %d", x, by, got, x%by)
			}
		}
	}
}

// TestSurvivors compares the ranked blocks with the table that they are made of, bucket for bucket, and n-gram for n-gram.
func TestSurvivors(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for _, buckets := range []int{1, 63, 64, 65, 1000} {
		tabled := dictionary{nwords: 7, pruned: true, mod: newModulus(uint32(buckets))}
		tabled.survivors.table = make([]uint64, 1<<12)
		for bucket := range buckets + 10 { // some that no n-gram can fall into
			if row := uint64(rng.IntN(5000)); rng.IntN(3) == 0 {
				tabled.survivors.table[tabled.survivors.slot(uint32(bucket))] = uint64(bucket)<<32 | row + 1
			}
		}
		ranked := tabled
		ranked.survivors.rank(buckets)
		for bucket := range buckets {
			if got, want := ranked.push(nil, uint32(bucket)), tabled.push(nil, uint32(bucket)); !slices.Equal(got, want) {
				t.Fatalf("%d buckets: bucket %d has rows %v, want %v", buckets, bucket, got, want)
			}
		}
		for _, w := range []string{"<>", "<a>", "<hello>", "<größe>", "<日本語>", "<\xff\x80a>", "\x80\x80"} {
			for _, a := range []args{{minn: 1, maxn: 1}, {minn: 2, maxn: 4}, {minn: 3, maxn: 6}, {minn: 0, maxn: 5}} {
				if got, want := ranked.grams([]int32{1}, []byte(w), &a), tabled.grams([]int32{1}, []byte(w), &a); !slices.Equal(got, want) {
					t.Errorf("%d buckets, n-grams of %d to %d of %q: rows %v, want %v", buckets, a.minn, a.maxn, w, got, want)
				}
			}
		}
	}
}
