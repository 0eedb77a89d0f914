package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/casefile"
	"faultline/correlate/report"
)

func (a *app) verifyCmd() *cobra.Command {
	return &cobra.Command{Use: "verify CASE", Short: "does what a case concludes follow from its evidence?",
		RunE: func(_ *cobra.Command, args []string) error { return a.verify(args) }}
}

// maxDifferences is how many are listed.
const maxDifferences = 20

func (a *app) verify(args []string) error {
	if len(args) != 1 {
		return misuse(a.name+" verify case.zip", "verify takes one case, not %d", len(args))
	}
	f, err := casefile.Open(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	c := decide(correlate.NewIndex(f.Capture), f.Manifest.Options)
	if a.ctx.Err() != nil {
		return context.Cause(a.ctx)
	}
	redaction, err := f.Document(redactionName)
	if err != nil {
		return err
	}
	n := 0
	err = f.Verify(c, version, documents(c, f, func() ([]byte, error) { return redaction, nil }), func(d casefile.Difference) {
		if n++; n <= maxDifferences {
			fmt.Fprintln(a.stdout, report.Clean(d.String()))
		}
	})
	if err != nil {
		return err
	}
	if n > 0 {
		return &heldError{fmt.Sprintf("%s: %d values do not follow from the evidence", args[0], n)}
	}
	m := f.Manifest
	_, err = fmt.Fprintf(a.stdout, "%s is sound: the hashes of %d entries fit, and everything derived follows from %d events of %d sources\n",
		report.Clean(args[0]), len(m.Entries), f.Capture.Events(), len(f.Capture.Sources))
	if err == nil && m.Tool.Version != version {
		a.warn("it was written by version %s, this is %s: the documents were not compared", m.Tool.Version, version)
	}
	return err
}
