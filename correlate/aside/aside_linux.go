package aside

import (
	"fmt"
	"os"
	"syscall"
	"unsafe"
)

// unnamed makes a file that has no name yet: the kernel frees it however the
// program ends (open(2), O_TMPFILE).
func unnamed(dir string) (*os.File, error) {
	const tmpfile = 0x400000 | syscall.O_DIRECTORY
	return os.OpenFile(dir, os.O_RDWR|tmpfile, 0o644)
}

// Runs says whether there is a process of a number.
func Runs(pid int) bool {
	err := syscall.Kill(pid, 0)
	return pid > 0 && (err == nil || err == syscall.EPERM)
}

// link gives an unnamed file a name that is not taken.
func link(f *os.File, path string) error {
	from, err := syscall.BytePtrFromString(fmt.Sprintf("/proc/self/fd/%d", f.Fd()))
	if err != nil {
		return err
	}
	to, err := syscall.BytePtrFromString(path)
	if err != nil {
		return err
	}
	const cwd, follow = -0x64, 0x400 // AT_FDCWD, AT_SYMLINK_FOLLOW
	at := cwd
	_, _, errno := syscall.Syscall6(syscall.SYS_LINKAT, uintptr(at), uintptr(unsafe.Pointer(from)), uintptr(at), uintptr(unsafe.Pointer(to)), follow, 0)
	if errno != 0 {
		return &os.LinkError{Op: "link", Old: "new file", New: path, Err: errno}
	}
	return nil
}
