package parse_test
import ("testing";"fmt";"faultline/parse")
func TestZZ(t *testing.T){ for n,d:=range sources(t){ if n=="mixed"||n=="report"||n=="quoted"||n=="two pods" { c:=read(t,parse.Options{},input(n,d,0)); fmt.Println(n,len(d),c.Sources[0].Counts,len(c.Streams), c.Sources[0].Problems); for _,s:=range c.Streams{fmt.Println("   ",s.Format,s.Clock,s.Life,s.Interleaved,s.FirstLine,s.LastLine,s.Lines,len(s.Events),s.Coverage)}}}}
