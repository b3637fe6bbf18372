resource "aws_ecr_repository" "this" {
  #checkov:skip=CKV_AWS_136:AWS encrypts it; a key of one's own costs by the month and protects no more against who may pull
  count = var.repository == null ? 1 : 0

  name                 = local.repository
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true # what it holds is at home, too
  tags                 = local.tags

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "homeport_image" "this" {
  repository = local.repository
  source     = split("@", var.image)[0]
  digest     = split("@", var.image)[1]
  platform   = var.platform

  depends_on = [var.repository, aws_ecr_repository.this]
}
