package mcp

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"faultline/parse"
	"faultline/parse/lex"
)

// fill puts as much of a list into an answer as has room, from where the page
// begins, and says where the next one does.
func fill[T any](more *More, in *Page, list []T, to *[]T) error {
	at, err := in.number()
	if err != nil || at > len(list) {
		return errCursor
	}
	r := newRoom(&in.Size)
	for ; at < len(list); at++ {
		if !r.has(list[at]) {
			more.at(strconv.Itoa(at))
			return nil
		}
		*to = append(*to, list[at])
	}
	return nil
}

var errCursor = errors.New("cursor: not one of this tool's; leave it out to begin")

// number is a cursor that is a number, 0 without one.
func (p *Page) number() (int, error) {
	if p.Cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(p.Cursor)
	if err != nil || n < 0 {
		return 0, errCursor
	}
	return n, nil
}

func (m *More) at(cursor string) { m.Cursor = &cursor }

// room is how much of a page is left.
type room struct {
	left int
	some bool
}

// envelope is what an answer needs besides its list, in bytes.
const envelope = 900

func newRoom(s *Size) *room { return &room{left: s.bytes() - min(envelope, s.bytes()/3)} }

// has takes room for one more, if there is any. The first always has: what is
// too long of it is shortened.
func (r *room) has(one any) bool {
	data, err := json.Marshal(one)
	if err != nil {
		return true // the answer as a whole will say so
	}
	n, err := parseTree(data)
	if err != nil {
		return true
	}
	s := &shaping{level: levels[0], room: mostBytes}
	s.shape(&n, "", false)
	short, _ := n.MarshalJSON()
	// The ids and the names of what is shortened need room as well.
	if r.left -= len(short) + 2; r.left < 0 && r.some {
		return false
	}
	r.some = true
	return true
}

// stretch reads the two ends of a time.
func stretch(since, until string) (from, to parse.Time, err error) {
	if from, err = moment("since", since); err != nil {
		return 0, 0, err
	}
	to, err = moment("until", until)
	return from, to, err
}

// moment reads a time; "" is none.
func moment(name, s string) (parse.Time, error) {
	if s == "" {
		return 0, nil
	}
	st, n, ok := lex.RFC3339([]byte(s))
	if !ok || n != len(s) || !st.Zoned {
		return 0, errors.New(name + ": not a time in RFC 3339, such as 2024-02-02T13:00:00Z; overview has the first and the last")
	}
	return parse.Time(st.Unix), nil
}

// place reads FILE:LINE. Of a run of a pasted file, FILE#L3-L9:LINE, the line
// is the file's.
func place(s string) (path string, line int, err error) {
	i := strings.LastIndexByte(s, ':')
	if i > 0 {
		line, err = strconv.Atoi(s[i+1:])
	}
	if i <= 0 || err != nil || line < 1 {
		return "", 0, errors.New("at: FILE:LINE is expected, as the ids of evidence have it; sources lists the files")
	}
	return s[:i], line, nil
}
