resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_158:AWS encrypts it; a key of one's own costs by the month
  #checkov:skip=CKV_AWS_338:how long logs are kept is the base's to say
  name              = "/homeport/${var.application}/${var.target}/database"
  retention_in_days = var.base.log_retention_days
  tags              = local.tags
}

# RDS would make them itself, and keep what is in them for ever.
resource "aws_cloudwatch_log_group" "instance" {
  #checkov:skip=CKV_AWS_158:AWS encrypts it; a key of one's own costs by the month
  #checkov:skip=CKV_AWS_338:how long logs are kept is the base's to say
  for_each = toset(["postgresql", "upgrade"])

  name              = "/aws/rds/instance/${local.identifier}/${each.key}"
  retention_in_days = var.base.log_retention_days
  tags              = local.tags
}
