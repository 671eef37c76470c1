# The DNS of example.com at Cloudflare, and of example.org at Google Cloud.

module "mail" {
  source = "./mail"
  zone   = cloudflare_zone.main.id
}

resource "cloudflare_zone" "main" {
  name = "example.com"
}

resource "google_dns_managed_zone" "org" {
  name     = "example-org"
  dns_name = "example.org."
}

resource "google_dns_record_set" "spf" {
  managed_zone = google_dns_managed_zone.org.name
  name         = google_dns_managed_zone.org.dns_name
  type         = "TXT"
  ttl          = 300
  rrdatas      = ["\"v=spf1 include:spf.webmo.fr ~all\""]
}

resource "google_dns_record_set" "mx" {
  managed_zone = google_dns_managed_zone.org.name
  name         = google_dns_managed_zone.org.dns_name
  type         = "MX"
  ttl          = 300
  rrdatas      = ["10 mx.webmo.fr.", "20 mxsecondary.webmo.fr."]
}
