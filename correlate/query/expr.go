package query

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/prometheus/prometheus/promql/parser"
)

// promQL reads everything that Prometheus has behind a flag, too.
var promQL = parser.NewParser(parser.Options{EnableExperimentalFunctions: true, EnableBinopFillModifiers: true})

// longest is the longest expression that is read, in bytes: both parsers
// recurse.
const longest = 16 << 10

// Error is an expression that cannot be evaluated, or should not be.
type Error struct {
	Expr string
	// From and To are the bytes of Expr that it is about; equal when it is
	// about all of it.
	From, To int
	Msg      string
	// Hint is what to write in its place, "" when nothing is known.
	Hint string
}

// Error is the message with the line and column it is about.
func (e *Error) Error() string {
	if e.From == e.To {
		return e.Msg
	}
	before := e.Expr[:e.From]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("%d:%d: %s", line, column, e.Msg)
}

// Pointer gives the line that the error is about, and a line that points at
// the place with carets; both are "" when it is about no place. clean makes
// text fit for a terminal.
func (e *Error) Pointer(clean func(string) string) (line, carets string) {
	if e.From == e.To {
		return "", ""
	}
	from := strings.LastIndexByte(e.Expr[:e.From], '\n') + 1
	to := len(e.Expr)
	if i := strings.IndexByte(e.Expr[e.From:], '\n'); i >= 0 {
		to = e.From + i
	}
	before, here := clean(e.Expr[from:e.From]), clean(e.Expr[e.From:max(e.From, min(e.To, to))])
	return before + clean(e.Expr[e.From:to]), strings.Repeat(" ", utf8.RuneCountInString(before)) +
		strings.Repeat("^", max(1, utf8.RuneCountInString(here)))
}

// fault is an error about bytes of an expression; they are cut to it.
func fault(expr string, from, to int, msg, hint string) *Error {
	from = max(0, min(from, len(expr)))
	to = max(from, min(to, len(expr)))
	if from == to && from == len(expr) && from > 0 {
		from-- // where something is missing at the end
	}
	if from == to && len(expr) > 0 {
		to = from + 1
	}
	return &Error{Expr: expr, From: from, To: to, Msg: msg, Hint: hint}
}

// read parses an expression: as PromQL, else as MetricsQL that has an
// equivalent. text is the PromQL, which is asked itself in the first case.
func read(asked string) (expr parser.Expr, text string, err error) {
	if len(asked) > longest {
		return nil, "", &Error{Expr: asked, Msg: fmt.Sprintf("%d bytes are too long for an expression", len(asked)), Hint: fmt.Sprintf("at most %d", longest)}
	}
	expr, perr := promQL.ParseExpr(asked)
	if perr == nil {
		return expr, asked, nil
	}
	text, no := translate(asked)
	if no == nil {
		if expr, err = promQL.ParseExpr(text); err == nil {
			return expr, text, nil
		}
		no = &refusal{what: fmt.Sprintf("its nearest form %s is not PromQL (%s)", text, message(err))}
	}
	out := parseFault(asked, perr)
	if no.what != "" {
		out.Msg, out.Hint = "not PromQL, and "+no.what, no.nearest
	}
	return nil, "", out
}

// message is the first of a parser's errors without its position.
func message(err error) string {
	var list parser.ParseErrors
	if errors.As(err, &list) && len(list) > 0 {
		return list[0].Err.Error()
	}
	return err.Error()
}

func parseFault(asked string, err error) *Error {
	var list parser.ParseErrors
	if errors.As(err, &list) && len(list) > 0 {
		at := list[0].PositionRange
		return fault(asked, int(at.Start), int(at.End), message(err), "")
	}
	return &Error{Expr: asked, Msg: err.Error()}
}
