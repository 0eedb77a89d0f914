package known

import "testing"

func TestParseRelease(t *testing.T) {
	for text, want := range map[string]string{
		"stable-2.14.8": "2.14.8",
		"2.10.2":        "2.10.2",
		"v2.14.10":      "2.14.10",
		"cr.l5d.io/linkerd/controller:stable-2.12.6": "2.12.6",
		"edge-24.2.2":     "edge-24.2.2",
		"24.2.2":          "edge-24.2.2",
		"to 2.14.9.":      "2.14.9",
		"1.16.10":         "",
		"10.244.0.12":     "",
		"release 2.210.4": "", // a proxy's
		"nothing":         "",
		"edge-24.13.1":    "",
	} {
		got, ok := ParseRelease(text)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q is %v, want %q", text, got, want)
		}
	}
}

func release(t *testing.T, text string) Release {
	t.Helper()
	r, ok := ParseRelease(text)
	if !ok {
		t.Fatalf("%q is no release", text)
	}
	return r
}

func TestFixesByRelease(t *testing.T) {
	has := map[string]string{ // of the fixes for Servers
		"2.14.8": "", "2.14.9": "#11907", "2.14.10": "#11907#12017", "2.10.2": "", "2.15.0": "#11907#12017#12040",
		"2.16.0": "#11907#12017#12040#12013", "edge-24.1.1": "#11907", "edge-24.2.1": "#11907#12017", "edge-24.3.3": "#11907#12017#12040",
		"2.20.0": "#11907#12017#12040#12013", "2.13.7": "",
	}
	for text, want := range has {
		got := ""
		for _, f := range Fixes {
			if f.Servers && f.In(release(t, text)) {
				got += f.Change
			}
		}
		if got != want {
			t.Errorf("%s has %q, want %q", text, got, want)
		}
	}
}

func TestPopStallVisibility(t *testing.T) {
	for _, c := range []struct {
		release, level string
		want           Visibility
	}{
		{"2.10.2", "", Silent}, {"2.10.2", "debug", Silent}, {"2.14.5", "", Debug}, {"2.14.5", "debug", Visible},
		{"2.14.6", "info", Visible}, {"2.14.8", "", Visible}, {"2.14.8", "warn", Silent}, {"2.18.0", "error", Silent},
		{"2.20.0", "", Visible}, {"edge-26.8.3", "", Silent}, {"edge-23.11.2", "", Debug}, {"edge-23.12.1", "", Visible},
	} {
		if v, why := PopStalls(release(t, c.release), c.level); v != c.want || why == "" {
			t.Errorf("%s at %q: %d (%s), want %d", c.release, c.level, v, why, c.want)
		}
	}
	if v, _ := PopStalls(Release{}, ""); v != Unknown {
		t.Errorf("of no release: %d", v)
	}
}

func TestReleasesOrder(t *testing.T) {
	order := []string{"2.10.2", "2.14.8", "2.14.9", "2.15.0", "edge-24.3.4", "2.16.0", "2.20.0", "edge-26.8.3"}
	for i := 1; i < len(order); i++ {
		if release(t, order[i-1]).Compare(release(t, order[i])) >= 0 {
			t.Errorf("%s is not before %s", order[i-1], order[i])
		}
	}
	if !release(t, "edge-21.8.1").Before(11) || release(t, "edge-21.9.5").Before(11) {
		t.Error("2.11 was cut from edge-21.9.5")
	}
}

func TestProxyReleases(t *testing.T) {
	for version, want := range map[string]string{"2.210.4": "2.14.0", "v2.141.1": "2.10.0", "2.161.5": "2.11.0", "2.366.0": "2.20.0", "2.99.0": ""} {
		if got, ok := ReleaseOfProxy(version); ok != (want != "") || ok && got.String() != want {
			t.Errorf("%s is of %v, want %q", version, got, want)
		}
	}
}
