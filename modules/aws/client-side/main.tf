locals {
  title        = "${var.application}-${var.target}-${var.name}"
  repository   = "${split("@", var.image)[0]}/${var.target}"
  bucket       = coalesce(var.bucket, "homeport-site-${trim(substr(local.title, 0, 36), "-")}-${substr(sha1("${local.title}.${var.base.account}.${var.base.region}"), 0, 12)}")
  distribution = var.distribution == null ? module.distribution[0] : var.distribution
  tags         = { "homeport:application" = var.application, "homeport:target" = var.target, "homeport:service" = var.name }
}

# Only when it is used alone: an application has one name for all that it is made of.
module "distribution" {
  source = "../distribution"
  count  = var.distribution == null ? 1 : 0

  application = var.application
  target      = var.target
  hosts       = var.hosts
  sites       = { (var.name) = { route = var.route, bucket = local.bucket } }
  base        = var.base
}

resource "aws_ecr_repository" "this" {
  #checkov:skip=CKV_AWS_136:AWS encrypts it; a key of one's own costs by the month and protects no more against who may pull
  name                 = local.repository
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true # what it holds is at home, too
  tags                 = local.tags

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "homeport_image" "this" {
  repository = aws_ecr_repository.this.name
  source     = split("@", var.image)[0]
  digest     = split("@", var.image)[1]
  platform   = var.platform
}

# Assets first, pages last: nothing of it before what it calls is live.
resource "homeport_site_files" "this" {
  bucket       = aws_s3_bucket.this.bucket
  repository   = homeport_image.this.repository
  digest       = homeport_image.this.digest
  platform     = var.platform
  files        = var.files
  environment  = var.environment
  distribution = local.distribution.id

  depends_on = [
    var.after,
    aws_s3_bucket_ownership_controls.this,
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
    aws_s3_bucket_versioning.this,
  ]
}
