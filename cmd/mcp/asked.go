package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"faultline/correlate"
	"faultline/correlate/query"
	"faultline/correlate/report"
	"faultline/correlate/rules"
	"faultline/parse"
)

func globs(pattern, name string) bool { return correlate.Glob(pattern, name) }

// QueryIn is what query takes.
type QueryIn struct {
	Expr  string `json:"expr" jsonschema:"PromQL, MetricsQL that has an equal in it, or @NAME of the pack"`
	Start string `json:"start,omitempty" jsonschema:"the first time (RFC 3339); the first sample unless given"`
	End   string `json:"end,omitempty" jsonschema:"the last time (RFC 3339); the last sample unless given"`
	Step  string `json:"step,omitempty" jsonschema:"the distance of two points, such as 1m; a longer one gives fewer points"`
	Time  string `json:"time,omitempty" jsonschema:"or evaluate at this time alone (RFC 3339), or at the last sample (last)"`
	Page
}

// Answer has the shape of Prometheus's API.
type Answer struct {
	Status string     `json:"status"`
	Data   AnswerData `json:"data"`
	Infos  []string   `json:"infos" jsonschema:"what to know about the data before believing the numbers"`
	More
}

// AnswerData is the value of an answer.
type AnswerData struct {
	Type   string            `json:"resultType"`
	Series []json.RawMessage `json:"result" jsonschema:"of matrix and vector the series; of scalar and string the time and the value"`
}

var queryTool = ask("query", "PromQL over metrics and log events",
	"Prometheus's own engine over the metrics of the dump and over its log events as series: faultline_events_total{kind,source,namespace,pod,container,target,severity}, faultline_stall_seconds, faultline_stall_depth, faultline_incident.", "data.result",
	func(ctx context.Context, d *Dump, in *QueryIn) (*Answer, error) {
		r, err := in.ask(ctx, d)
		if err != nil {
			return nil, withHint(err)
		}
		var b bytes.Buffer
		if err := query.WriteJSON(&b, r); err != nil {
			return nil, err
		}
		var all Answer
		if err := json.Unmarshal(b.Bytes(), &all); err != nil {
			return nil, err
		}
		out := &Answer{Status: all.Status, Data: AnswerData{all.Data.Type, []json.RawMessage{}}, Infos: append([]string{}, all.Infos...)}
		if r.Type != "matrix" && r.Type != "vector" {
			out.Data.Series = all.Data.Series
			return out, nil
		}
		return out, fill(&out.More, &in.Page, all.Data.Series, &out.Data.Series)
	})

// ask evaluates the expression.
func (in *QueryIn) ask(ctx context.Context, d *Dump) (*query.Result, error) {
	if in.Time != "" && (in.Start != "" || in.End != "" || in.Step != "") {
		return nil, errors.New("time: for one instant alone; start, end and step are for a range")
	}
	if in.Time != "" {
		var at parse.Time
		if in.Time != "last" {
			var err error
			if at, err = moment("time", in.Time); err != nil {
				return nil, err
			}
		}
		return d.queries().Instant(ctx, in.Expr, at)
	}
	from, err := moment("start", in.Start)
	if err != nil {
		return nil, err
	}
	to, err := moment("end", in.End)
	if err != nil {
		return nil, err
	}
	var step time.Duration
	if in.Step != "" {
		if step, err = time.ParseDuration(in.Step); err != nil || step <= 0 {
			return nil, errors.New("step: a length such as 15s or 1m is expected")
		}
	}
	return d.queries().Range(ctx, in.Expr, from, to, step)
}

// withHint is what is wrong with an expression, with what would work.
func withHint(err error) error {
	var at *query.Error
	if !errors.As(err, &at) {
		return err
	}
	text := report.Clean(at.Error())
	if at.Hint != "" {
		text += "; try " + report.Clean(at.Hint)
	}
	return errors.New(text)
}

// PeriodsIn is what periods takes.
type PeriodsIn struct{ Page }

// Periods is a page of the tests for a period.
type Periods struct {
	Periods      []report.Period      `json:"periods" jsonschema:"what was tested for keeping a period, and what came of it"`
	Associations []report.Association `json:"associations" jsonschema:"how often one thing follows another, beside chance"`
	Total        int                  `json:"total"`
	More
}

var periodsTool = ask("periods", "Whether anything keeps a period",
	"Each test for a period: its verdict, p value, interval, and which known mechanisms have that period and phase. not_supported and insufficient are not the same.", "periods",
	func(_ context.Context, d *Dump, in *PeriodsIn) (*Periods, error) {
		r := d.report()
		out := &Periods{Periods: []report.Period{}, Associations: []report.Association{}, Total: len(r.Periods)}
		err := fill(&out.More, &in.Page, r.Periods, &out.Periods)
		if out.Cursor == nil {
			out.Associations = r.Associations
		}
		return out, err
	})

// RasterIn is what raster takes.
type RasterIn struct {
	Image bool `json:"image,omitempty" jsonschema:"the picture too, as SVG"`
	Page
}

// Raster is a page of rows.
type Raster struct {
	report.Raster
	Legend string `json:"legend"`
	More
	svg []byte
}

func (r *Raster) images() []sdk.Content {
	if r.svg == nil {
		return nil
	}
	return []sdk.Content{&sdk.ImageContent{Data: r.svg, MIMEType: "image/svg+xml"}}
}

// mostSVG is the largest picture that is sent, in bytes.
const mostSVG = 256 << 10

var rasterTool = ask("raster", "One row a cycle",
	"A row for each cycle of the period with the phase across: what keeps the period stands in a column. In text, and as a picture where asked for.", "rows",
	func(_ context.Context, d *Dump, in *RasterIn) (*Raster, error) {
		all, ok := report.RasterText(d.Case)
		if !ok {
			return nil, errors.New("the dump is shorter than two cycles, so that nothing could repeat; timeline has the counts")
		}
		var legend strings.Builder
		all.WriteLegend(&legend)
		out := &Raster{Raster: all, Legend: legend.String()}
		rows := out.Rows
		out.Rows = []report.RasterRow{}
		if in.Image {
			svg, _ := report.RasterSVG(d.Case, time.UTC)
			if len(svg) > mostSVG {
				return nil, fmt.Errorf("image: the picture would be %d bytes, more than %d; the rows in text are the same", len(svg), mostSVG)
			}
			out.svg = svg
		}
		return out, fill(&out.More, &in.Page, rows, &out.Rows)
	})

// CompareIn is what compare takes.
type CompareIn struct{ Size }

// Compared is two cases side by side.
type Compared struct {
	report.ComparisonJSON
	Caveats
}

var compareTool = ask("compare", "This dump beside a second one",
	"The dump that was opened (a) beside that of --compare (b): rates with intervals, periods that are claimed (periods has all, and what fits them), what is new, what is gone, what only became visible.", "",
	func(_ context.Context, d *Dump, _ *CompareIn) (*Compared, error) {
		if d.Other == nil {
			return nil, errors.New("there is no second dump: start with faultline mcp A --compare B")
		}
		return &Compared{ComparisonJSON: report.ComparisonOf(correlate.Compare(d.Case, d.Other))}, nil
	})

// MissingIn is what missing takes.
type MissingIn struct{ Size }

// Missing is what would tell more.
type Missing struct {
	Lacks  []Lack `json:"lacks" jsonschema:"the most useful first"`
	Script string `json:"script" jsonschema:"a shell script that gathers it; faultline never runs it, and it changes nothing in a cluster"`
	Caveats
}

// Lack is one thing that the dump does not hold.
type Lack struct {
	Name  string   `json:"name"`
	What  string   `json:"what"`
	Rules []string `json:"rules" jsonschema:"what says less without it"`
}

var missingTool = ask("missing", "What to collect next",
	"What the dump lacks, which diagnoses that keeps open, and the exact commands that gather it. Nothing is run.", "",
	func(_ context.Context, d *Dump, _ *MissingIn) (*Missing, error) {
		out := &Missing{Lacks: []Lack{}}
		for _, l := range rules.Missing(d.Case) {
			out.Lacks = append(out.Lacks, Lack{l.Name, l.What, l.Rules})
		}
		if len(out.Lacks) > 0 && d.Script != nil {
			out.Script = d.Script()
		}
		return out, nil
	})

// SourcesIn is what sources takes.
type SourcesIn struct {
	Source string `json:"source,omitempty" jsonschema:"only sources whose path or base name matches this glob"`
	Page
}

// Sources is a page of sources.
type Sources struct {
	Sources []report.Source `json:"sources"`
	Total   int             `json:"total"`
	More
}

var sourcesTool = ask("sources", "What was read, on which clock and why",
	"Each file: as which format it was read, whose it is, what time it covers, on which clock and by which evidence, and what was not understood.", "sources",
	func(_ context.Context, d *Dump, in *SourcesIn) (*Sources, error) {
		f := Filter{Source: in.Source}
		var list []report.Source
		for _, s := range report.Sources(d.Case) {
			if f.named(s.Path) {
				list = append(list, s)
			}
		}
		if len(list) == 0 && in.Source != "" {
			return nil, errors.New("source: no source has that path or name; without it all are listed")
		}
		out := &Sources{Sources: []report.Source{}, Total: len(list)}
		return out, fill(&out.More, &in.Page, list, &out.Sources)
	})

// ExportIn is what export takes.
type ExportIn struct {
	Name string `json:"name" jsonschema:"the name of the file in the folder that was allowed, ending in .zip (a whole case), .md, .html, .json or .txt (a report), .csv or .jsonl (the events)"`
	Size
}

// Exported is what export did.
type Exported struct {
	Wrote string `json:"wrote"`
	Caveats
}

var exportTool = func() *tool {
	t := ask("export", "Write the case or a report",
		"Writes the case or a report of it into the one folder that --allow-export names. A file that is there is never replaced.", "",
		func(ctx context.Context, d *Dump, in *ExportIn) (*Exported, error) {
			if in.Name == "" || strings.ContainsAny(in.Name, `/\:`) || strings.HasPrefix(in.Name, ".") {
				return nil, errors.New("name: the name of a file is expected, without a folder")
			}
			wrote, err := d.Export(ctx, in.Name)
			return &Exported{Wrote: wrote}, err
		})
	t.writes = true
	return t
}()
