package chart

// Glyphs are the runes that charts are drawn with.
type Glyphs struct {
	// ASCII says that nothing else may be used.
	ASCII bool
	// Bars grow from one eighth of a cell to a full one.
	Bars []rune
	// Hatch marks time that was not captured, Base time that was, without
	// anything in it.
	Hatch, Base rune
	// Hidden marks time in which a filter hides something.
	Hidden rune
	// V and H are rules, Corner where an axis begins, Tick a mark on it, Grid
	// a line at a predicted time.
	V, H, Corner, Tick, Grid rune
	// Flag is a mark that somebody set.
	Flag rune
	// Series are the runes of a plot's lines when dots cannot tell them apart.
	Series []rune
	// Process are the runes that stand for processes in a list.
	Process []rune
}

// Unicode draws with block elements and braille, ASCII with what every
// terminal has.
var (
	Unicode = &Glyphs{Bars: []rune("▁▂▃▄▅▆▇█"), Hatch: '╱', Base: '·', Hidden: '┄', V: '│', H: '─', Corner: '└', Tick: '┬',
		Grid: '┊', Flag: '▼', Series: []rune("●▲■◆○△"), Process: []rune("■□▣▤▥▦▧▨")}
	ASCII = &Glyphs{ASCII: true, Bars: []rune(".:-=+*#@"), Hatch: '/', Base: '_', Hidden: ',', V: '|', H: '-', Corner: '+',
		Tick: '+', Grid: ':', Flag: 'v', Series: []rune("*ox+%@"), Process: []rune("abcdefgh")}
)
