package near

// A Chosen is a space that takes vectors one by one and refuses those that lie near one it has.
type Chosen struct {
	*Space
	most float64
}

// NewChosen returns an empty choice of vectors of dim numbers; one whose cosine with a chosen one exceeds most is refused.
func NewChosen(dim int, most float64) *Chosen { return &Chosen{NewSpace(dim), most} }

// Offer takes v, or says which chosen vector it is too near to: the one with the largest cosine, the first of equal ones.
func (c *Chosen) Offer(v []float32) (taken bool, nearest int, cosine float64, err error) {
	n, err := c.Add(v)
	if err != nil {
		return false, 0, 0, err
	}
	nearest, cosine = -1, c.most
	c.Within(n, 0, n, c.most, func(j int, x float64) {
		if x > cosine {
			nearest, cosine = j, x
		}
	})
	if nearest < 0 {
		return true, n, 0, nil
	}
	c.drop()
	return false, nearest, cosine, nil
}

// drop takes the last vector back.
func (s *Space) drop() {
	n := len(s.norm) - 1
	s.plain, s.norm = s.plain[:n*s.dim], s.norm[:n]
	s.head, s.tail = s.head[:n*step], s.tail[:n*(s.width-step)]
}
