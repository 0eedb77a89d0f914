package extra

import (
	"fmt"
	"io"

	"faultline/parse"
)

// targetHealth is what Amazon's load balancers say of the targets of a group.
func targetHealth() *parse.Format {
	var f *parse.Format // an item says of which format it is
	f = page(parse.Format{Name: "aws-target-health",
		Doc:    "Health of the targets of an Amazon load balancer, as aws elbv2 describe-target-health prints it: those that are unhealthy, and why.\n" + `{"TargetHealthDescriptions":[{"Target":{"Id":"10.0.1.5","Port":8080},"TargetHealth":{"State":"unhealthy","Reason":"Target.Timeout"}}]}`,
		Origin: "aws elbv2 describe-target-health (Elastic Load Balancing API, DescribeTargetHealth)",
		Detail: parse.RowDetail},
		func(head []byte) bool { return jsonKeys(head, "TargetHealthDescriptions") },
		func(r io.Reader, b *parse.Batch) error {
			var v struct {
				TargetHealthDescriptions []struct {
					Target struct {
						ID   string
						Port int
					}
					TargetHealth struct{ State, Reason string }
				}
			}
			data, err := object(r, 8<<20, &v)
			if err != nil {
				return err
			}
			for _, t := range v.TargetHealthDescriptions {
				if t.TargetHealth.State == "unhealthy" {
					l := parse.Line{No: 1, Len: uint32(min(len(data), widest))}
					first, of := len(b.Events), fmt.Sprintf("%s:%d", t.Target.ID, t.Target.Port)
					b.Add(parse.Event{Kind: parse.K8sEvent, Severity: parse.Warn, Target: b.Names.AddString(of),
						Fact: b.Names.AddString("BackendUnhealthy: " + of + " is unhealthy: " + t.TargetHealth.Reason)})
					b.Item(f, &l, data[:l.Len], first)
				}
			}
			return nil
		})
	return f
}
