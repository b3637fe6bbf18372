output "id" {
  description = "The distribution's id."
  value       = aws_cloudfront_distribution.this.id
}

output "arn" {
  description = "The distribution's ARN, for the policies of the buckets."
  value       = aws_cloudfront_distribution.this.arn
}

output "zone_id" {
  description = "CloudFront's zone, for records that are aliases of it."
  value       = aws_cloudfront_distribution.this.hosted_zone_id
}

output "domain_name" {
  description = "CloudFront's own name of it: what the application's host names point to."
  value       = aws_cloudfront_distribution.this.domain_name
}
