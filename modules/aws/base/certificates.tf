locals {
  is_ours         = var.zone_id != null
  has_certificate = var.domain != null && (local.is_ours || var.certificate_issued)

  # One record proves the domain, for both regions and for every name below it.
  # Source: AWS Certificate Manager, "DNS validation".
  proofs = flatten([
    for certificate in aws_acm_certificate.regional : [
      for option in certificate.domain_validation_options : option if option.domain_name == var.domain
    ]
  ])
}

# For the load balancer.
resource "aws_acm_certificate" "regional" {
  count = var.domain == null ? 0 : 1

  domain_name               = var.domain
  subject_alternative_names = ["*.${var.domain}"]
  validation_method         = "DNS"
  tags                      = { Name = var.domain }

  lifecycle {
    create_before_destroy = true
  }
}

# For CloudFront, which looks for its certificates there.
resource "aws_acm_certificate" "cloudfront" {
  provider = aws.us_east_1
  count    = var.domain == null ? 0 : 1

  domain_name               = var.domain
  subject_alternative_names = ["*.${var.domain}"]
  validation_method         = "DNS"
  tags                      = { Name = var.domain }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "proof" {
  count = local.is_ours ? 1 : 0

  zone_id         = var.zone_id
  name            = local.proofs[0].resource_record_name
  type            = local.proofs[0].resource_record_type
  records         = [local.proofs[0].resource_record_value]
  ttl             = 300
  allow_overwrite = true # the same one serves certificates of other regions
}

resource "aws_acm_certificate_validation" "regional" {
  count = local.has_certificate ? 1 : 0

  certificate_arn = aws_acm_certificate.regional[0].arn

  depends_on = [aws_route53_record.proof]
}

resource "aws_acm_certificate_validation" "cloudfront" {
  provider = aws.us_east_1
  count    = local.has_certificate ? 1 : 0

  certificate_arn = aws_acm_certificate.cloudfront[0].arn

  depends_on = [aws_route53_record.proof]
}
