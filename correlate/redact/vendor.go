package redact

import "strings"

// vendorDomains are under which whose names of everybody stand: what is before them may be
// a user's own, "acme.slack.com", or a service of the vendor, "hooks.slack.com".
var vendorDomains = set(`slack.com discord.com discordapp.com gitlab.com bitbucket.org atlassian.net atlassian.com zendesk.com pagerduty.com opsgenie.com amazonaws.com
	amazon.com awsglobalaccelerator.com cloudfront.net azure.com azure.net windows.net azurecr.io azurewebsites.net azureedge.net azurefd.net trafficmanager.net
	office.com microsoft.com microsoftonline.com googleapis.com gserviceaccount.com google.com googleusercontent.com run.app appspot.com cloudfunctions.net
	cloudflare.com cloudflare.net datadoghq.com datadoghq.eu newrelic.com nr-data.net sentry.io splunkcloud.com honeycomb.io dynatrace.com elastic.co elastic-cloud.com
	mongodb.net mongodb.com redislabs.com confluent.cloud snowflakecomputing.com stripe.com twilio.com sendgrid.net sendgrid.com mailgun.org okta.com auth0.com
	herokuapp.com netlify.app vercel.app fly.dev fastly.net akamai.net akamaiedge.net npmjs.org npmjs.com pypi.org apache.org debian.org ubuntu.com alpinelinux.org
	letsencrypt.org digicert.com telegram.org`)

// vendorServices are labels by which vendors name their services.
var vendorServices = set(`hooks api www events webhook sqs s3 sns sts ec2 elb rds eks ecr dkr iam lambda kms secretsmanager dynamodb elasticache redshift kinesis logs
		monitoring execute-api compute container storage pubsub run functions blob core vault servicebus queue table file dfs web database documents mysql postgres
		app apps auth login accounts oauth2 management graph registry azurecr azmk8s cloudapp search ingest intake cdn dualstack`)

// vendorsOwn is how many of the labels of a domain name, from its end on, are a vendor's
// domain, and whether there is one.
func vendorsOwn(labels []string) int {
	for at := range labels {
		if vendorDomains[lower(strings.Join(labels[at:], "."))] {
			return len(labels) - at
		}
	}
	return 0
}

// ofVendor says whether a label before the domain of a vendor is one of its own.
func ofVendor(label string) bool { return vendorServices[label] }

// ownLabels are the places of the labels of a domain name that may name something of a
// user's: all but the last, or before the domain of a vendor those that are not its own.
func ownLabels(labels []string) (out []int) {
	own := vendorsOwn(labels)
	for k := range labels[:len(labels)-max(own, 1)] {
		if own == 0 || !ofVendor(lower(labels[k])) {
			out = append(out, k)
		}
	}
	return out
}
