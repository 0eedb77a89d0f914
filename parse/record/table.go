package record

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/wrap"
)

// Table is a table as consoles and spreadsheets download it (RFC 4180), with
// commas, semicolons or tabs between the columns. Its head names the columns;
// without one they are known by their shape.
var Table = &parse.Wrapper{
	Name:   tableName,
	Doc:    tableDoc,
	Record: true,
	Strip:  anyRow,
	Head:   headOf,
	Again:  again,
}

const (
	tableName = "table"
	tableDoc  = "CSV and TSV: columns by the names in the head, else by their shape"
)

// table is the columns of one source.
type table struct {
	sep   byte
	keys  []key
	names [][]byte // folded as they stand in the head
	head  []byte   // the line that names them; nil when none does
	utc   bool     // its times are in UTC, though they do not say so
	text  int
	when  int  // the first column with a time
	event bool // a row is read as an object: an Event, or a request
}

// headOf makes the wrapper of a source from its first lines.
func headOf(lines [][]byte) *parse.Wrapper {
	var t *table
	for i := 0; i < min(len(lines), 2) && t == nil; i++ {
		t = named(lines[i], separator(lines, i))
	}
	if t == nil {
		if t = shaped(lines); t == nil {
			return nil
		}
	}
	return t.wrapper()
}

func (t *table) wrapper() *parse.Wrapper {
	return &parse.Wrapper{Name: tableName, Doc: tableDoc, Record: true, Strip: t.strip, Open: t.open, Made: t.made(), Cells: t.cells}
}

// cells gives each cell of a row with the name of its column.
func (t *table) cells(row []byte, each func(column, cell []byte)) {
	if t.head == nil {
		return
	}
	cols := columns(row, t.sep)
	for i, name := range columns(t.head, t.sep) {
		if i < len(cols) && i != t.text {
			each(name, cols[i])
		}
	}
}

// separators are what stands between columns.
const separators = ",;\t|"

// separator is what a line `sep=` before the head says, as spreadsheets want it,
// or 0.
func separator(lines [][]byte, i int) byte {
	if i > 0 && len(lines[i-1]) == len("sep=,") && bytes.HasPrefix(lines[i-1], []byte("sep=")) {
		return lines[i-1][len("sep=")]
	}
	return 0
}

// named reads the head of a table: one in which a column is known to hold the
// text, or the fields of an Event.
func named(line []byte, sep byte) *table {
	for _, s := range []byte(separators) {
		if sep != 0 && s != sep || bytes.IndexByte(line, s) < 0 {
			continue
		}
		t := &table{sep: s, head: bytes.Clone(line), text: -1, when: -1}
		var event eventKeys
		words := true
		for _, name := range columns(t.head, s) {
			k := known(name)
			event.see(name)
			words = words && len(name) <= 80 && !bytes.ContainsAny(name, `{}"=`)
			t.utc = t.utc || bytes.HasSuffix(name, []byte("[UTC]")) || string(name) == "@timestamp" && bytes.Contains(line, []byte("@message"))
			if i := len(t.keys); k.is == text && (t.text < 0 || k.rank < t.keys[t.text].rank) {
				t.text = i
			} else if k.is == when && t.when < 0 {
				t.when = i
			}
			t.keys, t.names = append(t.keys, k), append(t.names, bytes.TrimSuffix(name, []byte(" [UTC]")))
		}
		t.event = t.objects(&event)
		if words && (t.text >= 0 && len(t.keys) > 1 || t.event) {
			return t
		}
	}
	return nil
}

// objects says whether each row is read as an object: an Event, or a request.
func (t *table) objects(event *eventKeys) bool {
	if t.when < 0 || t.text >= 0 {
		return event.all()
	}
	var names []string
	for _, n := range t.names {
		names = append(names, string(n))
	}
	return event.all() || parse.RequestColumns(names)
}

// shaped finds the columns of a table without a head: one in which most lines
// have a time, and the longest of the others.
func shaped(lines [][]byte) *table {
	const enough = 40
	lines = lines[:min(len(lines), enough)]
	for _, s := range []byte(separators[:2]) {
		t := &table{sep: s, text: -1, when: -1}
		var times, sizes []int
		for _, line := range lines {
			for i, c := range columns(line, s) {
				if i == len(times) {
					times, sizes = append(times, 0), append(sizes, 0)
				}
				var p parse.Prefix
				if len(c) < 64 && wrap.Time(c, &p) {
					times[i]++
				} else if bytes.IndexByte(c, ' ') >= 0 || len(c) > 0 && c[0] == '{' {
					sizes[i] += len(c)
				}
			}
		}
		for i := range times {
			if 2*times[i] >= len(lines) && t.when < 0 {
				t.when = i
			} else if sizes[i] > 0 && (t.text < 0 || sizes[i] > sizes[t.text]) {
				t.text = i
			}
		}
		if t.when >= 0 && t.text >= 0 {
			t.keys = make([]key, len(times))
			t.keys[t.when], t.keys[t.text] = key{when, 0}, key{text, 0}
			return t
		}
	}
	return nil
}

// columns cuts a row.
func columns(row []byte, sep byte) (out [][]byte) {
	for more := true; more; {
		var c []byte
		c, row, more = column(row, sep)
		out = append(out, c)
	}
	return out
}

// column reads one column; more says whether another one follows. Quotes within
// quotes are doubled.
func column(b []byte, sep byte) (col, rest []byte, more bool) {
	if len(b) == 0 || b[0] != '"' {
		col, rest, more = bytes.Cut(b, []byte{sep})
		return col, rest, more
	}
	end, doubled := closing(b)
	col = b[1:min(end, len(b))]
	if doubled {
		col = bytes.ReplaceAll(col, []byte(`""`), []byte{'"'})
	}
	if end+1 < len(b) && b[end+1] == sep {
		return col, b[end+2:], true
	}
	return col, nil, false
}

// closing is where the quote at the beginning of b is closed, len(b) if it is
// not.
func closing(b []byte) (end int, doubled bool) {
	for end = 1; end < len(b); end++ {
		if b[end] != '"' {
			continue
		}
		if end+1 >= len(b) || b[end+1] != '"' {
			return end, doubled
		}
		doubled = true
		end++
	}
	return len(b), doubled
}

// open says whether a row goes on in the next line: a quote is not closed, and
// the next line is not the beginning of a row.
func (t *table) open(row, next []byte) bool {
	rest, more := row, true
	for more {
		if len(rest) > 0 && rest[0] == '"' {
			if end, _ := closing(rest); end == len(rest) {
				return !t.begins(next)
			}
		}
		_, rest, more = column(rest, t.sep)
	}
	return false
}

// begins says whether a line has a time where this table has one.
func (t *table) begins(line []byte) bool {
	if t.when < 0 {
		return false
	}
	for i, c := range columns(line, t.sep) {
		if i == t.when {
			var p parse.Prefix
			return len(c) < 64 && wrap.Time(c, &p)
		}
	}
	return false
}

// strip reads a row.
func (t *table) strip(row []byte, p *parse.Prefix) ([]byte, bool) {
	if bytes.HasPrefix(row, []byte("sep=")) && len(row) == len("sep=,") || t.head != nil && bytes.Equal(row, t.head) {
		return nil, true // known, and not a line
	}
	if len(row) == 0 || bytes.IndexByte(row, t.sep) < 0 {
		return row, false
	}
	var o reading
	cols := columns(row, t.sep)
	for i, c := range cols[:min(len(cols), len(t.keys))] {
		switch k := t.keys[i]; {
		case i == t.text:
			o.text, o.rank, o.strong = c, 1, true
		case len(c) == 0 || k.is == text:
		case k.is == when:
			o.at(k, c)
		case k.is != payload && k.is != envelope:
			o.about(k, c)
		}
	}
	if t.event {
		o.event = t.object(cols)
	}
	if o.event == nil && o.rank == 0 || t.head == nil && o.stamped == 0 || !o.settle() && o.rank == 0 {
		return row, false
	}
	if t.utc && !o.prefix.HasStamp && o.prefix.HasLocal {
		o.prefix.Stamp, o.prefix.HasStamp, o.prefix.HasLocal = o.prefix.Local, true, false
	}
	o.onto(p)
	return o.text, true
}

// object is a row as a JSON object, which formats read that want more of it than
// a text.
func (t *table) object(cols [][]byte) []byte {
	out := []byte{'{'}
	for i, c := range cols[:min(len(cols), len(t.names))] {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(quote(append(quote(out, t.names[i]), ':'), c), ' ')
	}
	out[len(out)-1] = '}'
	return out
}

// quote appends a text as JSON.
func quote(out, s []byte) []byte {
	out = append(out, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			out = append(out, '\\', c)
		case c == '\n':
			out = append(out, '\\', 'n')
		case c < ' ':
			out = append(out, ' ')
		default:
			out = append(out, c)
		}
	}
	return append(out, '"')
}

// anyRow reads a row of a table of which no more is known: its first column is a
// time, and its last one of several words the text.
func anyRow(line []byte, p *parse.Prefix) ([]byte, bool) {
	first, rest, sep, ok := firstColumn(line)
	if !ok {
		return line, false
	}
	var text []byte
	for more := true; more; {
		var col []byte
		if col, rest, more = column(rest, sep); bytes.IndexByte(col, ' ') >= 0 || len(col) > 0 && col[0] == '{' || text == nil && !more {
			text = col
		}
	}
	pre := *p
	if text == nil || !wrap.Time(first, &pre) {
		return line, false
	}
	*p = pre
	return text, true
}

// firstColumn reads the first column, and finds out what is between columns.
func firstColumn(line []byte) (first, rest []byte, sep byte, ok bool) {
	if len(line) > 0 && line[0] == '"' {
		end := bytes.IndexByte(line[1:], '"') + 1
		if end < 2 || end+1 >= len(line) {
			return nil, nil, 0, false
		}
		sep, first, rest = line[end+1], line[1:end], line[end+2:]
		return first, rest, sep, sep == ',' || sep == ';'
	}
	const longest = 64 // of a time
	for i, c := range line[:min(len(line), longest)] {
		if c != ',' && c != ';' {
			continue
		}
		var p parse.Prefix
		if wrap.Time(line[:i], &p) { // it may hold a comma: Oct 12, 2022 @ …,
			return line[:i], line[i+1:], c, true
		}
	}
	return nil, nil, 0, false
}
