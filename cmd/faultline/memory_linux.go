package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path"
	"strconv"
	"strings"
	"syscall"
)

// memoryBounds are what the kernel says of the memory that may be had, in bytes:
// what is free (MemAvailable of proc_meminfo(5)), the limits of the control groups
// that the process is in (memory.max of cgroup v2, memory.limit_in_bytes of v1;
// the kernel's admin-guide), and that of its address space (getrlimit(2)).
func memoryBounds() (out []int64) {
	info, _ := os.ReadFile("/proc/meminfo")
	if _, rest, ok := bytes.Cut(info, []byte("MemAvailable:")); ok {
		var kib int64
		if _, err := fmt.Sscan(string(rest), &kib); err == nil {
			out = append(out, kib<<10)
		}
	}
	groups, _ := os.ReadFile("/proc/self/cgroup")
	for line := range strings.Lines(string(groups)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) != 3 || f[1] != "" && !strings.Contains(f[1], "memory") {
			continue
		}
		for dir := path.Clean("/" + f[2]); ; dir = path.Dir(dir) {
			out = append(out, groupBounds(dir)...)
			if dir == "/" {
				break
			}
		}
	}
	var space syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &space) == nil && space.Cur < math.MaxInt64 {
		out = append(out, int64(space.Cur))
	}
	return out
}

// groupBounds are the limits of one control group, where it has one.
func groupBounds(dir string) (out []int64) {
	for _, file := range []string{"/sys/fs/cgroup" + dir + "/memory.max", "/sys/fs/cgroup/memory" + dir + "/memory.limit_in_bytes"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 { // else "max"
			out = append(out, n)
		}
	}
	return out
}
