// Package punkt cuts English text into sentences and words as nltk does, so that what counts them counts the same.
//
//	punkt.Sentences("Dr. Smith left. He was late.")   // 2
//	for s := range punkt.Spans(text) { … text[s.Start:s.End] … }
//	punkt.Capitals("NASA sent 2 PROBES.")             // 2
//
// Sentences are found by the Punkt algorithm (Kiss and Strunk 2006, Computational Linguistics 32) with the stock English parameters of nltk
// 3.10: abbreviations, sentence starters, collocations and in which case words occur where. Words are those of nltk's word_tokenize.
// Both take time in proportion to the text.
package punkt
