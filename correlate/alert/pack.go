package alert

import _ "embed"

// Pack is a rule file for what the diagnoses see: from the logs of a dump, and
// from the metrics of linkerd, the kubelet and the nodes.
//
//go:embed pack.yaml
var Pack []byte

// PackName is what the pack is asked for by, in place of a file.
const PackName = "@pack"
