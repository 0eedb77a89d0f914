package parse

import "io"

// archive says which sources came out of one input, and its hash.
type archive struct {
	from, to int
	sum      []byte
}

// dispatch starts to read the inputs in order and queues their results in the
// same order. An input that expands is expanded here, while what it gave is
// read: so the numbers of the sources behind it are known in time.
func (r *reader) dispatch(in []Input, queue chan<- chan result) {
	defer close(queue)
	n := 0
	start := func(one Input) bool {
		if one.Own != "" {
			r.own = append(r.own, Owned{one.Path, one.Own})
			return r.ctx.Err() == nil
		}
		out := make(chan result, 1)
		select {
		case queue <- out:
		case <-r.ctx.Done():
			return false
		}
		id := uint32(n)
		n++
		if one.Lent {
			out <- r.source(id, &one)
		} else {
			go func() { out <- r.source(id, &one) }()
		}
		return r.ctx.Err() == nil && r.full() == nil
	}
	for i := range in {
		if in[i].Expand == nil {
			start(in[i])
		} else {
			from, latest := n, ""
			in[i].Expand(func(one Input) bool { latest = one.Path; return start(one) })
			if err := r.full(); err != nil && latest != in[i].Path { // an archive, which nobody knows how much more is in
				start(Input{Path: in[i].Path, Open: func() (io.ReadCloser, error) { return nil, err }})
			}
			if in[i].ContainerSum != nil && r.ctx.Err() == nil {
				r.archives = append(r.archives, archive{from, n, in[i].ContainerSum()})
			}
		}
		if r.ctx.Err() != nil {
			return
		}
	}
}

// full says why nothing more is read, nil while more is.
func (r *reader) full() error {
	if r.o.Room == nil {
		return nil
	}
	return r.o.Room()
}

// containers gives the members of archives the hash of the file that they are
// from, which is known only when all of it was read.
func (r *reader) containers(c *Capture) {
	for _, a := range r.archives {
		for i := a.from; i < a.to && i < len(c.Sources); i++ {
			if c.Sources[i].ContainerSHA256 == nil {
				c.Sources[i].ContainerSHA256 = a.sum
			}
		}
	}
}
