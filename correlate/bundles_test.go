package correlate

import (
	"testing"

	"faultline/parse"
)

// The surest claim within a folder holds for all of its files, a named folder
// before any other, and what many tools lay out alike names none.
func TestBundlesAreSettled(t *testing.T) {
	type file struct {
		path, tool, root string
		claim            parse.Claim
		want             string
	}
	for name, files := range map[string][]file{
		"a named folder": {{"a/b-1/x", "T", "a/b-1", parse.ClaimNamed, "T"}, {"a/b-1/y/z", "", "", 0, "T"}, {"a/c", "", "", 0, ""},
			{"a/b-1/n/u", "U", "a/b-1/n", parse.ClaimSure, "T"}},
		"within another": {{"a/x", "T", "a", parse.ClaimNamed, "T"}, {"a/b/x", "U", "a/b", parse.ClaimNamed, "U"}, {"a/b/c", "", "", 0, "U"}, {"a/c", "", "", 0, "T"}},
		"shared":         {{"a/n/1", "K", "a/n", parse.ClaimShared, "T"}, {"a/x", "T", "a", parse.ClaimSure, "T"}},
		"shared alone":   {{"a/n/1", "K", "a/n", parse.ClaimShared, "K"}, {"a/x", "", "", 0, ""}},
		"loose":          {{"a/1", "L", "a", parse.ClaimLoose, ""}, {"a/2", "", "", 0, ""}},
		"loose in sure":  {{"a/1", "L", "a", parse.ClaimLoose, "T"}, {"a/2", "T", "a", parse.ClaimSure, "T"}},
		"most files":     {{"a/1", "T", "a", parse.ClaimSure, "U"}, {"a/2", "U", "a", parse.ClaimSure, "U"}, {"a/3", "U", "a", parse.ClaimSure, "U"}},
		"settled":        {{"a/1", "T", "", parse.ClaimSettled, "T"}, {"a/2", "", "", 0, ""}},
		"the top":        {{"x", "T", ".", parse.ClaimSure, "T"}, {"y/z", "", "", 0, "T"}, {"/y", "", "", 0, ""}},
	} {
		c := &parse.Capture{}
		for _, f := range files {
			c.Sources = append(c.Sources, parse.Source{Path: f.path, Owner: parse.Owner{Bundle: f.tool, Root: f.root, Claim: f.claim}})
		}
		for i, got := range bundlesOf(c) {
			if got != files[i].want {
				t.Errorf("%s: %s is of %q, want %q", name, files[i].path, got, files[i].want)
			}
		}
	}
}
