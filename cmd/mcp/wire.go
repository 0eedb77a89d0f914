package mcp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// maxRequest is the longest request that is read, in bytes.
const maxRequest = 4 << 20

// wire carries JSON-RPC, one message a line. The transport of the SDK ends with
// the first line that is no message; this one answers it with an error and goes
// on, as JSON-RPC 2.0 section 5.1 has it.
type wire struct {
	out   io.Writer
	check func([]byte) error // nil: everything may go out
	lines chan []byte        // closed at the end of the input
	ended error              // why the input ended, once lines is closed

	writing sync.Mutex
	mu      sync.Mutex
	open    map[jsonrpc.ID]bool // calls without an answer
	unsent  int                 // calls whose answer was not sent yet
	idle    chan struct{}       // told when an answer was sent
	once    sync.Once
	closed  chan struct{}
}

func newWire(in io.Reader, out io.Writer, check func([]byte) error) *wire {
	w := &wire{out: out, check: check, lines: make(chan []byte), open: map[jsonrpc.ID]bool{}, idle: make(chan struct{}, 1),
		closed: make(chan struct{})}
	go w.listen(in)
	return w
}

// Connect makes the wire a transport of the SDK.
func (w *wire) Connect(context.Context) (sdk.Connection, error) { return w, nil }

// SessionID is empty: a pipe has one session.
func (w *wire) SessionID() string { return "" }

// Close ends the reading.
func (w *wire) Close() error {
	w.once.Do(func() { close(w.closed) })
	return nil
}

// listen hands on line by line. A line that is too long arrives as nil.
func (w *wire) listen(in io.Reader) {
	defer close(w.lines)
	r := bufio.NewReaderSize(in, 64<<10)
	for {
		line, err := readLine(r)
		if len(line) > 0 || err == nil {
			select {
			case w.lines <- line:
			case <-w.closed:
				return
			}
		}
		if err != nil {
			w.ended = err
			return
		}
	}
}

// readLine reads a line without its end; nil when it was too long, of which all
// is read and nothing kept. Empty lines are passed over.
func readLine(r *bufio.Reader) (line []byte, err error) {
	for long := false; ; {
		part, err := r.ReadSlice('\n')
		if long = long || len(line)+len(part) > maxRequest; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case long:
			return nil, err
		}
		if line = bytes.TrimSpace(line); err != nil || len(line) > 0 {
			return line, err
		}
	}
}

// Read gives the next message. At the end of the input it waits for the calls
// that have no answer yet, so that a script may close its end and read on.
func (w *wire) Read(ctx context.Context) (jsonrpc.Message, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-w.closed:
			return nil, io.EOF
		case line, ok := <-w.lines:
			if !ok {
				return nil, w.finish(ctx)
			}
			msg, refusal := w.message(line)
			if refusal == nil {
				return msg, nil
			}
			if err := w.send(refusal); err != nil {
				return nil, err
			}
		}
	}
}

// finish waits until all calls are answered.
func (w *wire) finish(ctx context.Context) error {
	for {
		w.mu.Lock()
		left := w.unsent
		w.mu.Unlock()
		if left == 0 {
			return w.ended
		}
		select {
		case <-w.idle:
		case <-w.closed:
			return io.EOF
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// message reads a line, or gives what it is refused with.
func (w *wire) message(line []byte) (msg jsonrpc.Message, refusal []byte) {
	switch {
	case line == nil:
		return nil, refused(nil, jsonrpc.CodeParseError, "a message of more than 4 MiB")
	case !json.Valid(line):
		return nil, refused(nil, jsonrpc.CodeParseError, "no JSON: one message a line is expected")
	}
	msg, err := jsonrpc.DecodeMessage(line)
	if err != nil {
		var named struct {
			ID json.RawMessage `json:"id"`
		}
		_ = json.Unmarshal(line, &named) // without an id the answer has none
		return nil, refused(named.ID, jsonrpc.CodeInvalidRequest, "no message of JSON-RPC 2.0; of several in a list, send one a line")
	}
	if call, ok := msg.(*jsonrpc.Request); ok && call.IsCall() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.open[call.ID] {
			id, _ := json.Marshal(call.ID.Raw())
			return nil, refused(id, jsonrpc.CodeInvalidRequest, "a call with this id has no answer yet")
		}
		w.open[call.ID] = true
		w.unsent++
	}
	return msg, nil
}

// refused is an error response.
func refused(id json.RawMessage, code int64, why string) []byte {
	if plain := bytes.TrimSpace(id); len(plain) == 0 || plain[0] == '{' || plain[0] == '[' {
		id = json.RawMessage("null")
	}
	text, err := json.Marshal(struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   jsonrpc.Error   `json:"error"`
	}{"2.0", id, jsonrpc.Error{Code: code, Message: why}})
	if err != nil {
		panic(err) // of two numbers and two texts
	}
	return text
}

// Write sends a message. What may not go out is withheld, and the caller told
// so in its place.
func (w *wire) Write(_ context.Context, msg jsonrpc.Message) error {
	data, err := jsonrpc.EncodeMessage(msg)
	if err != nil {
		return err
	}
	answer, ok := msg.(*jsonrpc.Response)
	if w.check != nil {
		if err := w.check(data); err != nil && !ok {
			return nil // a notification: nobody waits for it
		} else if err != nil {
			id, _ := json.Marshal(answer.ID.Raw())
			data = refused(id, jsonrpc.CodeInternalError, "withheld: "+err.Error())
		}
	}
	if !ok {
		return w.send(data)
	}
	w.mu.Lock()
	delete(w.open, answer.ID) // first: once it is sent, the id may come again
	w.mu.Unlock()
	err = w.send(data)
	w.mu.Lock()
	w.unsent--
	w.mu.Unlock()
	select {
	case w.idle <- struct{}{}:
	default:
	}
	return err
}

// send writes a line.
func (w *wire) send(data []byte) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	_, err := w.out.Write(append(data, '\n'))
	return err
}
