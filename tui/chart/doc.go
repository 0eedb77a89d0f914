// Package chart turns numbers into cells of a terminal: plots, strips, rasters
// and their axes. It knows nothing of logs, and imports nothing of ours.
//
// A [Block] is a rectangle of cells, each a rune and a [Style]: a role such as
// "alarm" or "dim", not a colour. [Block.Render] paints it for a terminal,
// [Block.String] gives it without colour, [Block.SVG] draws it as a picture.
// Nothing that is put into a block can act on a terminal.
package chart
