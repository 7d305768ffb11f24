package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/winnow-data/winnow/pipelines"
	"github.com/winnow-data/winnow/pipelines/plan"
	"github.com/winnow-data/winnow/stages/blob/place"
	"github.com/winnow-data/winnow/stages/blob/s3"
)

// access lists what a recipe reads and writes, on this machine and elsewhere, and tries what can be tried without leaving anything: the plan has
// opened every input; the output is probed.
func (a *app) access(ctx context.Context, job *pipelines.Job, p *plan.Plan) error {
	for _, in := range p.Inputs {
		fmt.Fprintf(a.out, "read   %s\n", safe(path(in.Root, in.Name)))
	}
	for _, in := range job.Recipe.Inputs {
		if in.List == "" {
			continue
		}
		list, err := place.Abs(job.Recipe.Dir, in.List)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.out, "read   %s\n", safe(list))
	}
	for i := range job.Recipe.Stages {
		for _, file := range job.Recipe.Stages[i].Files() {
			name := string(file)
			if !filepath.IsAbs(name) {
				name = filepath.Join(job.Recipe.Dir, name)
			}
			fmt.Fprintf(a.out, "read   %s\n", safe(name))
		}
	}
	fmt.Fprintf(a.out, "write  %s\n", safe(job.Out))
	away := a.accessStores(job, p)
	if err := a.accessModels(job, !away); err != nil {
		return err
	}
	return a.probe(ctx, job.Out)
}

// accessStores lists the hosts and variables of stores on other machines, and says whether there are any.
func (a *app) accessStores(job *pipelines.Job, p *plan.Plan) bool {
	hosts := map[string]bool{}
	store := strings.HasPrefix(job.Out, "s3://")
	tell := func(address string) {
		if u, err := url.Parse(address); err == nil && u.Host != "" && !hosts[u.Host] {
			hosts[u.Host] = true
			fmt.Fprintf(a.out, "host   %s\n", safe(u.Host))
		}
	}
	for _, in := range p.Inputs {
		if strings.HasPrefix(in.Root, "s3://") {
			store = true
		} else if place.IsRemote(in.Root) {
			tell(in.Root)
		}
	}
	if store {
		about := s3.Environment(os.Getenv)
		tell(about.Address)
		for _, from := range about.From {
			what := "variable"
			if strings.ContainsAny(from, `/\`) {
				what = "read  "
			}
			fmt.Fprintf(a.out, "%s %s\n", what, safe(from))
		}
	}
	return len(hosts) > 0
}

// probe tries to write where a run would. Of a folder of this machine that is not there yet, the one above it is tried.
func (a *app) probe(ctx context.Context, out string) error {
	if !place.IsRemote(out) {
		for {
			if info, err := os.Stat(out); err == nil && info.IsDir() {
				break
			} else if err == nil {
				return fmt.Errorf("%s is a file; the output is a folder", out)
			}
			out = filepath.Dir(out)
		}
	}
	return a.probed(out, place.Probe(ctx, out))
}

// probed tells what a probe found.
func (a *app) probed(where string, steps []place.Step) error {
	var done []string
	for _, s := range steps {
		if s.Err != nil {
			if len(done) > 0 {
				fmt.Fprintf(a.out, "tried  %s: %s\n", safe(where), strings.Join(done, ", "))
			}
			fmt.Fprintf(a.out, "failed %s: %s: %s\n", safe(where), s.Name, safe(s.Err.Error()))
			return exitError{exitFailed, errors.New("a run could not write to " + where)}
		}
		done = append(done, s.Name)
	}
	fmt.Fprintf(a.out, "tried  %s: %s\n", safe(where), strings.Join(done, ", "))
	return nil
}
