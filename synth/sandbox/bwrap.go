package sandbox

import (
	"maps"
	"os"
	"os/exec"
	"slices"
)

// bubblewrap returns the command that starts a zygote in namespaces of its own: users, mounts, processes, network (the loopback of
// nobody else), IPC, host name, cgroups. The root is read-only and holds the interpreter, the system's shared libraries and five devices.
// token tells its processes from others. The zygote keeps CAP_SYS_ADMIN of its own user namespace to give each program a fresh view; programs keep nothing.
func bubblewrap(p interpreter, token string) (*exec.Cmd, error) {
	path, err := exec.LookPath("bwrap")
	if err != nil {
		return nil, err
	}
	args := []string{
		"--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
		"--hostname", "sandbox", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP",
		"--new-session", "--die-with-parent", "--clearenv",
	}
	for _, name := range slices.Sorted(maps.Keys(environment)) {
		args = append(args, "--setenv", name, environment[name])
	}
	for _, folder := range []string{"/usr/lib", "/usr/lib64", "/lib", "/lib64"} {
		if to, err := os.Readlink(folder); err == nil {
			args = append(args, "--symlink", to, folder)
		} else {
			args = append(args, "--ro-bind-try", folder, folder)
		}
	}
	for _, folder := range p.Reads {
		args = append(args, "--ro-bind", folder, folder)
	}
	for _, device := range []string{"null", "zero", "full", "random", "urandom"} {
		args = append(args, "--dev-bind", "/dev/"+device, "/dev/"+device)
	}
	args = append(args, "--proc", "/proc", "--dir", "/work", "--remount-ro", "/", "--chdir", "/work", p.Path, "-S", "-s", "-B", "-c", zygote, token)
	return &exec.Cmd{Path: path, Args: append([]string{"bwrap"}, args...), Env: []string{}}, nil
}
