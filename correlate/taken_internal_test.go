package correlate

import (
	"testing"
	"time"
)

// The names that tools give their folders and archives.
func TestTimesInNames(t *testing.T) {
	for name, want := range map[string]string{
		"support-bundle-2025-03-04T09_20_00":                                          "2025-03-04T09:20:00Z local",
		"supportbundle_1a2b3c4d-0000-4000-8000-5e6f7a8b9c0d_2025-03-04T09-20-00Z.zip": "2025-03-04T09:20:00Z",
		"cilium-sysdump-20250304-092000.zip":                                          "2025-03-04T09:20:00Z local",
		"20250304T092000Z-1a2b3c4d5e6f7081":                                           "2025-03-04T09:20:00Z",
		"eks_i-0123456789abcdef0_2025-03-04_0920-UTC_0.7.9.tar.gz":                    "2025-03-04T09:20:00Z",
		"plum-node-1-2025-03-04_09_20_00":                                             "2025-03-04T09:20:00Z local",
		"202503040920_sonobuoy_0f3e7f2e-1111-4222-8333-444455556666.tar.gz":           "2025-03-04T09:20:00Z local",
		"sosreport-plum-node-1-2025-03-04-abcdefg":                                    "2025-03-04T00:00:00Z local",
		"bundle-2025-03-04-09-20-00.tar.gz":                                           "2025-03-04T09:20:00Z local",
		"inspection-report-20250304_092000.tar.gz":                                    "2025-03-04T09:20:00Z local",
		"must-gather.local.7719":                                                      "",
		"registry-sha256-20250399aabb":                                                "",
		"v2025-13-41":                                                                 "",
		"12025030409200":                                                              "",
		"linkerd-stable-2.14.8":                                                       "",
		"pods_1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b":                                   "",
	} {
		got := ""
		if at, ok := takenIn(name); ok {
			got = time.Unix(0, int64(at.from)).UTC().Format(time.RFC3339)
			if !at.zoned {
				got += " local"
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
