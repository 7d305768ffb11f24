package rows

import "bytes"

// fewRows is the number of rows below which insertion beats distribution.
const fewRows = 24

// sortRows sorts the rows in b by their bytes from index at on: an American flag sort (McIlroy, Bostic and McIlroy,
// "Engineering radix sort", 1993), in place, linear in the bytes that tell rows apart.
func sortRows(b []byte, width, at int) {
	for at < width {
		n := len(b) / width
		if n <= fewRows {
			insertRows(b, width, at)
			return
		}
		var count [256]int
		for i := at; i < len(b); i += width {
			count[b[i]]++
		}
		if count[b[at]] == n { // all alike here
			at++
			continue
		}
		var next, end [256]int
		sum := 0
		for c, k := range count {
			next[c] = sum
			sum += k * width
			end[c] = sum
		}
		distribute(b, width, at, &next, &end)
		start := 0
		for _, k := range count {
			if k > 1 {
				sortRows(b[start:start+k*width], width, at+1)
			}
			start += k * width
		}
		return
	}
}

// distribute moves every row into the part of its byte at index at.
func distribute(b []byte, width, at int, next, end *[256]int) {
	for c := range 256 {
		for next[c] < end[c] {
			row := b[next[c] : next[c]+width]
			to := row[at]
			if int(to) == c {
				next[c] += width
				continue
			}
			swap(row, b[next[to]:next[to]+width])
			next[to] += width
		}
	}
}

// insertRows sorts few rows.
func insertRows(b []byte, width, at int) {
	for i := width; i < len(b); i += width {
		for j := i; j > 0 && bytes.Compare(b[j-width+at:j], b[j+at:j+width]) > 0; j -= width {
			swap(b[j-width:j], b[j:j+width])
		}
	}
}

// swap exchanges two rows.
func swap(x, y []byte) {
	y = y[:len(x)]
	for i := range x {
		x[i], y[i] = y[i], x[i]
	}
}
