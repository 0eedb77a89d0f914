package aside

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// unnamed makes a file that has no name yet: the kernel frees it however the
// program ends (open(2), O_TMPFILE). Where no /proc is mounted, as in a bare
// chroot, it could never get one, and none is made.
func unnamed(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDWR|unix.O_TMPFILE, 0o644)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(opened(f)); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// opened is the path under which the kernel shows an open file.
func opened(f *os.File) string { return fmt.Sprintf("/proc/self/fd/%d", f.Fd()) }

// Runs says whether there is a process of a number.
func Runs(pid int) bool {
	err := unix.Kill(pid, 0)
	return pid > 0 && (err == nil || err == unix.EPERM)
}

// link gives an unnamed file a name that is not taken.
func link(f *os.File, path string) error {
	err := unix.Linkat(unix.AT_FDCWD, opened(f), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW)
	if err != nil {
		return &os.LinkError{Op: "link", Old: "new file", New: path, Err: err}
	}
	return nil
}
