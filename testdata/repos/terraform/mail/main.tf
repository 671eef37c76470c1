variable "zone" { type = string }

resource "cloudflare_dns_record" "mx" {
  count    = 2
  zone_id  = var.zone
  name     = "example.com"
  type     = "MX"
  content  = ["mx.webmo.fr", "mxsecondary.webmo.fr"][count.index]
  priority = [10, 20][count.index]
  ttl      = 1
}

resource "cloudflare_dns_record" "spf" {
  zone_id = var.zone
  name    = "example.com"
  type    = "TXT"
  content = "\"v=spf1 a mx include:spf.webmo.fr ~all\""
  ttl     = 1
}

resource "cloudflare_dns_record" "dmarc" {
  zone_id = var.zone
  name    = "_dmarc.example.com"
  type    = "TXT"
  content = "\"v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com\""
  ttl     = 1
}
