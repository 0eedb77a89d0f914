package casefile

import (
	"encoding/binary"
	"errors"
)

// The Parquet library makes a list as long as a footer says before it looks
// whether so much follows. So each footer and page header is walked once
// before: thrift's compact protocol
// (github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).

var errThrift = errors.New("damaged Parquet metadata")

// walk is how far a thrift structure has been walked.
type walk struct {
	rest     []byte
	elements int // of lists that are still allowed
	depth    int
}

// structLen gives how many bytes the structure at the start of data takes.
func structLen(data []byte, elements int) (int, error) {
	w := &walk{rest: data, elements: elements, depth: 16}
	if !w.structure() {
		return 0, errThrift
	}
	return len(data) - len(w.rest), nil
}

// Types of the compact protocol.
const (
	thriftTrue = iota + 1
	thriftFalse
	thriftByte
	thriftI16
	thriftI32
	thriftI64
	thriftDouble
	thriftBinary
	thriftList
	thriftSet
	thriftMap
	thriftStruct
	thriftUUID
)

func (w *walk) structure() bool {
	if w.depth--; w.depth < 0 {
		return false
	}
	defer func() { w.depth++ }()
	for {
		head, ok := w.byte()
		if !ok {
			return false
		}
		if head == 0 {
			return true
		}
		if head>>4 == 0 { // the field's number follows
			if _, ok := w.varint(); !ok {
				return false
			}
		}
		if kind := head & 15; kind != thriftTrue && kind != thriftFalse && !w.value(kind) {
			return false
		}
	}
}

func (w *walk) value(kind byte) bool {
	switch kind {
	case thriftTrue, thriftFalse, thriftByte: // as they stand in lists
		return w.skip(1)
	case thriftI16, thriftI32, thriftI64:
		_, ok := w.varint()
		return ok
	case thriftDouble:
		return w.skip(8)
	case thriftUUID:
		return w.skip(16)
	case thriftBinary:
		n, ok := w.varint()
		return ok && w.skip(n)
	case thriftList, thriftSet:
		return w.list()
	case thriftStruct:
		return w.structure()
	}
	return false // a map: Parquet has none
}

func (w *walk) list() bool {
	if w.depth--; w.depth < 0 {
		return false
	}
	defer func() { w.depth++ }()
	head, ok := w.byte()
	n := uint64(head >> 4)
	if ok && n == 15 {
		n, ok = w.varint()
	}
	if !ok || n > uint64(w.elements) || n > uint64(len(w.rest)) {
		return false
	}
	w.elements -= int(n)
	for range n {
		if !w.value(head & 15) {
			return false
		}
	}
	return true
}

func (w *walk) byte() (byte, bool) {
	if len(w.rest) == 0 {
		return 0, false
	}
	b := w.rest[0]
	w.rest = w.rest[1:]
	return b, true
}

func (w *walk) varint() (uint64, bool) {
	v, n := binary.Uvarint(w.rest)
	if n <= 0 {
		return 0, false
	}
	w.rest = w.rest[n:]
	return v, true
}

func (w *walk) skip(n uint64) bool {
	if n > uint64(len(w.rest)) {
		return false
	}
	w.rest = w.rest[n:]
	return true
}
