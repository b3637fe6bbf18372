locals {
  task_security_groups = [aws_security_group.task.id, aws_security_group.client.id]
}

resource "aws_security_group" "this" {
  name        = "${local.title}-database"
  description = "The database of ${var.application} on ${var.target}"
  vpc_id      = var.base.vpc_id
  tags        = merge(local.tags, { Name = "${local.title}-database" })
}

resource "aws_vpc_security_group_ingress_rule" "this" {
  security_group_id            = aws_security_group.this.id
  description                  = "Its own clients only"
  referenced_security_group_id = aws_security_group.client.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  tags                         = merge(local.tags, { Name = "${local.title}-database-from-clients" })
}

# Who has this group may open connections to the database; nothing else is in it.
resource "aws_security_group" "client" {
  #checkov:skip=CKV2_AWS_5:it is attached to tasks, in lists that checkov does not follow
  name        = "${local.title}-database-client"
  description = "Clients of the database of ${var.application} on ${var.target}"
  vpc_id      = var.base.vpc_id
  tags        = merge(local.tags, { Name = "${local.title}-database-client" })
}

resource "aws_vpc_security_group_egress_rule" "client" {
  security_group_id            = aws_security_group.client.id
  description                  = "To the database"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
  tags                         = merge(local.tags, { Name = "${local.title}-database-to-instance" })
}

# The one-off tasks.
resource "aws_security_group" "task" {
  #checkov:skip=CKV2_AWS_5:it is attached to tasks, in lists that checkov does not follow
  name        = "${local.title}-database-task"
  description = "One-off tasks at the database of ${var.application} on ${var.target}"
  vpc_id      = var.base.vpc_id
  tags        = merge(local.tags, { Name = "${local.title}-database-task" })
}

resource "aws_vpc_security_group_egress_rule" "task" {
  security_group_id = aws_security_group.task.id
  description       = "Image, secrets and log"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  tags              = merge(local.tags, { Name = "${local.title}-database-task" })
}
