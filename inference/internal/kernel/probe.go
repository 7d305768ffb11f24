package kernel

import (
	"runtime"
	"sync"
	"time"

	"github.com/winnow-data/winnow/inference/internal/mapped"
)

// Limits are what the machine can do at best, for shares of it. A multiplication and an addition are two operations.
type Limits struct {
	VNNI float64 // operations a second, 8-bit; 0 where the CPU has no AVX-512 VNNI
	BF16 float64 // operations a second; 0 where the CPU has no VDPBF16PS
	FMA  float64 // operations a second, float32; 0 without AVX2
	Read float64 // bytes a second from memory
}

const (
	probeTime = 15 * time.Millisecond
	probeRuns = 5         // the best counts
	probeRead = 192 << 20 // bytes a thread, more than the caches
)

// Peaks measures the limits of a number of threads at work together, the best of a few runs. It takes about half a second.
func Peaks(threads int) Limits {
	p := Limits{Read: readPeak(threads)}
	if current >= vnni {
		p.VNNI = opsPeak(threads, func(n int) int { return probeVNNI(n) })
	}
	if current >= vnniBF16 {
		p.BF16 = opsPeak(threads, func(n int) int { return probeBF16(n) })
	}
	if current >= avx2 {
		p.FMA = opsPeak(threads, func(n int) int { return probeFMA(n) })
	}
	return p
}

// opsPeak runs a probe, which makes n rounds and returns the operations of a round, on all threads.
func opsPeak(threads int, probe func(n int) int) float64 {
	n := 1000
	for { // as many rounds as fill the time
		start := time.Now()
		probe(n)
		if took := time.Since(start); took > probeTime/8 {
			n = int(float64(n) * float64(probeTime) / float64(took))
			break
		}
		n *= 2
	}
	ops := float64(probe(1)) * float64(n)
	return together(threads, ops, func(int) { probe(n) })
}

// readPeak reads memory of each thread.
func readPeak(threads int) float64 {
	data := make([][]byte, threads)
	for i := range data {
		data[i] = mapped.Huge(probeRead)
		defer mapped.Free(data[i])
		for at := 0; at < probeRead; at += 4096 {
			data[i][at] = 1
		}
	}
	return together(threads, probeRead, func(i int) { probeMemory(data[i]) })
}

// together returns how much all threads do in a second, where each run of f does the given amount: the best of a few tries.
func together(threads int, amount float64, f func(thread int)) (best float64) {
	for range probeRuns {
		var ready, done sync.WaitGroup
		start := make(chan struct{})
		for i := range threads {
			ready.Add(1)
			done.Go(func() {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				ready.Done()
				<-start
				f(i)
			})
		}
		ready.Wait()
		began := time.Now()
		close(start)
		done.Wait()
		best = max(best, amount*float64(threads)/time.Since(began).Seconds())
	}
	return best
}

// readGeneric reads every cache line.
func readGeneric(data []byte) {
	var sum byte
	for i := 0; i < len(data); i += 64 {
		sum += data[i]
	}
	runtime.KeepAlive(sum)
}
