package prom

import "bytes"

// sniffExposition says whether the lines of a head are those of an
// exposition: samples of the families that comments announce, or, where there
// are no comments, nothing but samples, most of them with labels.
func sniffExposition(head []byte) bool {
	var good, bad, labelled int
	families := map[string]bool{}
	announced := false // a sample of an announced family was seen
	for _, line := range headLines(head, 400) {
		if line[0] == '#' {
			if family, ok := announces(line); ok {
				families[family] = true
			}
			continue
		}
		d, ok := exposed(line)
		var labels []label
		if ok {
			labels, ok = selector(d.selector)
		}
		name := get(labels, nameLabel)
		if !ok || name == "" || line[0] == '{' && line[1] != '"' {
			if bad++; bad > 20 {
				return false
			}
			continue
		}
		good++
		if len(labels) > 1 {
			labelled++
		}
		announced = announced || belongs(name, families)
	}
	if announced {
		return bad*10 <= good
	}
	return bad == 0 && good > 0 && 2*labelled >= good
}

// announces reads "# TYPE name counter" and "# HELP name text".
func announces(line []byte) (family string, ok bool) {
	word, rest := token(line[1:])
	name, rest := token(rest)
	kind := bytes.Trim(rest, blanks)
	switch string(word) {
	case "HELP":
		ok = true
	case "TYPE":
		switch string(kind) {
		case "counter", "gauge", "histogram", "gaugehistogram", "summary", "untyped", "unknown", "info", "stateset":
			ok = true
		}
	}
	return string(bytes.Trim(name, `"`)), ok && len(name) > 0
}

// belongs says whether a sample is of an announced family: its name, or that
// with one of the endings that types have.
func belongs(name string, families map[string]bool) bool {
	if families[name] {
		return true
	}
	for _, end := range []string{"_bucket", "_sum", "_count", "_total", "_created", "_info", "_gsum", "_gcount"} {
		if n := len(name) - len(end); n > 0 && name[n:] == end && families[name[:n]] {
			return true
		}
	}
	return false
}

// quotesExposition says whether a text has a sample in it, as people paste them
// from a page or from grep: a name, labels in braces, and a number.
func quotesExposition(head []byte) bool {
	for _, line := range headLines(head, 400) {
		if i := bytes.IndexByte(line, '{'); i <= 0 || !bytes.Contains(line[i:], []byte(`="`)) {
			continue
		}
		if d, ok := exposed(line); ok {
			if labels, ok := selector(d.selector); ok && len(labels) > 1 {
				return true
			}
		}
	}
	return false
}
