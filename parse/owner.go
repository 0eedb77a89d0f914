package parse

// Owner is whose file an input is, as the layout of its bundle says. What is
// not known is empty.
type Owner struct {
	Namespace, Pod, Container string
	// Node is the machine that the file is of, or that its pod ran on.
	Node string
	// Instance says which run of the container the file is of.
	Instance Instance
	// Run is the container's restart count in the file's name, plus one; 0
	// where the name has none (the kubelet calls the log of a container that
	// restarted twice 2.log).
	Run int
	// Bundle is the tool whose layout this is, such as "istioctl bug-report".
	Bundle string
	// Root is the folder that holds the bundle, where the layout tells; Claim
	// is how much the layout says of the tool. Package correlate settles by them
	// which tool the files of a folder are of.
	Root  string
	Claim Claim
	// Aside is what the file holds, where that tool is known to put nothing of
	// use in it.
	Aside string
}

// Claim is how sure a path makes the tool of a bundle.
type Claim uint8

// The claims, from the weakest on.
const (
	ClaimSettled Claim = iota // nothing is left to be settled
	ClaimLoose                // people and other tools lay files out so too
	ClaimShared               // many tools copy folders that are laid out so
	ClaimSure                 // no other tool is known to do so
	ClaimNamed                // a folder has the name that the tool gives
)

// Instance says which run of a container a log is of, in the words of kubectl
// logs: --previous prints "the logs for the previous instance of the
// container". A log of another run than the present one must never be held
// against the present one's start.
type Instance uint8

// The instances that layouts tell apart.
const (
	InstanceUnknown  Instance = iota
	InstanceCurrent           // the latest run, which may still go on
	InstancePrevious          // the run before it, which pod status calls lastState
	InstanceRotated           // an older part of a log, of any run
)

var instanceNames = [...]string{"", "current", "previous", "rotated"}

// String is the instance in the words of the contract, where it is called life.
func (i Instance) String() string {
	if int(i) < len(instanceNames) {
		return instanceNames[i]
	}
	return ""
}

// InstanceOf is the instance that String gave.
func InstanceOf(name string) Instance {
	for i, s := range instanceNames {
		if s == name {
			return Instance(i)
		}
	}
	return InstanceUnknown
}
