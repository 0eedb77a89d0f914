package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"faultline/correlate/report"
	"faultline/correlate/words"
)

// Exit codes, as the contract names them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitHeld        = 3 // a check that a flag or a verb asked for did not hold
	exitInterrupted = 130
)

// interrupted is what is said on ^C.
const interrupted = "faultline: interrupted"

// app is what every verb is given: where to read and write, and how it was
// called.
type app struct {
	ctx            context.Context
	name           string
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
	log            *logrus.Logger
	flags          shared
	// budget is how much memory may be used; cut says what it left unread, if anything.
	budget *budget
	cut    string
	status *stageLine
	// release gives the limit of memory back.
	release func()
	look    look
	// watch is told of the reading instead of stderr, while the screen is up.
	watch    *watcher
	template string // of analyze -o md
	// scratch are files that live as long as the screen.
	scratch *scratch
}

// run is the whole program: arguments in, exit code out.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{ctx: ctx, name: called(args[0]), args: args[1:], stdin: stdin, stdout: stdout, stderr: stderr, log: logrus.New(),
		scratch: &scratch{}, status: &stageLine{began: time.Now()}, release: func() {}}
	a.log.SetOutput(stderr)
	a.log.SetLevel(logrus.WarnLevel)
	a.log.SetFormatter(&logrus.TextFormatter{DisableTimestamp: true})
	root := a.root()
	root.SetArgs(args[1:])
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	defer func() { a.release() }()
	if err == nil && ctx.Err() != nil && !complete.Load() {
		err = context.Cause(ctx)
	}
	if err == nil {
		err = a.cutShort()
	}
	return a.exit(err)
}

// called is the name that usage is printed under: kubectl finds plugins by
// their file name and shows them as its own verbs.
func called(arg0 string) string {
	name := strings.TrimSuffix(filepath.Base(arg0), ".exe")
	if name == "kubectl-faultline" {
		return "kubectl faultline"
	}
	return "faultline"
}

// exit says what went wrong, and gives the exit code.
func (a *app) exit(err error) int {
	var usage *usageError
	var held *heldError
	a.status.clear()
	if spent := context.Cause(a.ctx); errors.As(spent, new(errSpent)) {
		err = &hinted{spent, giveLess}
	}
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(a.stderr, interrupted)
		return exitInterrupted
	case errors.Is(err, syscall.EPIPE):
		return exitDone // whoever read our output has seen enough
	case errors.As(err, &usage), strings.HasPrefix(err.Error(), "unknown command"), strings.HasPrefix(err.Error(), "unknown flag"):
		a.complain(err)
		return exitUsage
	case errors.As(err, &held):
		a.complain(err)
		return exitHeld
	}
	a.complain(err)
	return exitFailed
}

// complain prints an error, and its hint on a line of its own.
func (a *app) complain(err error) {
	fmt.Fprintf(a.stderr, "faultline: %s\n", report.Clean(err.Error()))
	var h *hinted
	if errors.As(err, &h) {
		fmt.Fprintf(a.stderr, "faultline: hint: %s\n", h.hint)
	}
}

// usageError is a mistake on the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

// hinted is an error with advice.
type hinted struct {
	err  error
	hint string
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }

func misuse(hint, format string, args ...any) error {
	return &usageError{&hinted{fmt.Errorf(format, args...), hint}}
}

func (a *app) root() *cobra.Command {
	var out string
	root := &cobra.Command{
		Use:           "faultline PATH…",
		Short:         "offline forensics for mystery 504s in a service mesh",
		Long:          rootLong,
		SilenceErrors: true, SilenceUsage: true,
		Args:    a.rootArgs,
		Version: version,
		RunE:    func(_ *cobra.Command, args []string) error { return a.open(args, out) },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			release, err := a.bound()
			if err == nil {
				a.release = release
			}
			return err
		},
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
	}
	// The plugin's name has a space, which cobra would cut.
	root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: a.name}
	root.SetFlagErrorFunc(a.flagError)
	root.SetVersionTemplate(versionLine())
	root.SetUsageTemplate(usageTemplate)
	root.SetHelpFunc(help)
	a.flags.add(root.PersistentFlags())
	root.Flags().StringVarP(&out, "output", "o", "", "write the report instead: text, json, md or html as `format`, or a path that ends in one")
	root.AddCommand(a.analyzeCmd(), a.eventsCmd(), a.sourcesCmd(), a.compareCmd(), a.exportCmd(), a.verifyCmd(), a.queryCmd(),
		a.alertsCmd(), a.mcpCmd(), a.collectCmd(), a.demoCmd(), a.tuiCmd(), a.synthCmd(), a.formatsCmd(), a.rulesCmd(), a.explainCmd(),
		a.shardCmd(), a.manCmd(), a.versionCmd())
	a.complete(root)
	showExamples(root)
	return root
}

const rootLong = `faultline reads the dumps that are left of an incident (kubectl logs of
linkerd-proxy and of the destination controller, kubectl describe and get,
Prometheus range exports), puts them on one clock, finds the incidents, and
tests honestly whether they have the period of an informer resync.

PATH is a file, a folder, an archive (.tar .zip), either compressed (.gz .zst
.bz2 .xz) or not, or - for standard input. Files are recognised by what is in
them. Nothing is ever sent anywhere.`

// rootArgs answers a mistyped verb with the right one, and a call without
// arguments with help.
func (a *app) rootArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return a.nothing()
	}
	if isPath(args[0]) {
		return nil
	}
	verb := verbFor(cmd, args[0])
	if verb == "" || beside(args[0]) != "" && synonyms[args[0]] == "" {
		return nil // loading says which path is nearest
	}
	return misuse(a.name+" "+strings.Join(append([]string{verb}, args[1:]...), " "), "there is no verb or file %q", args[0])
}

// isPath says whether an argument names something to read, there or not: no verb is meant.
func isPath(arg string) bool {
	_, err := os.Stat(arg)
	return err == nil || arg == "-" || strings.ContainsAny(arg, `./\`)
}

// verbFor is the verb that a word was meant to be, "" for none.
func verbFor(root *cobra.Command, word string) string {
	if verb := synonyms[word]; verb != "" {
		return verb
	}
	var verbs []string
	for _, c := range root.Commands() {
		verbs = append(verbs, c.Name())
	}
	return words.Nearest(word, verbs)
}

// nothing is the answer to a call that names nothing to read. A file or a pipe
// on standard input was meant to be read, though a pipe may be empty.
func (a *app) nothing() error {
	var mode os.FileMode
	if f, ok := a.stdin.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			mode = info.Mode()
		}
	}
	demo, dash := a.name+" demo     shows a bundled incident", strings.Join(append(append([]string{a.name}, a.args...), "-"), " ")+"     reads standard input"
	switch {
	case mode.IsRegular() && mode != 0:
		return misuse(dash, "nothing to read: give a file or a folder, or - for standard input")
	case mode&os.ModeNamedPipe != 0:
		return misuse(demo+"; "+dash, "nothing to read: give a file or a folder, or - for standard input")
	}
	return misuse(demo, "nothing to read: give a file or a folder")
}

// flagError answers a mistyped flag with the right one, and other mistakes with
// the help of the verb.
func (a *app) flagError(cmd *cobra.Command, err error) error {
	hint := cmd.CommandPath() + " --help"
	if wrong, ok := strings.CutPrefix(err.Error(), "unknown flag: --"); ok {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := words.Nearest(wrong, names); near != "" {
			right := slices.Clone(a.args)
			for i, arg := range right {
				if name, value, has := strings.Cut(arg, "="); name == "--"+wrong {
					right[i] = "--" + near
					if has {
						right[i] += "=" + value
					}
				}
			}
			hint = a.name + " " + strings.Join(right, " ")
		} else if has := verbsWith(cmd.Root(), wrong); len(has) > 0 {
			verb, rest := has[0], slices.DeleteFunc(slices.Clone(a.args), func(arg string) bool { return arg == cmd.Name() })
			if meant := a.mistyped(cmd, rest); meant != "" {
				rest = rest[1:]
				if slices.Contains(has, meant) {
					verb = meant
				}
			}
			hint = a.name + " " + verb + " " + strings.Join(rest, " ")
			err = fmt.Errorf("%w: it is one of %s", err, strings.Join(has, ", "))
		}
	}
	return misuse(hint, "%w", err)
}

// mistyped is the verb that the first argument was meant to be, "" where it is a flag,
// a path, or where a verb was found.
func (a *app) mistyped(cmd *cobra.Command, args []string) string {
	if cmd != cmd.Root() || len(args) == 0 || strings.HasPrefix(args[0], "-") || isPath(args[0]) {
		return ""
	}
	return verbFor(cmd, args[0])
}

// verbsWith are the verbs that have a flag.
func verbsWith(root *cobra.Command, flag string) (out []string) {
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && c.Flags().Lookup(flag) != nil {
			out = append(out, c.Name())
		}
	}
	return out
}
