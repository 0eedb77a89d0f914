package redact

import "strings"

// packages takes the names that a user's own packages and classes have: of Java and its
// kin, whose packages begin with a domain turned around (JLS §6.1), "com.acme.orders.Client",
// also as Logback and log4j shorten them, "c.acme.orders.Client", and of .NET.
func (n names) packages(r *Redactor, s string) {
	labels := strings.Split(s, ".")
	last := len(labels) - 1
	if last < 2 || !capital(labels[last]) && !capital(labels[last-1]) || labels[last] == "" {
		return
	}
	first := labels[0]
	switch {
	case capital(first):
		if vendors[lower(first)] || !capital(labels[1]) || strings.ContainsAny(s, "-_") {
			return
		}
		n.ownPackage(r, labels)
	case len(first) == 1 || (topLevel[first] || delegated(first)) && !vendors[labels[1]] && !vendors[first+"."+labels[1]]:
		if len(first) == 1 && vendors[shortened(labels)] {
			return
		}
		n.ownPackage(r, labels[1:])
	}
}

// ownPackage takes the labels that are no words of programs and sentences.
func (n names) ownPackage(r *Redactor, labels []string) {
	const least = 3
	ofClass := false
	for _, l := range labels {
		l, _, _ = strings.Cut(l, "$")
		if len(l) < least || !letter(l[0]) || ofClass && !capital(l) {
			continue // of a class, a method
		}
		ofClass = capital(l)
		if ordinary := true; capital(l) && camel(l) {
			for _, w := range keyWords(l) {
				ordinary = ordinary && (goesOn(w) || ofPaths[w] || ofClasses[w] || len(w) < least)
			}
			if ordinary {
				continue
			}
		}
		if w := lower(l); !goesOn(w) && !ofPaths[w] && !ofClasses[w] {
			n.said(r, Object, l)
		}
	}
}

// shortened is the first label of a shortened package that was left in full.
func shortened(labels []string) string {
	for _, l := range labels {
		if len(l) > 1 {
			return l
		}
	}
	return ""
}

func capital(s string) bool { return s != "" && s[0] >= 'A' && s[0] <= 'Z' }

// vendors are whose packages everybody uses.
var vendors = set(`apache springframework google amazonaws amazon microsoft oracle sun ibm redhat jboss eclipse netty grpc github gitlab hibernate postgresql mysql mariadb
	mongodb elastic elasticsearch opensearch confluent kafka redis redisson lettuce jedis zaxxer hikari fasterxml jackson slf4j logback log4j ch.qos codehaus quarkus micronaut
	vertx smallrye undertow wildfly jetty tomcat catalina okhttp3 squareup reactor reactivex rxjava scala akka lightbend typesafe play kotlin kotlinx jetbrains micrometer
	prometheus opentelemetry opentracing zipkin jaegertracing sentry datadog datadoghq newrelic dynatrace elastic.apm netflix resilience4j hazelcast infinispan ehcache
	caffeine benmanes junit testng mockito aspectj cglib bytebuddy javassist thymeleaf graphql graphqljava liquibase flywaydb mybatis jooq querydsl vaadin azure gcp aliyun
	alibaba salesforce stripe twilio nimbusds auth0 keycloak bouncycastle conscrypt kubernetes fabric8 istio envoyproxy linkerd solo system microsoft npgsql newtonsoft
	serilog nlog grpc polly dapper masstransit rabbitmq stackexchange mediatr automapper fluentvalidation swashbuckle hangfire quartz orleans steeltoe yarp kestrel
	java javax jakarta jdk sun dev.failsafe failsafe mozilla w3c xml json osgi activemq camel cxf zookeeper hadoop spark flink cassandra datastax couchbase neo4j
	clickhouse snowflake trino presto druid pulsar nats elastic logstash ktor koin exposed arrow requery objectbox realm android androidx`)

// ofClasses are words of the names of classes that say what one is for.
var ofClasses = set(`impl base abstract default simple java kotlin exception runtime data context db dto dao repo repository controller service client server handler
	filter interceptor factory builder provider manager adapter listener consumer producer publisher subscriber template application main api rest http grpc web
	domain model entity core common util utils helper config configuration infrastructure persistence gateway mapper converter validator exceptions internal
	spring boot cloud security scheduler executor async sync thread pool connection connector dispatcher servlet bean aspect proxy cache store session message
	event command query request response resource endpoint facade worker job task batch stream processor pipeline engine runner launcher bootstrap`)
