package tokenizer

// postJSON is a post-processor.
type postJSON struct {
	Type   string     `json:"type"`
	List   []postJSON `json:"processors"`
	Single []struct {
		SpecialToken *struct {
			ID string `json:"id"`
		} `json:"SpecialToken"`
	} `json:"single"`
}

// around returns the special tokens that a template puts before and behind a text, "" for none.
func (j *postJSON) around() (first, last string) {
	if j == nil {
		return "", ""
	}
	for i := range j.List {
		if j.List[i].Type == "TemplateProcessing" {
			return j.List[i].around()
		}
	}
	if n := len(j.Single); j.Type == "TemplateProcessing" && n > 1 {
		if t := j.Single[0].SpecialToken; t != nil {
			first = t.ID
		}
		if t := j.Single[n-1].SpecialToken; t != nil {
			last = t.ID
		}
	}
	return first, last
}
