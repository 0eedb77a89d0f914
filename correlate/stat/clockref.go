package stat

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sync"

	"gonum.org/v1/gonum/dsp/fourier"
)

// The two grids on which a reference is drawn, in σ. The fine one is read between
// its points by a straight line, which is off by at most h²/8 times the curvature
// 1/σ²: 0.001 an event, in natural logarithms.
const (
	fineStep   = 1.0 / 12
	coarseStep = 2.0 / 3 // a Gaussian has nothing between such points
	refReach   = 8.0     // how far a partner is felt
)

const (
	// flattens is how far below the highest place a cell of the coarse grid, which
	// flattens peaks by h²/12σ² an event, may lie and be looked at closely; cells
	// farther below than noMass do not count. In natural logarithms.
	flattens, noMass = 5.0, 20.0
	// halfBlock is half a mode, in steps of the grid of offsets.
	halfBlock = int(clockBlock / clockStep)
)

// A ClockReference is a series on a known clock that other clocks can be fitted
// to. It is smoothed once; several goroutines may fit to it.
type ClockReference struct {
	at    []float64 // the series, ascending
	sigma float64
	from  float64   // time of the first point of fine
	grain float64   // of the fine grid, seconds
	fine  []float32 // log1p of a partner's density over the background's
	step  float64   // of the coarse grid, seconds

	mu     sync.Mutex
	waves  map[int][]complex128 // transforms of the coarse grid, by size
	points []point              // of the coarse grid
}

// NewClockReference smooths sorted events w with a kernel of sigma seconds: 1, or
// 3 when the drift of the clocks is unknown. ok is false for an empty series and
// for one of more than a month.
func NewClockReference(w []float64, sigma float64) (r *ClockReference, ok bool) {
	if len(w) == 0 || !(sigma > 0) || !(w[len(w)-1]-w[0] < maxClockSteps*clockStep) {
		return nil, false
	}
	r = &ClockReference{at: w, sigma: sigma, from: w[0] - refReach*sigma, grain: fineStep * sigma, step: coarseStep * sigma,
		waves: map[int][]complex128{}}
	span := w[len(w)-1] - w[0] + 600
	scale := clockPi / float64(len(w)) / (sigma * math.Sqrt(2*math.Pi)) / ((1 - clockPi) / span)
	r.fine = make([]float32, int((w[len(w)-1]-w[0]+2*refReach*sigma)/r.grain)+2)
	density := make([]float64, len(r.fine))
	for _, y := range w {
		d := (y - r.from) / r.grain
		lo, hi := max(0, int(math.Ceil(d-refReach*sigma/r.grain))), min(len(density)-1, int(d+refReach*sigma/r.grain))
		for g := lo; g <= hi; g++ {
			z := (float64(g) - d) * r.grain / sigma
			density[g] += scale * math.Exp(-z*z/2)
		}
	}
	for i, d := range density {
		r.fine[i] = float32(math.Log1p(d))
	}
	return r, true
}

// curve is what an event at t says for being one of the reference's.
func (r *ClockReference) curve(t float64) float64 {
	x := (t - r.from) / r.grain
	i := int(x)
	if x < 0 || i+1 >= len(r.fine) {
		return 0
	}
	a, b := float64(r.fine[i]), float64(r.fine[i+1])
	return a + (b-a)*(x-float64(i))
}

// logL is log L at an offset, up to a constant.
func (r *ClockReference) logL(u []float64, offset float64) (sum float64) {
	for _, x := range u {
		sum += r.curve(x + offset)
	}
	return sum
}

// cell is log L at an offset.
type cell struct{ offset, logL float64 }

// modes finds the highest places of the likelihood on the coarse grid, and cuts
// the posterior round each into blocks of ±30 s of the grid of 0.5 s.
func (r *ClockReference) modes(u []float64, within Span) []ClockMode {
	last := int((within.End - within.Start) / clockStep) // of the grid of offsets
	coarse, offset0 := r.lags(u, within)
	tops := newHeights(coarse)
	block := int(math.Ceil(clockBlock / r.step))
	var centres []int // of the blocks, on the grid of offsets
	var blocks [][]cell
	var top []float64              // the highest of each block
	for len(blocks) < maxModes+4 { // the highest are not always those of most mass
		best := tops.highest()
		if len(coarse) == 0 || math.IsInf(float64(coarse[best]), -1) {
			break
		}
		centre, highest := r.peak(u, within.Start, offset0+float64(best)*r.step, last, centres)
		for i := max(0, best-block); i <= min(len(coarse)-1, best+block); i++ {
			coarse[i] = float32(math.Inf(-1))
		}
		tops.lowered(best-block, best+block)
		if centre < 0 {
			continue
		}
		cells := make([]cell, 0, 2*halfBlock+1)
		for g := max(0, centre-halfBlock); g <= min(last, centre+halfBlock); g++ {
			if !inBlock(centres, g) {
				offset := within.Start + float64(g)*clockStep
				cells = append(cells, cell{offset, r.logL(u, offset)})
			}
		}
		centres = append(centres, centre)
		blocks, top = append(blocks, cells), append(top, highest)
	}
	total, peak := 0.0, slices.Max(top)
	for _, cells := range blocks {
		for _, c := range cells {
			total += math.Exp(c.logL - peak)
		}
	}
	for i, v := range coarse { // what no block holds
		sum := float64(v)
		switch {
		case sum <= peak-noMass:
			continue
		case sum > peak-flattens:
			sum = r.logL(u, offset0+float64(i)*r.step)
		}
		total += math.Exp(sum-peak) * r.step / clockStep
	}
	out := make([]ClockMode, len(blocks))
	for i, cells := range blocks {
		out[i] = modeOf(cells, peak, total)
	}
	slices.SortStableFunc(out, func(a, b ClockMode) int { return cmp.Compare(b.Mass, a.Mass) })
	return out[:min(maxModes, len(out))]
}

// heights find the highest of many values again and again while some are lowered.
type heights struct {
	values []float32
	best   []int // of each stretch, the first of several
}

const stretch = 256

func newHeights(values []float32) *heights {
	h := &heights{values, make([]int, (len(values)+stretch-1)/stretch)}
	h.lowered(0, len(values)-1)
	return h
}

// lowered is told of the values from one to another.
func (h *heights) lowered(from, to int) {
	for b := max(0, from) / stretch; b < len(h.best) && b*stretch <= to; b++ {
		h.best[b] = b * stretch
		for i := b * stretch; i < min(len(h.values), (b+1)*stretch); i++ {
			if h.values[i] > h.values[h.best[b]] {
				h.best[b] = i
			}
		}
	}
}

// highest is the first of the highest values.
func (h *heights) highest() (best int) {
	for _, i := range h.best {
		if h.values[i] > h.values[best] {
			best = i
		}
	}
	return best
}

// modeOf sums up a block of the posterior.
func modeOf(cells []cell, peak, total float64) (m ClockMode) {
	var sum, square float64
	centre := cells[len(cells)/2].offset
	for _, c := range cells {
		p, x := math.Exp(c.logL-peak)/total, c.offset-centre
		m.Mass, sum, square = m.Mass+p, sum+x*p, square+x*x*p
	}
	m.Offset = centre
	if m.Mass > 0 {
		mean := sum / m.Mass
		m.Offset += mean
		m.SD = math.Sqrt(math.Max(0, square/m.Mass-mean*mean))
	}
	return m
}

// inBlock says whether a point of the grid of offsets is taken by a block.
func inBlock(centres []int, g int) bool {
	return slices.ContainsFunc(centres, func(c int) bool { return c-halfBlock <= g && g <= c+halfBlock })
}

// peak is the highest point that is not taken of the grid of offsets near an
// offset, -1 if all are.
func (r *ClockReference) peak(u []float64, start, near float64, last int, centres []int) (at int, highest float64) {
	at, highest = -1, math.Inf(-1)
	lo, hi := (near-r.step-start)/clockStep, (near+r.step-start)/clockStep
	for g := max(0, int(lo)); g <= min(last, int(math.Ceil(hi))); g++ {
		if inBlock(centres, g) {
			continue
		}
		if v := r.logL(u, start+float64(g)*clockStep); v > highest {
			at, highest = g, v
		}
	}
	return at, highest
}

// lags is log L on the coarse grid of offsets, whose first one comes back as
// well: the events, each shared out between the two cells beside it, correlated
// with the reference's curve. A few events are moved along the curve, many are
// transformed: whatever takes less.
func (r *ClockReference) lags(u []float64, within Span) (out []float32, offset0 float64) {
	first, events := u[0], int((u[len(u)-1]-u[0])/r.step)+2
	points := int(float64(len(r.fine))*r.grain/r.step) + 1
	size := transformSize(events + points)
	// The offset of a cell moves the first event to a point of the curve.
	shift := int(math.Floor((within.Start + first - r.from) / r.step))
	out = make([]float32, int((within.End-within.Start)/r.step)+2)
	curve := r.coarse(points)
	var sums []float64 // by the lag plus events
	if 2*len(u)*len(curve) < transformCost*size*bits.Len(uint(size)) {
		sums = make([]float64, events+points+1)
		for _, x := range u {
			d := (x - first) / r.step
			i := int(d)
			near, far := 1-(d-float64(i)), d-float64(i)
			moved := sums[events-i-1:]
			for _, c := range curve {
				moved[c.at+1] += near * c.says
				moved[c.at] += far * c.says
			}
		}
	} else {
		turned := r.correlated(u, size, points)
		sums = append(turned[size-events:size:size], turned[:points]...)
	}
	for k := range out {
		if i := k + shift; i > -events && i < points {
			out[k] = float32(sums[i+events])
		}
	}
	return out, r.from + float64(shift)*r.step - first
}

// transformCost is what a step of a transform costs of one along the curve.
const transformCost = 2

// point is a point of the coarse grid at which the curve is not zero.
type point struct {
	at   int
	says float64
}

// coarse is the curve at the points of the coarse grid, where it is not zero.
func (r *ClockReference) coarse(points int) []point {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.points == nil {
		r.points = []point{}
		for i := range points {
			if says := r.curve(r.from + float64(i)*r.step); says != 0 {
				r.points = append(r.points, point{i, says})
			}
		}
	}
	return r.points
}

// correlated is the correlation by Fourier transforms of a size that no lag wraps
// around.
func (r *ClockReference) correlated(u []float64, size, points int) []float64 {
	fft := fourier.NewFFT(size)
	wave := r.wave(fft, size, points)
	bins := make([]float64, size)
	for _, x := range u {
		d := (x - u[0]) / r.step
		i := int(d)
		bins[i] += 1 - (d - float64(i))
		bins[i+1] += d - float64(i)
	}
	c := fft.Coefficients(nil, bins)
	for i := range c {
		c[i] = wave[i] * complex(real(c[i]), -imag(c[i])) / complex(float64(size), 0)
	}
	return fft.Sequence(bins, c)
}

// transformSize is the smallest length of at least n that transforms fast: a
// power of two, or five or six eighths of one.
func transformSize(n int) int {
	size := max(16, 1<<bits.Len(uint(n)))
	for _, eighths := range []int{5, 6} {
		if s := size / 8 * eighths; s >= n {
			return s
		}
	}
	return size
}

// wave is the transform of the curve at the points of the coarse grid.
func (r *ClockReference) wave(fft *fourier.FFT, size, points int) []complex128 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if w, ok := r.waves[size]; ok {
		return w
	}
	curve := make([]float64, size)
	for i := range points {
		curve[i] = r.curve(r.from + float64(i)*r.step)
	}
	w := fft.Coefficients(nil, curve)
	r.waves[size] = w
	return w
}
