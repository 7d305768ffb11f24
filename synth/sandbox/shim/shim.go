// Package shim is what programs of Go and their tests are linked with, inside of a box: [Serve] offers a program's functions, [Call] calls
// them from the process of the tests. Arguments and results cross as data, by way of the supervisor. It speaks the lines of zygote.py on
// descriptors 3 and 4. Whatever a program does to it, it can only return values.
package shim

import (
	"bufio"
	"errors"
	"os"
	"reflect"
	"strconv"
	"sync"
	"syscall"
)

var (
	answers = os.NewFile(3, "answers")
	calls   = bufio.NewReaderSize(os.NewFile(4, "calls"), 1<<16)
	asking  sync.Mutex
)

// Say writes a line to the supervisor.
func Say(line string) {
	if _, err := answers.WriteString(line + "\n"); err != nil {
		os.Exit(0)
	}
}

func hear() []byte {
	line, err := calls.ReadBytes('\n')
	if err != nil {
		return nil
	}
	return line
}

// Serve answers calls of functions until there are no more. A panic is an answer, too.
func Serve(functions map[string]any) {
	Say(`["loaded"]`)
	for line := hear(); line != nil; line = hear() {
		Say(answer(functions, line))
	}
	Say(`["done"]`)
	os.Exit(0)
}

func answer(functions map[string]any, line []byte) (reply string) {
	defer func() {
		if r := recover(); r != nil {
			reply = `["e",` + Describe(r, false) + `]`
		}
	}()
	call, err := parse(line)
	if err != nil || len(call.list) < 2 {
		panic("a call that cannot be read")
	}
	f := reflect.ValueOf(functions[call.list[0].text])
	t := f.Type()
	given := call.list[1].list
	if len(given) != t.NumIn() {
		panic("a call with another number of arguments")
	}
	args, before := make([]reflect.Value, len(given)), make([]string, len(given))
	for i := range args {
		args[i] = reflect.New(t.In(i)).Elem()
		read(given[i], args[i], 0)
		before[i] = write(args[i])
	}
	var results []reflect.Value
	if t.IsVariadic() {
		results = f.CallSlice(args)
	} else {
		results = f.Call(args)
	}
	b := []byte(`["r",[`)
	for i, r := range results {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, write(r)...)
	}
	b = append(b, `],[`...)
	n := 0
	for i, a := range args {
		after := write(a)
		if !shares(a.Kind()) || after == before[i] {
			continue
		}
		if n++; n > 1 {
			b = append(b, ',')
		}
		b = append(append(append(append(append(b, '['), strconv.Itoa(i)...), ','), after...), ']')
	}
	return string(append(b, "]]"...))
}

// shares says whether a callee can change what its caller holds.
func shares(k reflect.Kind) bool {
	return k == reflect.Slice || k == reflect.Map || k == reflect.Pointer || k == reflect.Interface
}

// A Panic is what a program panicked with, in the process of its tests.
type Panic struct {
	Type, Message string
	Errno         int // of an error of the system
}

func (p Panic) Error() string { return p.Message }

func broken(why string) Panic { return Panic{Type: "protocol", Message: why} }

// Call calls a function of the program. args and results point to values of its types; what the program changed in slices, maps and behind
// pointers is changed in args. It panics as the program did.
func Call(name string, args, results []any) {
	asking.Lock()
	defer asking.Unlock()
	b := append([]byte(`["call",[`), quote(name)...)
	b = append(b, ",["...)
	for i, a := range args {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, write(reflect.ValueOf(a).Elem())...)
	}
	Say(string(append(b, "],[]]]"...)))
	line := hear()
	if line == nil {
		os.Exit(0)
	}
	reply, err := parse(line)
	if err != nil || len(reply.list) < 3 {
		panic(broken("an answer that cannot be read"))
	}
	if reply.list[0].text == "e" {
		p := Panic{Type: reply.list[1].text, Message: reply.list[2].text}
		if len(reply.list) > 3 {
			p.Errno, _ = strconv.Atoi(reply.list[3].text)
		}
		panic(p)
	}
	if len(reply.list[1].list) != len(results) {
		panic(broken("an answer of another number of results"))
	}
	for i, r := range results {
		read(reply.list[1].list[i], reflect.ValueOf(r).Elem(), 0)
	}
	for _, change := range reply.list[2].list {
		if len(change.list) != 2 {
			continue
		}
		if i, err := strconv.Atoi(change.list[0].text); err == nil && i >= 0 && i < len(args) {
			a := reflect.ValueOf(args[i]).Elem()
			fresh := reflect.New(a.Type()).Elem()
			read(change.list[1], fresh, 0)
			update(a, fresh)
		}
	}
}

// update makes what old shares with others as fresh is.
func update(old, fresh reflect.Value) {
	switch old.Kind() {
	case reflect.Slice:
		for i := range min(old.Len(), fresh.Len()) {
			if shares(old.Index(i).Kind()) && !old.Index(i).IsZero() && !fresh.Index(i).IsZero() && old.Index(i).Kind() != reflect.Interface {
				update(old.Index(i), fresh.Index(i))
			}
			old.Index(i).Set(fresh.Index(i))
		}
	case reflect.Map:
		if !old.IsNil() {
			old.Clear()
			for _, k := range fresh.MapKeys() {
				old.SetMapIndex(k, fresh.MapIndex(k))
			}
		}
	case reflect.Pointer:
		if !old.IsNil() && !fresh.IsNil() {
			old.Elem().Set(fresh.Elem())
		}
	}
}

// Describe says what was panicked with, as four JSON values: type, message, number of the system's error, and whether the program panicked.
func Describe(r any, ofProgram bool) string {
	kind, text, number := "panic", "", 0
	switch r := r.(type) {
	case Panic:
		kind, text, number, ofProgram = r.Type, r.Message, r.Errno, true
	case unsendable:
		kind, text = "Unsendable", string(r)
	case error:
		text = spoken(r.Error)
		var e syscall.Errno
		if errors.As(r, &e) {
			number = int(e)
		}
	case string:
		text = r
	case interface{ String() string }:
		text = spoken(r.String)
	default:
		if v := reflect.ValueOf(r); v.CanInt() {
			text = strconv.FormatInt(v.Int(), 10)
		} else if v.IsValid() {
			text = v.Type().String()
		}
	}
	return quote(kind) + "," + quote(text[:min(len(text), 300)]) + "," + strconv.Itoa(number) + "," + strconv.FormatBool(ofProgram)
}

// spoken is what a method of the program says, unless it panics.
func spoken(say func() string) (text string) {
	defer func() {
		if recover() != nil {
			text = "a panic whose text panics"
		}
	}()
	return say()
}
