package correlate

import "strings"

// Workload is a pod's or a replica set's name without its last words, which
// are drawn: "web-6c9b7d5f8-x2x9z" is of web.
func Workload(pod string) string {
	parts := strings.Split(pod, "-")
	for drop := 0; drop < 2 && len(parts) > 1; drop++ {
		last := parts[len(parts)-1]
		if !drawn(last) {
			break
		}
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, "-")
}

// drawn says whether a word is one that Kubernetes drew (apimachinery
// util/rand: no vowels, and the digits that look like none), or a number.
func drawn(s string) bool {
	if s == "" || len(s) > 10 {
		return false
	}
	digits := strings.Trim(s, "0123456789") == ""
	return digits && len(s) <= 3 || (len(s) == 5 || len(s) >= 8) && strings.Trim(s, "abcdefghjklmnpqrstvwxz0123456789") == ""
}
