package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/winnow-data/winnow/inference"
	"github.com/winnow-data/winnow/inference/remote"
	"github.com/winnow-data/winnow/inference/remote/remotetest"
)

func doctor(args ...string) (out, errw string, code int) {
	var o, e bytes.Buffer
	code = Main(append([]string{"doctor"}, args...), strings.NewReader(""), &o, &e)
	return o.String(), e.String(), code
}

func TestDoctorEndpoint(t *testing.T) {
	good := remotetest.New(t)
	good.Reply = func(body map[string]any) string {
		if strings.Contains(fmt.Sprint(body), "capital") {
			return `{"city":"Lisbon"}`
		}
		return "yes\x1b[31m"
	}
	out, _, code := doctor("endpoint", good.URL)
	if code != exitDone || strings.Count(out, " ok ") != 8 || strings.Contains(out, "\x1b") || strings.Contains(out, "does not work") {
		t.Errorf("exit code %d and\n%s\nwant eight calls that are ok", code, out)
	}
	good.Key = "sk-secret"
	out, _, code = doctor("endpoint", good.URL, "--model", "tiny")
	if code != exitFailed || !strings.Contains(out, "--key-env NAME") || !strings.Contains(out, "Plain chat does not work") {
		t.Errorf("no key: exit code %d and\n%s", code, out)
	}
	t.Setenv("DOCTOR_TEST_KEY", "sk-secret")
	out, _, code = doctor("endpoint", good.URL, "--key-env", "DOCTOR_TEST_KEY", "--json")
	var r remote.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitDone || !r.Works || len(r.Checks) != 9 || strings.Contains(out, "sk-secret") {
		t.Errorf("with the key: exit code %d, %v and\n%s", code, err, out)
	}
}

func TestDoctorUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"endpoint"}, "takes 1 argument"},
		{[]string{"endpoint", "nowhere"}, "no web address"},
		{[]string{"endpoint", "http://127.0.0.1:1", "--key-env", "DOCTOR_TEST_NONE"}, "DOCTOR_TEST_NONE, which is not set"},
		{[]string{"endpoint", "http://127.0.0.1:1", "--timeout", "0s"}, "--timeout"},
		{[]string{"endpiont"}, "doctor endpoint URL"},
	} {
		if _, errw, code := doctor(c.args...); code != exitUsage || !strings.Contains(errw, c.says) {
			t.Errorf("%v: exit code %d and %q, want %d and %q", c.args, code, errw, exitUsage, c.says)
		}
	}
}

func TestDoctorOfThisMachine(t *testing.T) {
	t.Setenv("HF_HOME", t.TempDir())
	t.Setenv("HF_TOKEN", "hf_secret")
	out, _, code := doctor()
	for _, s := range []string{"cpu", "memory", "scratch", "hub", "with a token"} {
		if !strings.Contains(out, s) {
			t.Errorf("%q is nowhere in\n%s", s, out)
		}
	}
	var m machine
	asJSON, _, jsonCode := doctor("--json")
	if err := json.Unmarshal([]byte(asJSON), &m); err != nil || code != 0 || jsonCode != 0 || m.Cores < 1 || m.Memory < 1<<20 || len(m.Disks) != 3 {
		t.Errorf("exit codes %d and %d, %v and\n%s", code, jsonCode, err, asJSON)
	}
	if strings.Contains(out+asJSON, "hf_secret") {
		t.Error("the token is shown")
	}
}

// TestDoctorEngine: the doctor says with what this machine computes models, and calls plain Go a problem.
func TestDoctorEngine(t *testing.T) {
	out, _, code := doctor()
	plain := strings.Contains(out, "models run in plain Go")
	if code != exitDone || !strings.Contains(out, "computes models with "+inference.Level()+"\n") || plain != (inference.Level() == "generic") {
		t.Errorf("exit code %d and\n%s", code, out)
	}
}
