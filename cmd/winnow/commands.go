package main

import "github.com/spf13/cobra"

// commands lists the commands by group, in the order of the help.
var commands = []struct {
	group string
	make  func(*app) *cobra.Command
}{
	{"start", newInit},
	{"start", newLint},
	{"start", newPlan},
	{"run", newRun},
	{"run", newTask},
	{"inspect", newPreview},
	{"inspect", newMeasure},
	{"inspect", newExplain},
	{"inspect", newReport},
	{"inspect", newWhatif},
	{"inspect", newDiff},
	{"inspect", newStats},
	{"inspect", newCat},
	{"model", newModel},
	{"model", newGenerate},
	{"model", newScore},
	{"model", newEmbed},
	{"model", newTokenize},
	{"help", newStages},
	{"help", newSchema},
	{"help", newDoctor},
	{"help", newSandbox},
	{"help", newVersion},
}

// brief is what winnow says when it is called without a command.
const brief = `winnow turns raw text into a training corpus, with a report that explains every number.

  winnow run quickstart          curate the sample shards in the binary
  winnow init web > my.yaml      start a recipe of your own

start    init  lint  plan        a recipe, its mistakes, what it will cost and remove
run      run  task               the corpus; one task of it
inspect  preview  measure        what each stage does to single documents
         explain  report         what became of a document; the report again
         whatif  diff            other bounds without a rerun; two runs side by side
         stats  cat              any data set in plots, or as JSON lines
models   model  generate         what is in a model file, how fast it runs; answers
         score  embed  tokenize  probabilities, vectors, tokens of texts
help     stages  schema          every stage and setting; for editors
         doctor  sandbox         this machine; an endpoint and what to fix; attacks on its sandbox
         version  completion

winnow COMMAND --help shows examples first. Exit codes: 0 done, 1 failed, 2 usage or recipe, 3 quarantined (--strict), 4 interrupted.
`
