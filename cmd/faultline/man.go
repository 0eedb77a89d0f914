package main

import (
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCmd writes the manual, as groff.
func (a *app) manCmd() *cobra.Command {
	var out string
	c := &cobra.Command{Use: "man", Short: "the manual pages", Args: cobra.NoArgs,
		Example: "faultline man | man -l -\nfaultline man -o /usr/local/share/man/man1",
		RunE: func(c *cobra.Command, _ []string) error {
			head := &doc.GenManHeader{Title: "FAULTLINE", Section: "1", Source: "faultline " + version, Manual: "faultline"}
			root := c.Root()
			root.DisableAutoGenTag = true
			if out == "" {
				return doc.GenMan(root, head, a.stdout)
			}
			if err := os.MkdirAll(out, 0o755); err != nil {
				return err
			}
			return doc.GenManTree(root, head, out)
		}}
	c.Flags().StringVarP(&out, "output", "o", "", "write a page for each verb into this `folder`")
	return c
}
