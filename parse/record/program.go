package record

import (
	"bytes"

	"faultline/parse"
	"faultline/parse/lex"
	"faultline/parse/wrap"
)

// Program is a record that a program wrote as an object of its own, whatever
// its logger.
type Program struct {
	Text  []byte
	Level []byte // as printed: a word, or a number
	Time  []byte // as printed
	// At has the record's time and nothing else.
	At parse.Prefix
}

// programNames are further names, which only a program's own record gives, folded: of
// its time Serilog's and log15's t, Python's asctime and Log4j's timeMillis, of level
// and text Serilog's l, m and mt.
var programNames = newNames(map[string]key{
	"t": {when, 7}, "asctime": {when, 7}, "timemillis": {when, 7}, "timelocal": {when, 7},
	"l": {level, 7}, "severitytext": {level, 7}, "priority": {level, 7}, "levelvalue": {level, 7}, "severitynumber": {level, 7},
	"s": {level, 7}, "m": {text, 7}, "mt": {text, 7},
})

// OfProgram reads a line as a program's own record: an object with a time and a
// level, which collectors do not give a line. Loggers of every language name the three nearly alike
// (logrus, zap, slog, zerolog; pino, bunyan, winston; Logback and Log4j's
// JSON, ECS; structlog, python-json-logger; Serilog, .NET's JsonConsole;
// hclog; the record of a log store as well).
func OfProgram(line []byte) (out Program, ok bool) {
	if len(line) < 2 || line[0] != '{' {
		return out, false
	}
	said, timed := -1, -1
	var room [40]byte
	whole := object(line, func(name, value []byte) {
		f := fold(name, &room)
		k := knownAs(name, f)
		if k.is == nothing {
			k, _ = programNames.find(f)
		}
		switch {
		case value[0] == '{':
			out.within(string(f), value, &timed)
		case value[0] == '[':
		case k.is == text && value[0] == '"' && (said < 0 || int(k.rank) < said):
			said, out.Text = int(k.rank), lex.Unquote(value)
		case k.is == level && len(out.Level) == 0 && (len(name) > 1 || len(value) < len(`"info"`)):
			out.Level = lex.Unquote(value)
		case k.is == when && (timed < 0 || int(k.rank) < timed):
			out.at(value, int(k.rank), &timed)
		}
	})
	return out, whole && timed >= 0 && len(out.Level) > 0
}

// Place gives a line the time that a tool put before it, else the record's.
func (o *Program) Place(l *parse.Line) {
	if !l.Prefix.HasStamp {
		timed(&l.Prefix, &o.At)
	}
	l.AtPrefix()
}

// at takes a time.
func (o *Program) at(value []byte, rank int, timed *int) {
	v := lex.Unquote(value)
	var p parse.Prefix
	if wrap.Time(v, &p) {
		o.At, o.Time, *timed = p, v, rank
	}
}

// within reads what ECS and MongoDB put one object deeper: log.level, and
// t.$date.
func (o *Program) within(name string, value []byte, timed *int) {
	if name != "log" && name != "t" {
		return
	}
	object(value, func(inner, v []byte) {
		switch {
		case string(inner) == "level" && len(o.Level) == 0 && v[0] == '"':
			o.Level = bytes.Clone(lex.Unquote(v))
		case string(inner) == "$date" && *timed < 0:
			o.at(v, 7, timed)
		}
	})
}
