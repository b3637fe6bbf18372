locals {
  # 64 characters, of which the longest ending takes ten.
  role = length(local.title) <= 54 ? local.title : "${substr(local.title, 0, 45)}-${substr(sha1(local.title), 0, 8)}"

  for_tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.base.account } }
    }]
  })

  named_secrets = concat(
    [for name in keys(var.secrets) : data.aws_secretsmanager_secret.this[name].arn],
    var.database_access == null ? [] : [var.database_access.secret],
  )
}

# What starts its tasks: it pulls this image, reads these secrets and writes this log.
resource "aws_iam_role" "execution" {
  name                 = "${local.role}-execution"
  path                 = "/homeport/" # by which the role that deploys may make it, and give it to a task
  assume_role_policy   = local.for_tasks
  permissions_boundary = var.base.permissions_boundary
  tags                 = local.tags
}

resource "aws_iam_role_policy" "execution" {
  name = "execution"
  role = aws_iam_role.execution.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
      {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = [var.repository == null ? aws_ecr_repository.this[0].arn : var.repository.arn]
      },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${aws_cloudwatch_log_group.this.arn}:*"] },
      ], length(local.named_secrets) == 0 ? [] : [
      { Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = local.named_secrets },
    ])
  })
}

# What it is itself: nothing, until a policy is attached to it.
resource "aws_iam_role" "task" {
  name                 = "${local.role}-task"
  path                 = "/homeport/" # by which the role that deploys may make it, and give it to a task
  assume_role_policy   = local.for_tasks
  permissions_boundary = var.base.permissions_boundary
  tags                 = local.tags
}
