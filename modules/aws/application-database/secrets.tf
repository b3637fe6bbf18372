# Their values are made with the roles, and never pass Terraform.
resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV_AWS_149:AWS encrypts it; a key of one's own costs by the month
  #checkov:skip=CKV2_AWS_57:a password that changes by itself would be one that running tasks do not have
  for_each = local.logins

  name                    = "homeport/${var.application}/${var.target}/database-${each.key}"
  description             = "The ${each.key} role of the database ${local.name}"
  recovery_window_in_days = 0 # made anew with the roles; its name must be free by then
  tags                    = local.tags
}
