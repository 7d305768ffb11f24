# The zygote of a box: one warm interpreter that forks a process for each program. It speaks frames with the supervisor on
# descriptors 0 and 1: a byte for the kind, four bytes (little endian) for the length, the payload.
# To the supervisor: H ready, O what the program answered, S standard output, T standard error, A a file it has made, E the end of a program.
# From it: C configuration, F a file of the next program (its name, NUL, its bytes), R run a program, I input for the program, X no more input, K kill it.
import ctypes, errno, gc, json, os, resource, select, signal, socket, stat, struct, sys, time, types
from _json import encode_basestring_ascii as quote

NEWPID, NEWNS, TICK, KEPT, DISCARDED = 0x20000000, 0x00020000, 0.02, 64 << 10, 16 << 20
GO_SPACE, GO_DATA = 1300 << 20, 48 << 20  # what Go's runtime reserves of addresses, and takes of memory, before a program begins
libc = ctypes.CDLL(None, use_errno=True)
HERTZ = os.sysconf("SC_CLK_TCK")
MODULE = "program"  # __name__ of a program that is called


def must(result, doing):
    if result != 0:
        raise OSError(ctypes.get_errno(), doing + ": " + os.strerror(ctypes.get_errno()))


def take(n):
    parts = []
    while n:
        part = os.read(0, min(n, 1 << 20))
        if not part:
            os._exit(0)
        parts.append(part)
        n -= len(part)
    return b"".join(parts)


def receive():
    head = take(5)
    return head[:1], take(struct.unpack("<I", head[1:])[0])


def send(kind, payload):
    view = memoryview(kind + struct.pack("<I", len(payload)) + payload)
    while view:
        view = view[os.write(1, view):]


# What the compiler and the interpreter set up at their first use is set up before the forks.
WARM = """
from typing import List
class C:
    def f(self, x: List[int], *a, **k):
        'doc'
        try:
            return sorted([i ** 2 % 7 for i in range(x) if i], key=lambda v: -v), {1: 'a'}, {*a}, f"{x:>3}"
        except ValueError as e:
            raise e
for i in range(3):
    assert C().f(i)[0] is not None
"""

# ---- values: JSON with tags for what JSON lacks


def encode(v, depth=0, seen=None):
    if depth > 200:
        raise ValueError("nested too deeply")
    if v is None:
        return "null"
    if v is True:
        return "true"
    if v is False:
        return "false"
    t = type(v)
    if t is not int and t is not str and t is not list and t is not float and t is not tuple:
        return encode_other(v, depth)
    if t is int:
        return str(v) if -(1 << 200) < v < 1 << 200 else '{"i":"%x"}' % v
    if t is str:
        if not v.isascii():
            try:
                v.encode()
            except UnicodeEncodeError:
                return '{"u":"%s"}' % v.encode("utf-8", "surrogatepass").hex()
        return quote(v)
    if t is float:
        return repr(v) if v - v == 0 else '{"f":"%s"}' % v
    parts = ",".join([encode(x, depth + 1) for x in v])
    return "[" + parts + "]" if t is list else '{"t":[' + parts + "]}"


VIEWS = (type({}.keys()), type({}.items()))


def encode_other(v, depth):
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, int):
        return encode(int.__add__(v, 0), depth)
    if isinstance(v, float):
        return encode(float.__add__(v, 0.0), depth)
    if isinstance(v, str):
        return encode(str.__str__(v), depth)
    if isinstance(v, (list, tuple)):
        base = list if isinstance(v, list) else tuple
        return encode(base(base.__iter__(v)), depth)
    if isinstance(v, dict):
        items = [x for x in dict.items(v)]
        return '{"d":[' + ",".join(["[" + encode(k, depth + 1) + "," + encode(x, depth + 1) + "]" for k, x in items]) + "]}"
    if isinstance(v, (set, frozenset)) or type(v) in VIEWS:
        return '{"s":[' + ",".join([encode(x, depth + 1) for x in v]) + "]}"
    if isinstance(v, (bytes, bytearray)):
        return '{"b":"%s"}' % bytes(v).hex()
    if isinstance(v, complex):
        return '{"c":[%s,%s]}' % (encode(v.real), encode(v.imag))
    if type(v) in RATIONAL:
        try:
            n, d = v.as_integer_ratio()
            return '{"q":["%x","%x"]}' % (n, d)
        except (ValueError, OverflowError):
            pass
    return '{"o":%s}' % quote(type(v).__name__[:80])


RATIONAL = ()


class Opaque:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return "<" + self.name + ">"


def decode(v):
    if type(v) is list:
        return [decode(x) for x in v]
    if type(v) is not dict:
        return v
    (tag, x), = v.items()
    if tag == "t":
        return tuple([decode(y) for y in x])
    if tag == "d":
        return {decode(k): decode(y) for k, y in x}
    if tag == "s":
        return {decode(y) for y in x}
    if tag == "i":
        return int(x, 16)
    if tag == "u":
        return bytes.fromhex(x).decode("utf-8", "surrogatepass")
    if tag == "f":
        return float(x)
    if tag == "b":
        return bytes.fromhex(x)
    if tag == "c":
        return complex(decode(x[0]), decode(x[1]))
    if tag == "q":
        import fractions
        return fractions.Fraction(int(x[0], 16), int(x[1], 16))
    return Opaque(x)


# ---- the program's process


def confine(spec, config, pipes, files):
    """Shuts this process in; returns a descriptor of the binary that it shall become, or None."""
    os.setpgid(0, 0)  # a signal to the own group must not reach the zygote
    libc.prctl(1, signal.SIGKILL, 0, 0, 0)  # dies with it
    null = os.open("/dev/null", os.O_RDWR)
    for at, fd in enumerate((null, pipes["out"][1], pipes["err"][1], pipes["result"][1], pipes["input"][0], pipes["folder"][1])):
        os.dup2(fd, 64 + at)
    for at in range(6):
        os.dup2(64 + at, at)
    os.closerange(6, 1 << 20)
    if config["namespaces"]:
        must(libc.unshare(NEWNS), "unshare the mounts")
        room = sum(len(data) + 4096 for _, data in files)
        options = b"size=%d,nr_inodes=%d,mode=0700" % (spec["disk"] + room, spec["inodes"] + len(files))
        must(libc.mount(b"work", b"/work", b"tmpfs", 6, options), "mount the work folder")
        must(libc.umount2(b"/proc", 2), "unmount /proc")
        os.chdir("/work")
    else:
        os.chdir(config["work"])
    binary = hand(spec, files)
    os.close(5)
    limit = resource.setrlimit
    seconds = int(spec["cpu"]) + 2
    limit(resource.RLIMIT_CPU, (seconds, seconds))
    space = BASE
    if spec["exec"]:  # a program of Go reserves more than it takes: what it takes has a limit of its own
        space = GO_SPACE
        limit(resource.RLIMIT_DATA, (spec["memory"] + GO_DATA, spec["memory"] + GO_DATA))
        if not config["namespaces"] and os.getuid():
            tasks = HELD + 256 + spec["pids"]
            limit(resource.RLIMIT_NPROC, (tasks, tasks))
    limit(resource.RLIMIT_AS, (spec["memory"] + space, spec["memory"] + space))
    limit(resource.RLIMIT_FSIZE, (spec["file"], spec["file"]))
    limit(resource.RLIMIT_NOFILE, (spec["files"], spec["files"]))
    limit(resource.RLIMIT_CORE, (0, 0))
    limit(resource.RLIMIT_MEMLOCK, (0, 0))
    limit(resource.RLIMIT_MSGQUEUE, (0, 0))
    if config["namespaces"]:
        limit(resource.RLIMIT_NPROC, (spec["pids"] + 2, spec["pids"] + 2))
        libc.prctl(47, 4, 0, 0, 0)
        must(libc.capset(struct.pack("<II", 0x20080522, 0), bytes(24)), "drop capabilities")
    must(libc.prctl(4, 0, 0, 0, 0), "make undumpable")
    refuse(config["program"])
    return binary


def hand(spec, files):
    """Writes the files of a program into its work folder. The binary that it shall become and its standard input are opened and leave no name."""
    for name, data in files:
        with open(name, "xb") as f:
            f.write(data)
    if spec["fetch"]:
        with socket.socket(fileno=os.dup(5)) as s:
            socket.send_fds(s, [b"."], [os.open(".", os.O_RDONLY | os.O_DIRECTORY)])
    if spec["stdin"]:
        fd = os.open("stdin", os.O_RDONLY)
        os.dup2(fd, 0)
        os.close(fd)
        os.unlink("stdin")
    if not spec["exec"]:
        return None
    if spec["exec"][0].startswith("/"):
        return os.open(spec["exec"][0], os.O_RDONLY | os.O_CLOEXEC)
    os.chmod(spec["exec"][0], 0o500)
    fd = os.open(spec["exec"][0], os.O_RDONLY | os.O_CLOEXEC)
    os.unlink(spec["exec"][0])
    return fd


def refuse(code):
    """Takes a filter on system calls on this process and its children, for good."""
    must(libc.prctl(38, 1, 0, 0, 0), "set no_new_privs")
    code = bytes.fromhex(code).replace(b"\xefPID", struct.pack("<I", os.getpid()))
    buffer = ctypes.create_string_buffer(code, len(code))
    program = struct.pack("<HxxxxxxQ", len(code) // 8, ctypes.addressof(buffer))
    must(libc.prctl(22, 2, program, 0, 0), "set a system call filter")


def start(spec, config, pipes, files):
    try:
        binary = confine(spec, config, pipes, files)
        if binary is not None:
            os.execve(binary, spec["exec"], spec["env"])
    except BaseException as e:
        line = ('["harness",%s]\n' % describe(e)).encode()
        try:
            os.write(pipes["result"][1], line)
        except OSError:
            os.write(3, line)
        return
    be_program(spec)


def describe(e):
    t = type(e)
    try:
        text = str(e)[:300]
    except BaseException:
        text = ""
    number = e.errno if isinstance(e, OSError) and isinstance(e.errno, int) else 0
    return "%s,%s,%d,%s" % (quote(t.__name__[:80]), quote(text), number, "true" if hasattr(e, "of_program") else "false")


def be_program(spec):
    write, done, whose, own = os.write, os._exit, os.getpid, os.getpid()

    def say(line):
        if whose() != own:
            done(0)
        view = memoryview(line.encode() + b"\n")
        while view:
            view = view[write(3, view):]

    # A program whose functions are called is a module: what it does as a script, such as to read its input, is none of the tests' business.
    called = spec["role"] == "answers" or spec["role"] == "program" and (spec["calls"] or spec["guests"])
    module = types.ModuleType(MODULE if called else "__main__")
    sys.modules["__main__"] = sys.modules[module.__name__] = module
    sys.argv = [""]
    space = module.__dict__
    space["__builtins__"] = __builtins__
    lines = None
    if spec["role"] != "program":
        lines = open(4, "rb", closefd=False)
    try:
        if spec["helpers"]:
            exec(compile(spec["helpers"], "<helpers>", "exec", dont_inherit=True), space)
        if spec["role"] == "tests":
            space.update(proxies(spec, say, lines))
        code = compile(spec["source"], "<program>", "exec", dont_inherit=True)
    except BaseException as e:
        say('["syntax",%s]' % describe(e))
        done(0)
    gc.enable()
    try:
        exec(code, space)
    except BaseException as e:
        say('["top",%s]' % describe(e))
        done(0)
    say('["loaded"]')
    if spec["role"] == "answers":
        answer_calls(space, say, lines)
    elif spec["guests"]:
        run_guests(spec, say)
    else:
        run_calls(spec, space, say)
    try:
        sys.stdout.flush()
    except BaseException:
        pass
    say('["done"]')
    done(0)


def run_calls(spec, space, say):
    tests, needs, raised = spec["role"] == "tests", spec["needs"], set()
    for i, source in enumerate(spec["calls"]):
        if i < spec["skip"]:
            continue
        if needs and needs[i] in raised:
            raised.add(i)
            say('["x",%d,"Skipped","",0,false]' % i)
            continue
        try:
            if tests:
                exec(compile(source, "<test>", "exec", dont_inherit=True), space)
                line = '["v",%d,null]' % i
            else:
                value = eval(compile(source, "<call>", "eval", dont_inherit=True), space)
                line = '["v",%d,%s]' % (i, encode(value))
        except BaseException as e:
            raised.add(i)
            say('["x",%d,%s]' % (i, describe(e)))
            if spec["stop"]:
                os._exit(0)
        else:
            say(line)


def run_guests(spec, say):
    """Runs tame programs one after another, each in a space of its own: one answer for all calls of each. Of others it says whether they compile."""
    import builtins
    calls = [compile(c, "<call>", "eval", dont_inherit=True) for c in spec["calls"]]
    needs = spec["needs"] or [-1] * len(calls)
    for k, source in enumerate(spec["guests"]):
        if k >= spec["skip"]:
            say('["v",%d,[%s]]' % (k, ",".join(run_guest(source, spec["tame"][k], calls, needs, builtins))))


def run_guest(source, tame, calls, needs, builtins):
    try:
        code = compile(source, "<program>", "exec", dont_inherit=True)
    except BaseException as e:
        return ['["syntax",%s]' % describe(e)]
    if not tame:
        return []
    space = {"__name__": MODULE, "__builtins__": dict(vars(builtins))}
    try:
        exec(code, space)
    except BaseException as e:
        return ['["top",%s]' % describe(e)]
    lines, raised = [], set()
    for i, call in enumerate(calls):
        if needs[i] in raised:
            raised.add(i)
            lines.append('["x","Skipped","",0,false]')
            continue
        try:
            lines.append('["v",%s]' % encode(eval(call, space)))
        except BaseException as e:
            raised.add(i)
            lines.append('["x",%s]' % describe(e))
    return lines


def answer_calls(space, say, lines):
    for line in lines:
        name, args, named = json.loads(line)
        try:
            args, named = decode(args), {k: decode(x) for k, x in named}
            before = [encode(a) for a in args]
            value = eval(name, space)(*args, **named)
            after = [encode(a) for a in args]
            changed = ",".join(['[%d,%s]' % (i, a) for i, a in enumerate(after) if a != before[i]])
            line = '["r",%s,[%s]]' % (encode(value), changed)
        except BaseException as e:
            line = '["e",%s]' % describe(e)
        say(line)


class Unsendable(BaseException):
    pass


def proxies(spec, say, lines):
    import builtins

    def proxy(name):
        def call(*args, **named):
            try:
                for v in [*args, *named.values()]:
                    if '{"o":' in encode(v):
                        raise ValueError("an object")
                line = "[%s,%s,[%s]]" % (quote(name), encode(list(args)), ",".join(["[%s,%s]" % (quote(k), encode(v)) for k, v in named.items()]))
            except (ValueError, RecursionError) as e:
                raise Unsendable("an argument of %s cannot be sent to the program: %s" % (name, e)) from None
            say('["call",%s]' % line)
            reply = json.loads(lines.readline() or '["gone"]')
            if reply[0] == "r":
                for i, new in reply[2]:
                    update(args[i], decode(new))
                return decode(reply[1])
            if reply[0] == "e":
                kind = getattr(builtins, reply[1], None)
                if not (isinstance(kind, type) and issubclass(kind, Exception)):
                    kind = RuntimeError
                error = RuntimeError(reply[2])
                try:
                    error = kind(reply[2])
                except Exception:
                    pass
                error.of_program = True
                raise error
            os._exit(0)

        call.__name__ = name
        return call

    return {name: proxy(name) for name in spec["names"]}


def update(old, new):
    if type(old) is list and type(new) is list:
        old[:] = new
    elif type(old) in (dict, set) and type(new) is type(old):
        old.clear()
        old.update(new)


# ---- the zygote's own work


def tree(mine):
    """CPU seconds, bytes and tasks of all processes of the box but those that belong to it."""
    cpu = memory = tasks = 0
    for name in os.listdir("/proc"):
        if not name.isdecimal() or int(name) in mine:
            continue
        try:
            with open("/proc/%s/stat" % name, "rb") as f:
                stat = f.read().rpartition(b")")[2].split()
            cpu += sum(map(int, stat[11:15]))
            tasks += int(stat[17])
            with open("/proc/%s/status" % name, "rb") as f:
                for line in f:
                    if line.startswith((b"RssAnon:", b"RssShmem:", b"VmSwap:")):
                        memory += int(line.split()[1]) << 10
        except (OSError, ValueError, IndexError):
            pass
    return cpu / HERTZ, memory, tasks


class Watch:
    """What is known of the running program."""

    def __init__(self, spec, config, pid):
        self.spec, self.config, self.pid = spec, config, pid
        self.start, self.reason, self.memory, self.counts = time.monotonic(), "", 0, {"O": 0, "S": 0, "T": 0}
        self.since, self.said, self.next = 0.0, 0, TICK

    def kill(self, reason):
        if not self.reason:
            self.reason = reason
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def look(self):
        spec = self.spec
        if self.config["namespaces"]:
            cpu, memory, tasks = tree(MINE)
        else:
            memory, tasks = 0, 1
            try:
                cpu = time.clock_gettime((~self.pid << 3) | 2)
            except OSError:
                cpu = 0
            if overfull(self.config["work"], spec["disk"], spec["inodes"]):
                self.kill("disk")
        self.memory = max(self.memory, memory)
        if self.counts["O"] != self.said:
            self.since, self.said = cpu, self.counts["O"]
        if cpu > spec["cpu"]:
            self.kill("cpu")
        elif spec["call_cpu"] and cpu - self.since > spec["call_cpu"]:
            self.kill("call")
        elif memory > spec["memory"]:
            self.kill("memory")
        elif tasks > spec["pids"]:
            self.kill("processes")
        elif time.monotonic() - self.start > spec["wall"]:
            self.kill("wall")
        bound = min(spec["cpu"], self.since + (spec["call_cpu"] or spec["cpu"])) - cpu
        self.next = min(TICK, max(0.003, bound))

    def heard(self, kind, data):
        n = self.counts[kind]
        self.counts[kind] = n + len(data)
        if kind == "O":
            if n + len(data) > self.spec["answer"]:
                self.kill("output")
            else:
                send(b"O", data)
        else:
            if n < KEPT:
                send(kind.encode(), data[:KEPT - n])
            if n + len(data) > DISCARDED:
                self.kill("output")


def run(spec, config, files):
    pipes = {k: os.pipe() for k in ("result", "out", "err", "input")}
    pipes["folder"] = [s.detach() for s in socket.socketpair()] if spec["fetch"] else os.pipe()
    if config["namespaces"]:
        must(libc.unshare(NEWPID), "unshare the processes")
    pid = os.fork()
    if pid == 0:
        try:
            start(spec, config, pipes, files)
        finally:
            os._exit(1)
    if config["namespaces"]:
        must(libc.setns(OWN, NEWPID), "return to the own processes")
    for side in ("result", "out", "err", "folder"):
        os.close(pipes[side][1])
    os.close(pipes["input"][0])
    files.clear()
    watch = Watch(spec, config, pid)
    usage, status = attend(watch, pid, {pipes["result"][0]: "O", pipes["out"][0]: "S", pipes["err"][0]: "T"}, pipes["input"][1])
    if spec["fetch"]:
        fetch(pipes["folder"][0], spec)
    os.close(pipes["folder"][0])
    left, spoiled = 0, False
    if config["namespaces"]:
        left = sum(1 for name in os.listdir("/proc") if name.isdecimal() and int(name) not in MINE)
    else:
        spoiled = not clean(config["work"])
    send(b"E", json.dumps({
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "exit": os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
        "reason": watch.reason, "cpu": usage.ru_utime + usage.ru_stime, "memory": max(watch.memory, 0), "peak": usage.ru_maxrss << 10,
        "wall": time.monotonic() - watch.start, "stdout": watch.counts["S"], "stderr": watch.counts["T"], "left": left, "spoiled": spoiled, "keeper": time.process_time()}).encode())


def fetch(folder, spec):
    """Sends the file that the program was to make, if it is one; the descriptor of its folder lies ready on a socket."""
    with socket.socket(fileno=os.dup(folder)) as s:
        _, (at, *_), _, _ = socket.recv_fds(s, 1, 1) if select.select([s], [], [], 0)[0] else (0, [-1], 0, 0)
    if at < 0:
        return
    try:
        fd = os.open(spec["fetch"], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
        with open(fd, "rb") as f:
            state = os.fstat(fd)
            if stat.S_ISREG(state.st_mode) and state.st_size <= spec["file"]:
                send(b"A", f.read(spec["file"]))
    except OSError:
        pass
    finally:
        os.close(at)


def attend(watch, pid, readers, to):
    """Serves the program until it has ended and its pipes are empty."""
    end = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(end, select.POLLIN)
    poll.register(0, select.POLLIN)
    for fd in readers:
        os.set_blocking(fd, False)
        poll.register(fd, select.POLLIN)
    os.set_blocking(to, False)
    pending, closing, opened, ended = bytearray(), False, True, False
    following = time.monotonic() + TICK
    while not ended:
        if not opened and (pending or closing):
            pending.clear()
        for fd, event in poll.poll(max(0.0, following - time.monotonic()) * 1000):
            if fd == end:
                ended = True
            elif fd == 0:
                kind, payload = receive()
                if kind == b"K":
                    watch.kill("stopped")
                elif kind == b"X":
                    closing = True
                elif kind == b"I":
                    pending += payload
            elif fd in readers:
                data = hear(fd)
                if data:
                    watch.heard(readers[fd], data)
                elif data is not None:
                    poll.unregister(fd)
                    os.close(fd)
                    del readers[fd]
            elif fd == to and event & select.POLLERR:
                pending.clear()
                closing = True
        if opened:
            opened = feed(poll, to, pending, closing)
        if time.monotonic() >= following:
            watch.look()
            following = time.monotonic() + watch.next
    _, status, usage = os.wait4(pid, 0)
    os.close(end)
    for fd, kind in readers.items():
        while data := hear(fd):
            watch.heard(kind, data)
        os.close(fd)
    if opened:
        os.close(to)
    return usage, status


def hear(fd):
    try:
        return os.read(fd, 1 << 16)
    except BlockingIOError:
        return None


def feed(poll, to, pending, closing):
    """Writes what waits for the program; says whether the pipe is still open."""
    try:
        if pending:
            del pending[:os.write(to, pending)]
    except BlockingIOError:
        pass
    except BrokenPipeError:
        pending.clear()
        closing = True
    if pending:
        poll.register(to, select.POLLOUT)
        return True
    if closing:
        try:
            poll.unregister(to)
        except KeyError:
            pass
        os.close(to)
        return False
    try:
        poll.unregister(to)
    except KeyError:
        pass
    return True


def overfull(folder, disk, inodes):
    """Says whether a folder holds more than it may; folders that cannot be read count as empty."""
    try:
        for root, folders, files in os.walk(folder):
            inodes -= len(folders) + len(files)
            for name in files:
                try:
                    disk -= os.lstat(os.path.join(root, name)).st_blocks * 512
                except OSError:
                    pass
            if disk < 0 or inodes < 0:
                return True
    except RecursionError:
        return True
    return False


def landlock(config):
    """Takes from this process and its children all files but those named, TCP, and signals and abstract sockets of others."""
    call = libc.syscall
    abi = call(444, None, ctypes.c_size_t(0), 1)
    if abi < 1:
        raise OSError(ctypes.get_errno(), "this kernel has no Landlock")
    files = (1 << 13) - 1
    for since, bit in ((2, 13), (3, 14), (5, 15)):
        if abi >= since:
            files |= 1 << bit
    rules = struct.pack("<QQQ", files, 3, 3)[:8 if abi < 4 else 16 if abi < 6 else 24]
    ruleset = call(444, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        must(-1, "make a Landlock ruleset")
    content = 1 << 1 | 1 << 2 | (1 << 14 & files)
    for path, access in [*((p, 1 | 1 << 2 | 1 << 3) for p in config["reads"]), *((p, content) for p in config["devices"]), (config["work"], files & ~(1 << 6 | 1 << 9 | 1 << 11))]:
        if not os.path.exists(path):
            continue
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        if not os.path.isdir(path):
            access &= 1 | content
        must(call(445, ruleset, 1, struct.pack("<Qi", access, fd), 0), "add a Landlock rule for " + path)
        os.close(fd)
    libc.prctl(38, 1, 0, 0, 0)
    must(call(446, ruleset, 0), "enter Landlock")
    os.close(ruleset)


def held():
    """Tasks that this account has: without namespaces the limit on them counts all."""
    n = 0
    for name in os.listdir("/proc"):
        try:
            if name.isdecimal() and os.stat("/proc/" + name).st_uid == os.getuid():
                n += len(os.listdir("/proc/%s/task" % name))
        except OSError:
            pass
    return n


def clean(folder):
    """Empties the work folder; says whether that is done."""
    import shutil
    try:
        os.chmod(folder, 0o700)
        for name in os.listdir(folder):
            path = os.path.join(folder, name)
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path)
            else:
                os.unlink(path)
        return True
    except (OSError, RecursionError):
        return False


def main():
    global OWN, BASE, HELD, MINE, RATIONAL
    kind, payload = receive()
    config = json.loads(payload)
    for name in config["preload"]:
        __import__(name)
    import decimal, fractions
    RATIONAL = (decimal.Decimal, fractions.Fraction)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ.clear()
    for name, value in config["env"].items():
        os.environ[name] = value
    sys.path[:] = [p for p in sys.path if p]
    with open("/proc/self/statm") as f:
        BASE = int(f.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    HELD = 0 if config["namespaces"] else held()
    if config["reads"]:
        landlock(config)
    if config["namespaces"]:
        OWN = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        MINE = {int(name) for name in os.listdir("/proc") if name.isdecimal()}
    exec(compile(WARM, "<warm>", "exec", dont_inherit=True), {})
    if config["namespaces"]:
        for cap in range(41):
            libc.prctl(24, cap, 0, 0, 0)
    libc.prctl(4, 0, 0, 0, 0)
    refuse(config["zygote"])
    gc.collect()
    gc.freeze()
    gc.disable()
    send(b"H", json.dumps({"version": sys.version.split()[0], "pid": os.getpid()}).encode())
    files = []
    while True:
        kind, payload = receive()
        if kind == b"F":
            name, _, data = payload.partition(b"\0")
            files.append((name.decode(), data))
        if kind == b"R":
            run(json.loads(payload), config, files)


main()
