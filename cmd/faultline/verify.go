package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"faultline/correlate"
	"faultline/correlate/casefile"
	"faultline/correlate/report"
)

func (a *app) verifyCmd() *cobra.Command {
	var signer string
	c := &cobra.Command{Use: "verify CASE", Short: "does what a case concludes follow from its evidence?",
		Long: "Makes everything that a case concludes again from the evidence in it, and compares. That proves agreement, not origin:\n" +
			"whoever writes a case can write its evidence too. --signer says whose key must have signed it.",
		RunE: func(_ *cobra.Command, args []string) error { return a.verify(args, signer) }}
	c.Flags().StringVar(&signer, "signer", "", "a `file` with the Ed25519 public key (ssh-ed25519 …) that must have signed the case")
	return c
}

// maxDifferences is how many are listed.
const maxDifferences = 20

func (a *app) verify(args []string, signer string) error {
	if len(args) != 1 {
		return misuse(a.name+" verify case.zip", "verify takes one case, not %d", len(args))
	}
	f, err := casefile.Open(args[0])
	if changed := new(casefile.AlteredError); errors.As(err, &changed) {
		return &heldError{err.Error()}
	}
	if err != nil {
		return err
	}
	defer f.Close()
	c := decide(correlate.NewIndex(f.Capture), f.Manifest.Options())
	if a.ctx.Err() != nil {
		return context.Cause(a.ctx)
	}
	redaction, err := f.Document(redactionName)
	if err != nil {
		return err
	}
	n := 0
	err = f.Verify(c, version, documents(c, f, func() ([]byte, error) { return saidAgain(f.Manifest, redaction) }),
		func(d casefile.Difference) {
			if n++; n <= maxDifferences {
				fmt.Fprintln(a.stdout, report.Clean(d.String()))
			}
		})
	if err != nil {
		return err
	}
	m := f.Manifest
	if n > 0 {
		why := ""
		if m.Tool.Version != version {
			why = fmt.Sprintf(" (it was written by version %s, this is %s: what that version words otherwise cannot be compared)", m.Tool.Version, version)
		}
		return &heldError{fmt.Sprintf("%s: %d values do not follow from the evidence%s", args[0], n, why)}
	}
	by := ""
	if signer != "" {
		if err := f.SignedBy(signer); err != nil {
			return &heldError{fmt.Sprintf("%s: %v", args[0], err)}
		}
		by = ", signed by " + signer
	}
	_, err = fmt.Fprintf(a.stdout, "%s is sound: the hashes of %d entries fit, and everything derived follows from %d events of %d sources%s\n",
		report.Clean(args[0]), len(m.Entries), f.Capture.Events(), len(f.Capture.Sources), report.Clean(by))
	return err
}
