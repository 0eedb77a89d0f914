package redact_test

import (
	"regexp"
	"strings"
	"testing"

	"faultline/correlate/redact"
)

// What runtimes, drivers and tools say of hosts, databases and people. Each
// upper-case word is a token that must go.
var plantedDrivers = []string{
	`connect to WORKLOAD-3.SERVICE.NAMESPACE:3306 failed`, `broker WORKLOAD-3.SERVICE-headless.NAMESPACE:9092 is gone`,
	`dial SERVICE.NAMESPACE:5432`, `MySQL at NODE:3306`, `servers [NODE:27017, TEAM:27017]`, `bootstrap NODE.NAMESPACE:9092 disconnected`,
	`node NODE:6379 is down`, `java.net.UnknownHostException: NODE`, `java.net.UnknownHostException: NODE: Name or service not known`,
	`java.net.UnknownHostException: NODE: nodename nor servname provided, or not known`, `java.net.UnknownHostException: WORKLOAD.TEAM`,
	`Caused by: java.net.UnknownHostException: NODE: Temporary failure in name resolution`,
	`I/O error on GET request for "http://NODE/x": NODE; nested exception is java.net.UnknownHostException: NODE`,
	`I/O error on POST request for "http://NODE:8080/x": NODE`,
	`org.apache.http.conn.HttpHostConnectException: Connect to NODE:80 [NODE/10.1.2.3] failed: Connection refused`,
	`java.net.ConnectException: Failed to connect to NODE/10.1.2.3:80`,
	`io.netty.channel.AbstractChannel$AnnotatedConnectException: Connection refused: NODE/10.2.3.4:80`,
	`io.netty.channel.AbstractChannel$AnnotatedConnectException: finishConnect(..) failed: Connection refused: NODE/10.2.3.4:80`,
	`io.netty.resolver.dns.DnsResolveContext$SearchDomainUnknownHostException: Failed to resolve 'NODE' [A(1), AAAA(28)] after 4 queries`,
	`Failed to resolve 'WORKLOAD.TEAM' and search domain query for configured domains failed as well: [NAMESPACE.svc.cluster.local, svc.cluster.local, cluster.local]`,
	`java.net.UnknownHostException: Failed to resolve 'NODE' after 2 queries`, `No route to host: NODE/10.2.3.4:80`,
	`java.nio.channels.UnresolvedAddressException: NODE`, `java.net.NoRouteToHostException: No route to host: NODE`,
	`Couldn't resolve server NODE:9092 from bootstrap.servers as DNS resolution failed for NODE`,
	`Connection to node -1 (NODE/10.1.2.3:9092) could not be established. Broker may not be available.`,
	`Bootstrap broker NODE:9092 (id: -1 rack: null) disconnected`,
	`[Producer clientId=producer-1] Connection to node 3 (WORKLOAD-3.SERVICE/10.1.2.3:9092) could not be established.`,
	`All host(s) tried for query failed (tried: NODE/10.1.2.3:9042 (com.datastax.driver))`,
	`Opening socket connection to server NODE/10.1.2.3:2181`, `Exception in monitor thread while connecting to server NODE:27017`,
	`Client view of cluster state is {type=UNKNOWN, servers=[{address=NODE:27017, type=UNKNOWN, state=CONNECTING}]`,
	`Unable to connect to NODE:6379`, `Unable to connect to NODE/<unresolved>:6379`, `Failed connecting to host NODE:6379`,
	`io.grpc.StatusRuntimeException: UNAVAILABLE: Unable to resolve host NODE`,
	`org.postgresql.util.PSQLException: Connection to NODE:5432 refused. Check that the hostname and port are correct`,
	`jdbc:postgresql://NODE:5432/OBJECT?user=USERNAME&password=SECRET`, `jdbc:postgresql://NODE/OBJECT`,
	`jdbc:mysql://NODE:3306/OBJECT?useSSL=false`, `jdbc:mysql://USERNAME:SECRET@NODE:3306/OBJECT`, `jdbc:mariadb://NODE/OBJECT`,
	`jdbc:sqlserver://NODE:1433;databaseName=OBJECT;user=USERNAME;password=SECRET`, `jdbc:sqlserver://NODE\CONTAINER;databaseName=OBJECT`,
	`jdbc:oracle:thin:@NODE:1521:OBJECT`, `jdbc:oracle:thin:@//NODE:1521/OBJECT`, `jdbc:oracle:thin:USERNAME/SECRET@NODE:1521/OBJECT`,
	`jdbc:oracle:thin:@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST=NODE)(PORT=1521))(CONNECT_DATA=(SERVICE_NAME=OBJECT)))`,
	`The TCP/IP connection to the host NODE, port 1433 has failed. Error: "NODE"`, `Error: getaddrinfo ENOTFOUND NODE`,
	`Error: getaddrinfo ENOTFOUND NODE NODE:80`, `getaddrinfo EAI_AGAIN NODE`, `getaddrinfo EAI_AGAIN NODE:443`, `queryA ENOTFOUND NODE`,
	`querySrv ENOTFOUND _mongodb._tcp.NODE`, `connect ECONNREFUSED 10.1.2.3:5432`,
	`{ errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'NODE' }`,
	`MongoServerSelectionError: getaddrinfo ENOTFOUND NODE`,
	`FetchError: request to http://NODE/x failed, reason: getaddrinfo ENOTFOUND NODE`,
	`HTTPConnectionPool(host='NODE', port=80): Max retries exceeded with url: /x (Caused by NameResolutionError("<urllib3.connection.HTTPConnection object at 0x7f>: Failed to resolve 'NODE' ([Errno -2] Name or service not known)"))`,
	`HTTPSConnectionPool(host="NODE", port=443): Read timed out. (read timeout=3)`,
	`Cannot connect to host NODE:80 ssl:default [Name or service not known]`,
	`psycopg2.OperationalError: could not translate host name "NODE" to address: Name or service not known`,
	`connection to server at "NODE" (10.1.2.3), port 5432 failed: Connection refused`, `connection to server at "NODE", port 5432 failed`,
	`FATAL:  password authentication failed for user "USERNAME"`, `FATAL:  database "OBJECT" does not exist`,
	`FATAL:  role "USERNAME" does not exist`,
	`FATAL:  no pg_hba.conf entry for host "10.1.2.3", user "USERNAME", database "OBJECT", no encryption`,
	`relation "ROUTE" does not exist`, `permission denied for table ROUTE`, `Error -2 connecting to NODE:6379. Name or service not known.`,
	`Error 111 connecting to NODE:6379. Connection refused.`,
	`redis.exceptions.ConnectionError: Error while reading from NODE:6379 : (104, 'Connection reset by peer')`,
	`DNS lookup failed for NODE:9092 (0)`, `NODE:9092/bootstrap: Failed to resolve 'NODE:9092': Name or service not known`,
	`NODE:27017: [Errno -2] Name or service not known`,
	`pymysql.err.OperationalError: (2003, "Can't connect to MySQL server on 'NODE' ([Errno 111] Connection refused)")`,
	`(2005, "Unknown MySQL server host 'NODE' (-2)")`, `Can't connect to MySQL server on 'NODE:3306' (111)`,
	`Access denied for user 'USERNAME'@'NODE' (using password: YES)`, `Access denied for user 'USERNAME'@'%' to database 'OBJECT'`,
	`Access denied for user ''@'NODE' to database 'OBJECT'`, `Unknown database 'OBJECT'`,
	`Host 'NODE' is not allowed to connect to this MySQL server`, `Host 'NODE' is blocked because of many connection errors`,
	`Lost connection to MySQL server at 'NODE', system error: 110`, `Table 'OBJECT.ROUTE' doesn't exist`,
	`socket.gaierror: [Errno -2] Name or service not known: 'NODE'`,
	`httpx.ConnectError: [Errno -5] No address associated with hostname: NODE`,
	`kombu.exceptions.OperationalError: failed to resolve broker hostname: NODE`,
	`consumer: Cannot connect to amqp://USERNAME:**@NODE:5672//: [Errno 111] Connection refused.`,
	`ldap3.core.exceptions.LDAPSocketOpenError: invalid server address (NODE)`, `paramiko: Unable to connect to port 22 on NODE`,
	`dial tcp: lookup NODE on 10.96.0.10:53: no such host`, `dial tcp: lookup NODE: no such host`, `dial tcp: lookup NODE: i/o timeout`,
	`dial tcp: lookup NODE on 10.96.0.10:53: server misbehaving`,
	`dial tcp: lookup WORKLOAD.TEAM on [fd00::a]:53: read udp 10.1.2.3:34: i/o timeout`,
	`lookup _grpclb._tcp.NODE on 10.96.0.10:53: no such host`, `lookup NODE.: no such host`,
	`dial tcp: address NODE: missing port in address`, `dial tcp NODE:80: connect: connection refused`,
	`dial unix /var/run/NODE.sock: connect: no such file`, `x509: certificate is valid for WORKLOAD, TEAM, not NODE`,
	`x509: certificate is valid for *.NODE, not TEAM`, `x509: certificate is not valid for any names, but wanted to match NODE`,
	`tls: failed to verify certificate: x509: certificate signed by unknown authority (possibly because of "crypto/rsa: verification error" while trying to verify candidate authority certificate "NODE")`,
	`rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp: lookup NODE on 10.96.0.10:53: no such host"`,
	`rpc error: code = Unavailable desc = name resolver error: produced zero addresses for NODE`, `Post "http://NODE/x": EOF`,
	`pq: password authentication failed for user "USERNAME"`,
	"failed to connect to `host=NODE user=USERNAME database=OBJECT`: hostname resolving error (lookup NODE: no such host)",
	"failed to connect to `user=USERNAME database=OBJECT`: hostname resolving error: lookup NODE: no such host",
	`Error 1045 (28000): Access denied for user 'USERNAME'@'10.1.2.3' (using password: YES)`,
	`redis: 2024/02/02 13:20:01 pool.go:367: NODE:6379: connection refused`,
	`kafka: client has run out of available brokers to talk to: dial tcp: lookup NODE: no such host`,
	`kafka: Failed to connect to broker NODE:9092`, `nats: no servers available for connection: nats://NODE:4222`,
	`server selection error: server selection timeout, current topology: { Type: Unknown, Servers: [{ Addr: NODE:27017, Type: Unknown, Last error: dial tcp: lookup NODE: no such host }, ] }`,
	`Failed to open TCP connection to NODE:80 (getaddrinfo: Name or service not known)`,
	`Errno::ECONNREFUSED: Connection refused - connect(2) for "NODE" port 80`,
	`Errno::ECONNREFUSED (Failed to open TCP connection to NODE:80 (Connection refused - connect(2) for "NODE" port 80))`,
	`Errno::EHOSTUNREACH: No route to host - connect(2) for NODE:443`, `SocketError: getaddrinfo: Name or service not known NODE`,
	`Redis::CannotConnectError (Error connecting to Redis on NODE:6379 (Errno::ECONNREFUSED))`,
	`Redis::CannotConnectError: Error connecting to Redis on NODE:6379 (SocketError)`,
	`Mysql2::Error::ConnectionError: Unknown MySQL server host 'NODE' (0)`,
	`PG::ConnectionBad: could not connect to server: Connection refused Is the server running on host "NODE" (10.1.2.3) and accepting TCP/IP connections on port 5432?`,
	`Dalli: NODE:11211 failed (count: 0)`,
	`Bunny::TCPConnectionFailedForAllHosts: Could not establish TCP connection to any of the configured hosts NODE:5672`,
	`System.Net.Sockets.SocketException (11001): No such host is known. (NODE:443)`,
	`System.Net.Http.HttpRequestException: Name or service not known (NODE:80)`,
	`System.Net.Http.HttpRequestException: Connection refused (NODE:80)`, `Resource temporarily unavailable (NODE:8080)`,
	`No connection could be made because the target machine actively refused it. (NODE:80)`,
	`Server=NODE;Database=OBJECT;User Id=USERNAME;Password=SECRET;`,
	`Server=tcp:NODE,1433;Initial Catalog=OBJECT;User ID=USERNAME;Pwd=SECRET`,
	`Data Source=NODE;Initial Catalog=OBJECT;Integrated Security=True`,
	`Host=NODE;Port=5432;Username=USERNAME;Password=SECRET;Database=OBJECT`, `Login failed for user 'USERNAME'.`,
	`Cannot open database "OBJECT" requested by the login. The login failed.`,
	`A network-related or instance-specific error occurred while establishing a connection to SQL Server. server: NODE`,
	`It was not possible to connect to the redis server(s). Error connecting right now. NODE:6379/Interactive`,
	`RabbitMQ.Client.Exceptions.BrokerUnreachableException: None of the specified endpoints were reachable: NODE:5672`,
	`Npgsql.NpgsqlException (0x80004005): Failed to connect to NODE:5432`,
	`php_network_getaddresses: getaddrinfo for NODE failed: Name or service not known`,
	`PHP Warning:  fsockopen(): unable to connect to NODE:6379 (php_network_getaddresses: getaddrinfo failed: Name or service not known)`,
	`PHP Warning: mysqli_connect(): (HY000/2002): php_network_getaddresses: getaddrinfo for NODE failed: Temporary failure in name resolution`,
	`SQLSTATE[HY000] [1045] Access denied for user 'USERNAME'@'NODE' (using password: YES)`,
	`SQLSTATE[HY000] [2002] Connection refused (SQL: select * from users) (Connection: mysql, Host: NODE, Port: 3306, Database: OBJECT)`,
	`SQLSTATE[08006] [7] could not translate host name "NODE" to address: Name or service not known`,
	`cURL error 6: Could not resolve host: NODE (see https://curl.haxx.se/libcurl/c/libcurl-errors.html) for http://NODE/x`,
	`cURL error 28: Failed to connect to NODE port 80 after 1001 ms: Timeout was reached`,
	`stream_socket_client(): unable to connect to tcp://NODE:6379 (Connection refused)`,
	`GuzzleHttp\Exception\ConnectException: cURL error 7: Failed to connect to NODE port 8080: Connection refused`,
	`curl: (6) Could not resolve host: NODE`, `curl: (6) Couldn't resolve host 'NODE'`,
	`curl: (7) Failed to connect to NODE port 80 after 2 ms: Connection refused`, `curl: (5) Could not resolve proxy: NODE`,
	`* Connected to NODE (10.1.2.3) port 80 (#0)`, `* Host NODE:80 was resolved.`, `* Could not resolve host: NODE; Unknown error`,
	`* Closing connection #0 to host NODE left intact`, `* Connection #0 to host NODE left intact`,
	`SSL: no alternative certificate subject name matches target host name 'NODE'`, `wget: unable to resolve host address 'NODE'`,
	`wget: unable to resolve host address ‘NODE’`, `wget: bad address 'NODE'`,
	`Resolving NODE (NODE)... failed: Name or service not known.`, `Connecting to NODE (NODE)|10.1.2.3|:80... connected.`,
	`Connecting to NODE (10.1.2.3:80)`, `ping: NODE: Name or service not known`, `ping: bad address 'NODE'`, `ping: unknown host NODE`,
	`ping: cannot resolve NODE: Unknown host`, `PING NODE (10.1.2.3) 56(84) bytes of data.`,
	`64 bytes from NODE (10.1.2.3): icmp_seq=1 ttl=64 time=0.05 ms`, `nslookup: can't resolve 'NODE'`,
	`** server can't find NODE: NXDOMAIN`, `** server can't find SERVICE.NAMESPACE.svc.cluster.local: NXDOMAIN`,
	`*** Can't find NODE: No answer`, `;NODE.			IN	A`, `;; ANSWER: WORKLOAD.TEAM. 5 IN A 10.1.2.3`,
	`ssh: Could not resolve hostname NODE: Name or service not known`, `ssh: connect to host NODE port 22: Connection refused`,
	`kex_exchange_identification: Connection closed by remote host NODE`,
	`nc: getaddrinfo for host "NODE" port 80: Name or service not known`, `nc: bad address 'NODE'`,
	`nc: connect to NODE port 80 (tcp) failed: Connection refused`, `Connection to NODE 80 port [tcp/http] succeeded!`,
	`telnet: could not resolve NODE/80: Name or service not known`, `telnet: Unable to connect to remote host NODE`,
	`dig: couldn't get address for 'NODE': not found`, `host NODE not found: 3(NXDOMAIN)`, `Host NODE not found: 3(NXDOMAIN)`,
	`traceroute to NODE (10.1.2.3), 30 hops max`,
	`git: fatal: unable to access 'https://NODE/ROUTE/WORKLOAD.git/': Could not resolve host: NODE`, `error: failed to look up local user`,
	`unknown host: NODE`, `Unknown host NODE`, `no such host: NODE`,
	`NODE could not be resolved (3: Host not found), client: 10.1.2.3, server: _`,
	`WORKLOAD.TEAM could not be resolved (110: Operation timed out)`, `host not found in upstream "NODE" in /etc/nginx/nginx.conf:3`,
	`host not found in upstream "NODE:8080" in /etc/nginx/conf.d/default.conf:12`, `no resolver defined to resolve NODE`,
	`invalid host in upstream "NODE"`, `no live upstreams while connecting to upstream, upstream: "http://NODE/x", host: "TEAM"`,
	`no port in upstream "NODE"`, `upstream server temporarily disabled while connecting to upstream, server: NODE`,
	`could not resolve address 'NODE'.`, `Server ROUTE/WORKLOAD is DOWN, reason: Layer4 timeout, check duration: 2001ms.`,
	`DNS resolution failed for NODE:80: UNKNOWN`, `dns resolution for NODE failed with c-ares status 4`, `DNS resolution failed for NODE`,
	`errors resolving NODE:80: [field:ares_status]`,
	`failed to connect to all addresses; last error: UNKNOWN: ipv4:10.1.2.3:80: Failed to connect`, `target dns:///NODE:80`,
	`passthrough:///NODE:80`, `dns:NODE:80`, `unix:///run/NODE/x.sock`, `AH01114: HTTP: failed to make connection to backend: NODE`,
	`AH00898: DNS lookup failure for: NODE returned by /x`,
	`(111)Connection refused: AH00957: HTTP: attempt to connect to 10.1.2.3:80 (NODE) failed`,
	`AH01144: No protocol handler was valid for the URL /x`,
	`AH02032: Hostname WORKLOAD provided via SNI and hostname TEAM provided via HTTP are different`,
	`squid: Unable to determine IP address from host name "NODE"`,
	`The dnsserver returned: Name Error: The domain name does not exist. api.DOMAIN.xyz`,
	`[INFO] 10.1.2.3:44444 - 1234 "A IN NODE.NAMESPACE.svc.cluster.local. udp 55 false 512" NXDOMAIN qr,aa,rd 148 0.000123s`,
	`[INFO] 10.1.2.3:44444 - 1234 "AAAA IN NODE. udp 55 false 512" NXDOMAIN qr,aa,rd 148 0.000123s`,
	`[ERROR] plugin/errors: 2 NODE. A: read udp 10.1.2.3:1->10.9.9.9:53: i/o timeout`,
	`[ERROR] plugin/errors: 2 WORKLOAD.TEAM. AAAA: unreachable backend: i/o timeout`, `query[A] NODE from 10.1.2.3`,
	`reply WORKLOAD.TEAM is NXDOMAIN`,
	`no record found for Query { name: Name("NODE.NAMESPACE.svc.cluster.local."), query_type: A, query_class: IN }`,
	`no record found for name: NODE.NAMESPACE. type: SRV class: IN`,
	`no records found for Query { name: Name("NODE."), query_type: AAAA }`,
	`failed to lookup address information: Name or service not known: NODE`,
	`error trying to connect: dns error: failed to lookup address information: NODE`, `error sending request for url (http://NODE/x)`,
	`userid=USERNAME`, `userId: USERNAME`, `user_id="USERNAME"`, `uid=USERNAME`, `uid: USERNAME`, `enduser.id=USERNAME`,
	`"enduser.id":"USERNAME"`, `enduser_id=USERNAME`, `sub=USERNAME`, `"sub":"USERNAME"`, `principal=USERNAME`, `"principal":"USERNAME"`,
	`principalId=USERNAME`, `actor=USERNAME`, `login: USERNAME`, `acct=USERNAME`, `acct="USERNAME"`, `AUID="USERNAME"`, `auid=USERNAME`,
	`preferred_username=USERNAME`, `"preferred_username":"USERNAME"`, `given_name=FIRST`, `family_name: "FIRST"`,
	`upn=FIRST.LAST@DOMAIN.com`, `upn=USERNAME`, `nickname=USERNAME`, `screen_name=USERNAME`, `createdBy=USERNAME`, `created_by: USERNAME`,
	`requested_by=USERNAME`, `requester=USERNAME`, `assignee=USERNAME`, `reporter="FIRST LAST"`, `approver=USERNAME`, `employee=USERNAME`,
	`employee_id=USERNAME`, `member=USERNAME`, `memberId=USERNAME`, `patient="FIRST LAST"`, `student=USERNAME`, `merchant=USERNAME`,
	`merchant_id=USERNAME`, `vendor=USERNAME`, `partner="FIRST LAST"`, `subscriber=USERNAME`, `client_name="FIRST LAST"`,
	`clientName=USERNAME`, `contact="FIRST LAST"`, `ssn=123-45-6789`, `user.name=USERNAME`, `user.id=USERNAME`, `usr=USERNAME`,
	`usr.id=USERNAME`, `"user":{"id":"USERNAME","email":"FIRST.LAST@DOMAIN.com"}`, `user => USERNAME`, `user -> USERNAME`,
	`User: FIRST LAST`, `user USERNAME not authorized`, `User 'USERNAME' is not authorized`, `user USERNAME failed authentication`,
	`authentication failed for USERNAME`,
	`authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=api.DOMAIN.xyz  user=USERNAME`,
	`Failed password for USERNAME from 10.1.2.3 port 22 ssh2`, `Failed password for invalid user USERNAME from 10.1.2.3 port 22`,
	`Accepted publickey for USERNAME from 10.1.2.3 port 50000 ssh2: RSA SHA256:abc`, `Invalid user USERNAME from 10.1.2.3`,
	`session opened for user USERNAME by (uid=0)`, `pam_unix(sshd:session): session closed for user USERNAME`,
	`sudo: USERNAME : TTY=pts/0 ; PWD=/home/TEAM ; USER=root ; COMMAND=/bin/ls`,
	`PLAIN login refused: user 'USERNAME' - invalid credentials`, `SASL authentication failed for user USERNAME`,
	`bind failed for cn=USERNAME,ou=TEAM,dc=DOMAIN,dc=com`, `uid=USERNAME,ou=people,dc=DOMAIN,dc=com`,
	`DN "cn=USERNAME,dc=DOMAIN" rejected`, `login as USERNAME`, `logged in as USERNAME`, `impersonating user USERNAME`,
	`on behalf of USERNAME`, `by user USERNAME`, `X-Remote-User: USERNAME`, `X-Forwarded-User: USERNAME`,
	`X-Auth-Request-Email: FIRST.LAST@DOMAIN.com`, `x-forwarded-email: FIRST.LAST@DOMAIN.com`, `x-user-id: USERNAME`,
	`x-tenant-id: USERNAME`, `x-customer: USERNAME`, `x-b3-user: USERNAME`, `x-amzn-oidc-identity: USERNAME`,
	`baggage: userId=USERNAME,tenant=TEAM`, `client_id=USERNAME`, `clientId=USERNAME`, `tenantId: USERNAME`, `realm=USERNAME`,
	`realm "USERNAME"`, `organizationId=USERNAME`, `workspace=USERNAME`, `company: "FIRST LAST"`, `customer USERNAME not found`,
	`tenant USERNAME not found`, `Tenant 'USERNAME' does not exist`, `tenant=USERNAME/region=eu`, `for customer USERNAME`,
	`for tenant USERNAME`, `account USERNAME is locked`, `account USERNAME suspended`, `team USERNAME`, `/home/USERNAME/x.log`,
	`/Users/USERNAME/x`, `C:\Users\USERNAME\x`, `/users/USERNAME/orders`, `/api/v1/customers/USERNAME/orders`, `/api/tenants/USERNAME/x`,
	`/accounts/USERNAME`, `cvv=123456`, `card=4111111111111111`, `card_number=4111111111111111`, `4111-1111-1111-1111`,
	`ldap://NODE/dc=DOMAIN,dc=com`, `ldaps://NODE:636`, `sftp://USERNAME@NODE/x`, `ssh://USERNAME@NODE:22/x`, `kafka://NODE:9092/ROUTE`,
	`s3://ROUTE/ROUTE`, `gs://ROUTE/x`, `abfss://CONTAINER@WORKLOAD.dfs.core.windows.net/x`, `git@github.com:TEAM/ROUTE.git`,
	`InstrumentationKey=7d3a52b7-3470-426d-93a8-e7e178eabc30;IngestionEndpoint=https://x`, `AKIA2E0A8F3B244C9986`, `ASIA2E0A8F3B244C9986`,
	`shpat_0123456789abcdef0123456789abcdef`, `dop_v1_0123456789abcdef0123456789abcdef`, `<user>USERNAME</user>`, `<host>NODE</host>`,
	`password`,
}

// Secrets as clients, shells and programs write them; SECRET is drawn at random,
// PASSWD a word with figures, DIGITS a number.
var plantedValues = []string{
	`phone=+49 151 DIGITS`, `phone=+49151DIGITS`, `msisdn=DIGITS`, `customerId=DIGITS`, `customer_no=DIGITS`, `account_no=DIGITS`,
	`account_number: DIGITS`, `iban=DE89370400440532DIGITS`, `with passwd 'PASSWD'`, `password 'PASSWD'`, `password "PASSWD"`,
	`password is PASSWD`, `password is "PASSWD"`, `password: PASSWD`, `Password is: PASSWD`, `password=PASSWD`, `passwd PASSWD`,
	`pwd 'PASSWD'`, `pw=PASSWD`, `pw: PASSWD`, `passw0rd=PASSWD`, `psw=PASSWD`, `passcode=DIGITS`, `passcode: DIGITS`, `PASSWORD 'PASSWD'`,
	`ALTER USER x WITH PASSWORD 'PASSWD'`, `CREATE USER x IDENTIFIED BY 'PASSWD'`, `IDENTIFIED BY "PASSWD"`,
	`SET PASSWORD FOR x = PASSWORD('PASSWD')`, `AUTH PASSWD`, `"args":["-p","PASSWD"]`, `-pPASSWD -u root`, `--pass=PASSWD`, `--pw PASSWD`,
	`--auth-token SECRET`, `--secret-key=SECRET`, `--requirepass PASSWD`, `requirepass PASSWD`, `masterauth PASSWD`, `secret SECRET`,
	`secret is SECRET`, `token SECRET`, `token is SECRET`, `token 'SECRET'`, `using token SECRET`, `with key SECRET`, `api key SECRET`,
	`api key: SECRET`, `apikey SECRET`, `API key "SECRET" is invalid`, `Incorrect API key provided: sk-SECRET`, `access key SECRET`,
	`secret access key SECRET`, `aws_session_token=SECRET`, `X-Vault-Token: SECRET`, `X-Auth-Token: SECRET`, `X-Api-Key: SECRET`,
	`x-csrf-token: SECRET`, `X-Hub-Signature: sha1=SECRET`, `x-amz-security-token: SECRET`, `X-Goog-Signature=SECRET`,
	`Proxy-Authorization: Basic SECRET`, `Authorization: SECRET`, `Authorization: Digest username="USERNAME", response="SECRET"`,
	`Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20240202/x, Signature=SECRET`, `Authorization: token SECRET`,
	`authorization: ApiKey SECRET`, `authorization: Bearer SECRET`, `Authorization=Basic+SECRET`, `Authorization%3A+Bearer+SECRET`,
	`"authorization":"SECRET"`, `"authorization":["SECRET"]`, `[authorization: Bearer SECRET]`, `Cookie: a=b; USERNAME=SECRET`,
	`Cookie: a=b; c=d; connect.sid=s%3ASECRET`, `cookie: JSESSIONID=SECRET; x`, `Cookie="lang=de; sid=SECRET"`,
	`"cookie":"lang=de; sid=SECRET"`, `"Cookie":["lang=de; sid=SECRET"]`, `Set-Cookie: sid=SECRET; Path=/`,
	`Set-Cookie: a=1, sid=SECRET; Path=/`, `ASP.NET_SessionId=SECRET`, `ci_session=SECRET`, `laravel_session=SECRET`,
	`connect.sid=s%3ASECRET`, `_session_id=SECRET`, `XSRF-TOKEN=SECRET`, `sessionToken=SECRET`, `session SECRET expired`, `session=SECRET`,
	`sess=SECRET`, `ticket=SECRET`, `magic link token SECRET`, `otp DIGITS`, `OTP is DIGITS`, `your code is DIGITS`,
	`verification code: DIGITS`, `2fa=DIGITS`, `mfa_code=DIGITS`, `pin: DIGITS`, `salt=SECRET`, `hmac=SECRET`, `nonce=SECRET`,
	`key=SECRET`, `secret_key_base: SECRET`, `encryption_key=SECRET`, `private-key="SECRET"`,
	`rediss://default:SECRET@api.DOMAIN.xyz:6379`, `redis://:PASSWD@NODE:6379/0`, `mysql://USERNAME:PASSWD@NODE/OBJECT`,
	`mysql+pymysql://USERNAME:PASSWD@NODE/OBJECT`, `postgresql+psycopg2://USERNAME:PASSWD@NODE:5432/OBJECT`,
	`postgres://USERNAME@NODE/OBJECT?password=PASSWD`, `mongodb://USERNAME:PASSWD@WORKLOAD:27017,TEAM:27017/OBJECT?replicaSet=rs0`,
	`mongodb+srv://USERNAME:PASSWD@NODE.DOMAIN.mongodb.net/OBJECT`, `amqps://USERNAME:PASSWD@NODE/%2F`, `smtp://USERNAME:PASSWD@NODE:587`,
	`ftp://USERNAME:PASSWD@NODE/x`, `nats://USERNAME:PASSWD@NODE:4222`, `https://USERNAME:PASSWD@api.DOMAIN.xyz/x`,
	`https://x-access-token:SECRET@github.com/TEAM/ROUTE.git`,
	`user=USERNAME password=PASSWD host=NODE port=5432 dbname=OBJECT sslmode=disable`, `USERNAME:PASSWD@tcp(NODE:3306)/OBJECT`,
	`USERNAME:PASSWD@tcp([fd00::a1b2:1]:3306)/OBJECT`, `USERNAME:PASSWD@unix(/tmp/mysql.sock)/OBJECT`, `USERNAME:PASSWD@/OBJECT`,
	`USERNAME/PASSWD@NODE:1521/OBJECT`, `sqlserver://USERNAME:PASSWD@NODE:1433?database=OBJECT`,
	`Driver={ODBC Driver 17};Server=NODE;Database=OBJECT;Uid=USERNAME;Pwd=PASSWD;`,
	`DefaultEndpointsProtocol=https;AccountName=USERNAME;AccountKey=SECRET==;EndpointSuffix=core.windows.net`,
	`Endpoint=sb://NODE.servicebus.windows.net/;SharedAccessKeyName=ROUTE;SharedAccessKey=SECRET=`,
	`https://SECRET@o123456.ingest.sentry.io/1234567`, `https://hooks.slack.com/services/T012AB/B012CD/SECRET`,
	`https://discord.com/api/webhooks/1234/SECRET`, `https://api.telegram.org/bot123456:SECRET/sendMessage`,
	`https://outlook.office.com/webhook/7d3a52b7-3470-426d-93a8-e7e178eabc30@7d3a52b7-3470-426d-93a8-e7e178eabc31/IncomingWebhook/SECRET`,
	`xoxb-123456789012-SECRET`, `gho_SECRETSECRETabc`, `glpat-SECRET`, `npm_SECRETSECRET`, `SG.SECRET.SECRET`, `sk-SECRETSECRET`,
	`rk_live_SECRET`, `whsec_SECRET`, `hvs.SECRETabcdefgh`, `s.SECRETabcdefghijk`,
	`-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET\n-----END OPENSSH PRIVATE KEY-----`, `{"env":[{"name":"DB_PASS","value":"PASSWD"}]}`,
	`{"env":[{"value":"PASSWD","name":"DB_PASSWORD"}]}`, `env: DB_PASSWORD: PASSWD`, `export DB_PASSWORD='PASSWD'`, `DB_PASSWORD PASSWD`,
	`DB_PASSWORD="PASSWD"`, `<password>PASSWD</password>`, `<Password xsi:type="x">PASSWD</Password>`,
	`<add key="ApiKey" value="SECRET"/>`, `<token>SECRET</token>`, `password => PASSWD`, `:password=>"PASSWD"`, `'password' => 'PASSWD'`,
	`password -> PASSWD`, `(password PASSWD)`, `password;PASSWD`, `{password PASSWD}`, `map[password:PASSWD user:USERNAME]`,
	`&{User:USERNAME Password:PASSWD}`, `Password:"PASSWD"`, `u'password': u'PASSWD'`, `b'password=PASSWD'`, `password=\"PASSWD\"`,
	`password:'PASSWD'`, `password%3APASSWD`, `password%22%3A%22PASSWD%22`, `"password" : "PASSWD"`,
}

// No name of these is left, nor of those that stand beside secrets.
func TestNoDriverTellsANameOrASecret(t *testing.T) {
	values := map[string]string{"SECRET": "hSdddxH5jMTF7", "PASSWD": "sasode123", "DIGITS": "58392047"}
	for _, sentence := range append(plantedDrivers, plantedValues...) {
		line := sentence
		var tokens []string
		for _, words := range []map[string]string{plantedWords, values} {
			for word, token := range words {
				if alone := regexp.MustCompile(`\b` + word + `\b`); alone.MatchString(line) {
					line = alone.ReplaceAllString(line, token)
					tokens = append(tokens, token)
				}
			}
		}
		for _, encoding := range []string{"plain", "json", "percent", "base64"} {
			check(t, encoding, plantedEncodings[encoding](line), tokens)
		}
	}
}

// A name that holds or ends with punctuation of Unicode is replaced as any other.
func TestNamesWithPunctuation(t *testing.T) {
	for name, text := range map[string]string{
		"Korump – Vobel": `of team "Korump – Vobel" today`,
		"O’Korump Ltd":   "customer O’Korump Ltd waits",
		"korumpiq-api…":  "service korumpiq-api…:8080 failed",
		"…korumpiq":      "to …korumpiq: refused",
		"«korumpiq»":     "by «korumpiq», 3 times",
		"korump\u00a0vo": "of korump\u00a0vo and others",
	} {
		r := redact.New([]byte("k"), nil)
		r.Add(redact.Object, name)
		if got := string(r.Line([]byte(text))); strings.Contains(strings.ToLower(got), "korump") {
			t.Errorf("%q: %s", name, got)
		}
	}
}

// A table of one namespace does not say which, and its pods go all the same.
func TestTablesOfOneNamespace(t *testing.T) {
	for _, table := range []string{
		"NAME                          READY   STATUS             RESTARTS      AGE\nkorumpiq-7b9c5d6f8-q2w4e      1/1     Running            0             3d\nkorumpiq-0                    0/1     CrashLoopBackOff   12 (2m ago)   3h\n",
		"NAME       ENDPOINTS                         AGE\nkorumpiq   10.20.1.5:8080,10.20.1.6:8080     3d\n",
	} {
		r := redact.New([]byte("k"), read(t, []file{{"pods.txt", []byte(table)}}))
		if got := string(r.Line([]byte(table))); strings.Contains(got, "korumpiq") {
			t.Errorf("%s", got)
		}
	}
}
