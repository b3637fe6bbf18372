output "name" {
  description = "What it is called in its application."
  value       = var.name
}

output "address" {
  description = "Where its route is answered: CloudFront's own name of the distribution."
  value       = local.distribution.domain_name
}

output "bucket" {
  description = "The bucket that holds the files."
  value       = aws_s3_bucket.this.bucket
}

output "keys" {
  description = "How many objects the release has."
  value       = homeport_site_files.this.keys
}
