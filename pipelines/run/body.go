package run

import (
	"unsafe"

	"github.com/winnow-data/winnow/stages"
)

// body returns what a chain's view is to show of a document. Where no step is there to keep a part of it, the turns of a conversation are joined in memory that the next
// document takes over: counted must follow.
func (c *chain) body(d *stages.Document) string {
	if len(c.steps) > 0 || len(d.Turns) < 2 {
		return d.Body()
	}
	b := c.joined[:0]
	for i := range d.Turns {
		if i > 0 {
			b = append(b, "\n\n"...)
		}
		b = append(b, d.Turns[i].Content...)
	}
	c.joined = b
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// counted takes the memory of body out of the view.
func (c *chain) counted() {
	if len(c.steps) == 0 {
		c.view.Reset("")
	}
}
