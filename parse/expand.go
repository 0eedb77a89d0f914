package parse

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
		return r.ctx.Err() == nil
	}
	for i := range in {
		if in[i].Expand == nil {
			start(in[i])
		} else {
			from := n
			in[i].Expand(start)
			if in[i].ContainerSum != nil && r.ctx.Err() == nil {
				r.archives = append(r.archives, archive{from, n, in[i].ContainerSum()})
			}
		}
		if r.ctx.Err() != nil {
			return
		}
	}
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
