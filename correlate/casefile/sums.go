package casefile

import (
	"bytes"
	"fmt"
	"io"
)

// sumsName lists the SHA-256 of everything else, the manifest too, in the form
// of sha256sum.
const sumsName = "SHA256SUMS"

func sums(m *Manifest, manifest Entry) []byte {
	var out bytes.Buffer
	for _, e := range m.Entries {
		fmt.Fprintf(&out, "%s  %s\n", e.SHA256, e.Name)
	}
	fmt.Fprintf(&out, "%s  %s\n", manifest.SHA256, manifest.Name)
	return out.Bytes()
}

// sealed says whether the sums of a case are those of its manifest, whose
// bytes are hashed in manifest. The manifest itself is not in its own list.
func (c *Contents) sealed(m *Manifest, manifest Entry) error {
	e, ok := c.find(sumsName)
	want := sums(m, manifest)
	if !ok || e.size != int64(len(want)) {
		return fmt.Errorf("no %s that fits the manifest", sumsName)
	}
	got := make([]byte, e.size)
	if _, err := io.ReadFull(io.NewSectionReader(e.data, 0, e.size), got); err != nil {
		return err
	}
	if !bytes.Equal(got, want) {
		return fmt.Errorf("%s and the manifest differ", sumsName)
	}
	return nil
}
