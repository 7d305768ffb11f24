package sandbox

import (
	"testing"
)

func TestSmoke(t *testing.T) {
	s, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(s, s.Passed)
	for _, src := range []string{"def f(x): return x + 1", "import os\nos._exit(0)", "while 1: pass", "x = [0]*(10**9)", "raise SystemExit(0)", "import os\nos.kill(os.getpid(), 9)", "import os\nprint(os.listdir('/'), os.listdir('/work'), os.getuid(), os.getpid(), dict(os.environ), flush=True)\nopen('/x','w')", "import os\nwhile 1: os.fork()", "import time;time.sleep(100)", "x = ("} {
		l := DefaultLimits
		l.CPU /= 4
		l.Wall = 3e9
		o, err := s.Run(t.Context(), Program{Source: src, Calls: []string{"f(1)", "f((1,2))", "{1:(2,3.5,{4})}"}, Limits: l})
		t.Logf("%q: %v %v %+v %s %s cpu %v wall %v mem %d err %v", src, o.End, o.Why, o.Answers, o.Stdout, o.Stderr, o.CPU, o.Wall, o.Memory, err)
	}
	s.Close()
}
