package near

import "context"

// Noise is the label of a vector in no cluster.
const Noise = -1

// A Clustering is what DBSCAN found.
type Clustering struct {
	Labels   []int  // of each vector, its cluster, numbered by their first core vectors; or Noise
	Core     []bool // has at least so many neighbours
	Clusters int
}

// DBSCAN clusters the vectors by density (Ester et al. 1996), as scikit-learn does with metric cosine: neighbours are at a distance 1-cosine of
// at most eps, and a vector is its own. One with at least least neighbours is core. A vector at the border of two clusters belongs to the first.
func DBSCAN(ctx context.Context, s *Space, eps float64, least int) (Clustering, error) {
	n := s.Len()
	c := Clustering{Labels: make([]int, n), Core: make([]bool, n)}
	var pairs [][2]int32
	degree := make([]int32, n+1)
	for i := range n {
		if i&63 == 0 && ctx.Err() != nil {
			return c, ctx.Err()
		}
		s.Within(i, i+1, n, 1-eps, func(j int, cosine float64) {
			if 1-cosine <= eps {
				pairs = append(pairs, [2]int32{int32(i), int32(j)})
				degree[i]++
				degree[j]++
			}
		})
	}
	start := make([]int32, n+1)
	for i := range n {
		c.Labels[i], c.Core[i] = Noise, int(degree[i])+1 >= least
		start[i+1] = start[i] + degree[i]
	}
	neighbours, fill := make([]int32, 2*len(pairs)), append([]int32(nil), start...)
	for _, p := range pairs {
		neighbours[fill[p[0]]], neighbours[fill[p[1]]] = p[1], p[0]
		fill[p[0]]++
		fill[p[1]]++
	}
	var stack []int32
	for i := range n {
		if !c.Core[i] || c.Labels[i] != Noise {
			continue
		}
		c.Labels[i], stack = c.Clusters, append(stack, int32(i))
		for len(stack) > 0 {
			at := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if !c.Core[at] {
				continue
			}
			for _, j := range neighbours[start[at]:start[at+1]] {
				if c.Labels[j] == Noise {
					c.Labels[j], stack = c.Clusters, append(stack, j)
				}
			}
		}
		c.Clusters++
	}
	return c, nil
}
