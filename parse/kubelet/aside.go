package kubelet

import "io"

// walked is an object of a document, or the end of a list in it.
type walked struct {
	object
	ends bool
	kind string // of the list that ends
}

// group is what was found one after the other, with the text of the objects.
type group struct {
	found []walked
	text  []byte
}

// groupRoom is how much text of objects is handed on at once.
const groupRoom = 256 << 10

// aside walks through a document beside what is made of its objects: to find where each
// ends takes about as long as to read one, and a document may be all that there is.
func aside(r io.Reader, each func(object), listed func(kind string)) (err error) {
	full, free := make(chan *group, 2), make(chan *group, 4)
	go func() {
		defer close(full)
		g := &group{}
		put := func(f walked) {
			if g.found = append(g.found, f); len(g.text) < groupRoom {
				return
			}
			full <- g
			select {
			case g = <-free:
				g.found, g.text = g.found[:0], g.text[:0]
			default:
				g = &group{}
			}
		}
		err = walk(r, func(o object) {
			from := len(g.text)
			g.text = append(g.text, o.raw...)
			o.raw = g.text[from:len(g.text):len(g.text)]
			put(walked{object: o})
		}, func(kind string) { put(walked{ends: true, kind: kind}) })
		full <- g
	}()
	for g := range full {
		for _, f := range g.found {
			if f.ends {
				listed(f.kind)
			} else {
				each(f.object)
			}
		}
		select {
		case free <- g:
		default:
		}
	}
	return err
}
