package parse

import (
	"bufio"
	"bytes"
	"io"
	"slices"

	"faultline/parse/lex"
)

// `kubectl cluster-info dump` prints API documents and, per container, its log
// between two marks (kubectl pkg/cmd/clusterinfo, printContainer):
//
//	==== START logs for container C of pod NS/POD ====
//	==== END logs for container C of pod NS/POD ====
//
// istioctl bug-report appends the log of a container's run before the present
// one to that of the present one, behind a mark of its own, and says so in the
// first line (istio tools/bug-report/pkg/bugreport/bugreport.go, getLog).
//
// eck-diagnostics puts the same marks around all containers of a pod (elastic/eck-diagnostics
// internal/kubectl.go, streamLogs): "==== START logs for NS/POD ====".
//
// With --output-directory each pod has a logs.txt of the latter; without it
// all is one stream. Such a source is cut into sections, each read on its own
// and joined by the [Stitcher] as pieces are; so offsets and lines are those
// of the source, and where its reader pauses changes nothing.
const (
	markStart = "==== START logs for "
	markEnd   = "==== END logs for "
	markTail  = " ===="
	maxMark   = 1024

	markPresent  = "========= Previous log present (appended at the end) ========="
	markPrevious = "========= Previous log ========="
)

// mark reads a line that begins or ends a container's log. For the former it
// says whose, for the latter nobody's.
func mark(line []byte) (who *Prefix, ok bool) {
	line = bytes.TrimRight(lex.TrimEOL(bytes.TrimSuffix(line, []byte{'\n'})), " ")
	switch string(line) {
	case markPresent:
		return &Prefix{Instance: InstanceCurrent}, true
	case markPrevious:
		return &Prefix{Instance: InstancePrevious}, true
	}
	rest, ok := bytes.CutSuffix(line, []byte(markTail))
	if !ok {
		return nil, false
	}
	text, start := bytes.CutPrefix(rest, []byte(markStart))
	if !start {
		if text, ok = bytes.CutPrefix(rest, []byte(markEnd)); !ok {
			return nil, false
		}
	}
	container, pod, one := bytes.Cut(bytes.TrimPrefix(text, []byte("container ")), []byte(" of pod "))
	if one != bytes.HasPrefix(text, []byte("container ")) {
		return nil, false
	}
	if !one {
		container, pod = nil, text
	}
	namespace, pod, ok := bytes.Cut(pod, []byte{'/'})
	if !ok || bytes.ContainsAny(container, " /") || bytes.ContainsAny(namespace, " ") || bytes.ContainsAny(pod, " /") {
		return nil, false
	}
	if !start {
		return nil, true
	}
	return &Prefix{Namespace: bytes.Clone(namespace), Pod: bytes.Clone(pod), Container: bytes.Clone(container)}, true
}

// marked says whether one of the lines begins a container's log.
func marked(lines [][]byte) bool {
	return slices.ContainsFunc(lines, func(line []byte) bool {
		who, ok := mark(line)
		return ok && who != nil
	})
}

// section reads up to the next mark.
type section struct {
	r       *bufio.Reader
	middle  bool // of a line
	at      []byte
	who     *Prefix
	reached bool
	err     error
	// heads says that lines name what follows; listed are the containers that a
	// section told of.
	heads  bool
	name   string
	listed containers
}

// Read ends with io.EOF before a mark.
func (s *section) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if s.reached {
			return n, io.EOF
		}
		if s.err != nil {
			return n, s.err
		}
		if len(s.at) == 0 && !s.line() {
			continue
		}
		k := copy(p[n:], s.at)
		s.at, n = s.at[k:], n+k
	}
	return n, nil
}

// line finds the next line, or a part of a long one; false when there is none
// before a mark or the end.
func (s *section) line() bool {
	var err error
	begins := !s.middle
	if begins && s.name != containerStatus && s.several() {
		return true
	}
	s.at, err = s.r.ReadSlice('\n')
	s.middle = err == bufio.ErrBufferFull
	if err != nil && !s.middle {
		s.err = err
	}
	if begins && s.name == containerStatus {
		s.listed.row(s.at)
	}
	if !begins || len(s.at) == 0 || s.at[0] != '=' || len(s.at) > maxMark {
		if len(s.at) > 0 && s.err != nil { // first the bytes, then the error
			s.r, s.err = bufio.NewReader(errReader{s.err}), nil
		}
		return len(s.at) > 0
	}
	if s.who, s.reached = mark(s.at); s.reached || !s.heads {
		return !s.reached
	}
	if s.name, s.reached = heading(s.at); s.reached {
		s.who = s.listed.whose(s.name)
	}
	return !s.reached
}

// several takes all the whole lines at hand before one that could be a mark; false where
// there are none.
func (s *section) several() bool {
	if s.r.Buffered() == 0 {
		_, _ = s.r.Peek(1) // an error comes again
	}
	lines, _ := s.r.Peek(s.r.Buffered())
	if len(lines) == 0 || lines[0] == '=' {
		return false
	}
	end := 0
	for {
		n := bytes.IndexByte(lines[end:], '=') // which is rare, other than a line's end
		if n < 0 {
			end = bytes.LastIndexByte(lines, '\n') + 1
			break
		}
		if end += n; lines[end-1] == '\n' {
			break
		}
		end++
	}
	if end == 0 {
		return false
	}
	s.at = lines[:end]
	_, _ = s.r.Discard(end)
	return true
}

type errReader struct{ error }

func (e errReader) Read([]byte) (int, error) { return 0, e.error }

// pass steps over the mark that ended a section, as a line of the source that
// is known and says nothing more.
func (s *section) pass(id uint32, to *Stitcher) bool {
	if !s.reached {
		return false
	}
	b := NewBatch(false, false)
	b.Bytes = int64(len(s.at))
	b.Counts = Counts{Lines: 1, Other: 1}
	to.Add(id, b)
	s.reached, s.at = false, nil
	return true
}

// sections reads a source that is a document, or a dump of documents and the
// logs of containers.
func (r *reader) sections(id uint32, p *plan, in io.Reader, s *Stitcher) error {
	sec := &section{r: bufio.NewReaderSize(in, headBytes), heads: p.headed, listed: containers{}}
	first := true
	for {
		var err error
		switch who := sec.who; {
		case who != nil && !p.headed:
			log := *p
			log.document, log.who = nil, who
			if len(log.formats) == 0 || p.document != nil {
				log.formats = lineFormats(r.formats)
			}
			err = r.sequential(id, &log, sec, s)
		case first && p.document != nil:
			err = r.document(id, p, sec, s)
		default:
			err = r.between(id, p, sec, s, who)
		}
		first = false
		if !sec.pass(id, s) {
			p.document = keepIf(p.document, !p.marked)
			return err
		}
		p.marked = true
	}
}

// keepIf is f while cond holds, else nil.
func keepIf(f *Format, cond bool) *Format {
	if cond {
		return f
	}
	return nil
}

// between reads what stands outside the marks: documents as a rule; or behind a
// heading.
func (r *reader) between(id uint32, p *plan, in io.Reader, s *Stitcher, who *Prefix) error {
	head, err := beginning(in)
	if len(head) == 0 {
		return err
	}
	q := sniff(head, r.formats, r.wrappers, r.search)
	q.keep, q.every, q.others, q.pasted, q.who = p.keep, p.every, p.others, p.headed, who
	rest := &replay{head: head, r: in, err: err}
	if q.document != nil {
		return r.document(id, q, rest, s)
	}
	q.wrappers = p.wrappers // those that the source is shown without
	return r.sequential(id, q, rest, s)
}

// lineFormats are the formats that read lines.
func lineFormats(all []*Format) (out []*Format) {
	for _, f := range all {
		if f.Line != nil && !f.after && !f.Stranger {
			out = append(out, f)
		}
	}
	return out
}
