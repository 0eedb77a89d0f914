package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// What flags say about the reading is fixed in the plan, and what they say about
// the judgement is for the merge. A flag that a step would not heed is refused,
// for the report would not be that of one process with the same flags.

var (
	reading   = []string{"match", "source", "facts"}
	judgement = []string{"anchor", "captured-at", "period", "failure", "fail-on", "since", "until", "tz", "namespace", "pod"}
)

// mayPlan refuses what only shard merge heeds.
func (a *app) mayPlan(c *cobra.Command) error {
	if given := flagOf(c, judgement); given != "" {
		return misuse(a.name+" shard merge --"+given+" …", "--%s is for the judgement, not for the plan: give it to shard merge", given)
	}
	if filters := a.flags.filters(); len(filters) > 0 {
		return misuse(a.name+" shard merge -o jsonl --source "+filters[0], "--source %s only chooses which events are shown: give it to shard merge", filters[0])
	}
	return nil
}

// mayParse refuses what is in the plan, or only shard merge heeds.
func mayParse(c *cobra.Command) error {
	if given := flagOf(c, reading); given != "" {
		return misuse("faultline shard plan --"+given+" …", "--%s belongs to the plan, which all shards share", given)
	}
	if given := flagOf(c, judgement); given != "" {
		return misuse("faultline shard merge --"+given+" …", "--%s is for the judgement: give it to shard merge", given)
	}
	return nil
}

// mayMerge refuses what would have changed the reading.
func (a *app) mayMerge(c *cobra.Command) error {
	given := flagOf(c, reading)
	if given == "source" && !slices.ContainsFunc(a.flags.sources, func(s string) bool { return strings.Contains(s, "=") }) {
		given = flagOf(c, []string{"match", "facts"})
	}
	if given != "" {
		return misuse(a.name+" shard plan --"+given+" …", "--%s changes how the dump is read: give it to shard plan, and parse again", given)
	}
	return nil
}

// flagOf is the first of the flags that was given.
func flagOf(c *cobra.Command, names []string) string {
	i := slices.IndexFunc(names, func(name string) bool { return c.Flags().Changed(name) })
	if i < 0 {
		return ""
	}
	return names[i]
}

// String writes an override as parseOverride reads it.
func (o *override) String() string {
	if o.layout != "" {
		return o.glob + "=" + logFormat + o.layout
	}
	var list []string
	add := func(key, value string) {
		if value != "" {
			list = append(list, key+":"+value)
		}
	}
	add("format", o.format)
	add("namespace", o.namespace)
	add("pod", o.pod)
	add("container", o.container)
	if o.zone != nil {
		add("zone", o.zone.String())
	}
	return o.glob + "=" + strings.Join(list, ",")
}
