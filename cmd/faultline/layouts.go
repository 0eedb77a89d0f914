package main

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strings"

	"faultline/parse"
	"faultline/parse/formats"
)

// logFormat is the key of --source before an access log's layout, which goes on
// to the end, since it may hold anything.
const logFormat = "log_format:"

// laid are the formats that the overrides' layouts make for an input, those
// that were given last first.
func laid(in *parse.Input, list []override) []*parse.Format {
	var texts []string
	for i := range slices.Backward(list) {
		if o := &list[i]; o.layout != "" && o.names(in) {
			texts = append(texts, o.layout)
		}
	}
	if texts == nil {
		return nil
	}
	made, _ := formats.Laid(texts...) // each was compiled before
	return made
}

// What is looked into for layouts: configurations of a few MB at most, and
// archives that do not take long to go through a second time.
const (
	maxConfig  = 4 << 20
	maxArchive = 64 << 20
	maxLayouts = 32
)

// discovered are the layouts of access logs in the configurations among the
// inputs: nginx.conf, ConfigMaps, haproxy.cfg, settings of meshes and gateways.
// They are tried on every source, and take only lines that follow them to the
// letter.
func discovered(in []parse.Input) (out []override) {
	seen := map[string]bool{}
	look := func(i *parse.Input) {
		for _, text := range definitions(i) {
			if len(out) < maxLayouts && !seen[text] {
				seen[text] = true
				out = append(out, override{glob: "*", layout: text})
			}
		}
	}
	for i := range in {
		switch {
		case in[i].Expand == nil:
			look(&in[i])
		case in[i].Size >= 0 && in[i].Size <= maxArchive:
			in[i].Expand(func(member parse.Input) bool {
				look(&member)
				return true
			})
		}
	}
	return out
}

// definitions are the layouts in an input, if it is a configuration by its name.
func definitions(in *parse.Input) []string {
	switch path.Ext(strings.TrimSuffix(in.Path, ".gz")) {
	case ".conf", ".cfg", ".yaml", ".yml", ".json":
	default:
		return nil
	}
	if in.Open == nil || in.Size > maxConfig {
		return nil
	}
	r, err := in.Open()
	if err != nil {
		return nil
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxConfig))
	if err != nil || !bytes.Contains(bytes.ToLower(data), []byte("format")) {
		return nil
	}
	return formats.Layouts(string(data))
}
