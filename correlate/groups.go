package correlate

// ByClock are the events that the judgement rests on, by the clocks on which
// they can be compared: the wall clock first, then each process whose zero is
// not known.
func (c *Case) ByClock() []*Group { return c.work.groups() }

// Processes are the lives of the controllers whose stalls were tested.
func (c *Case) Processes() []*Process { return c.work.processes }
