package masterfile_test

// fuzzZones are the seeds of the fuzz targets: every kind of line, well formed
// and not.
var fuzzZones = []string{
	head + "@ NS ns1\n@ MX 10 mail\nmail A 192.0.2.1\n AAAA 2001:db8::1\n_dmarc TXT \"v=DMARC1; p=none\" ; note\n",
	"$ORIGIN example.com.\n@ 3600 SOA ns1 host (\n\t1 ; serial\n\t2h 3 4 5 ) ; end\n\tNS ns1\na 60 A 192.0.2.1\nb A 192.0.2.2\n",
	"\ufeff$TTL 1h30m\r\n@\tIN SOA ns1 host 1 2 3 4 5\r\n\r\n\t; comment\r\nwww IN 300 A 192.0.2.1\r\nftp 300 IN CNAME www",
	head + "$ORIGIN sub\n@ TXT a\\;b \"c;d\" ( \"e\" ; f\n \"g\\\"h\\065\" )\n$ORIGIN .\nx.example.com TXT \"\"\n",
	head + "$GENERATE 1-3/2 host${0,3,d} 60 IN A 192.0.2.$\n$GENERATE 1-2 a$ MX \"10 b$\"\n A 192.0.2.9\n",
	head + "\\097\\.b\\@ TYPE65280 \\# 3 aa bbcc\n* TLSA 3 1 1 aabb\na NAPTR 1 1 S SIP+D2U \"\" b\na HTTPS 1 . alpn=\"h2,h3\"\n",
	head + "bad..name A 192.0.2.1\na A 192.0.2.999\nb MX ten c\nc TXT \"open\nd ( A\ne A 192.0.2.1 )\nf FOO\n$FOO\n\"q\" A 192.0.2.1\nz A 192.0.2.1\n",
	head + "long TXT (\n \"never closed\"\n",
	"no A 192.0.2.1\n\tMX 1 x\n@ SOA ns1 host 1 2 3 4 300\nlater A 192.0.2.2\nk 2147483648 A 192.0.2.3\n",
	head + "mac A 192.0.2.1\rb TXT x ; y\rz\n$INCLUDE \"other file\" sub ; no\n ( )\n()\n",
	"@\r\n(\r\n)\r\n$TTL\n\\\n\"\n;\n)(\n",
}
