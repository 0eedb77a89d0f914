package kubelet

import (
	"strings"
	"testing"

	"faultline/parse"
)

// Server resources are counted; kinds of that name of other groups are not.
func TestServersAreCounted(t *testing.T) {
	const list = `{"apiVersion":"v1","kind":"List","items":[
{"apiVersion":"policy.linkerd.io/v1beta3","kind":"Server","metadata":{"name":"a","namespace":"shop"}},
{"apiVersion":"policy.linkerd.io/v1beta3","kind":"Server","metadata":{"name":"b","namespace":"shop"}},
{"apiVersion":"example.org/v1","kind":"Server","metadata":{"name":"c","namespace":"shop"}}]}`
	b := parse.NewBatch(false, false)
	if err := api().Document(strings.NewReader(list), b); err != nil {
		t.Fatal(err)
	}
	if len(b.Facts) != 1 || b.Names.Text(b.Facts[0].Key) != FactServers || b.Names.Text(b.Facts[0].Value) != "2" || b.Facts[0].Ref.Line != 2 {
		t.Errorf("%+v", b.Facts)
	}
}
