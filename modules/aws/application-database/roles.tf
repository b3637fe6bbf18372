locals {
  # 64 characters, of which the longest ending takes 17.
  role          = length(local.title) <= 47 ? local.title : "${substr(local.title, 0, 38)}-${substr(sha1(local.title), 0, 8)}"
  master_secret = aws_db_instance.this.master_user_secret[0].secret_arn

  # An image that is elsewhere than in this account's ECR needs no right to it.
  client_repository = one(regexall("^${var.base.account}\\.dkr\\.ecr\\.[^/]+/([^@:]+)", var.base.client_image)[*][0])

  client_repositories = local.client_repository == null ? [] : ["arn:${split(":", var.base.cluster)[1]}:ecr:${var.base.region}:${var.base.account}:repository/${local.client_repository}"]

  # Which secret, and which images, each of the tasks may read.
  executions = merge(
    { psql = { secret = local.master_secret, repositories = local.client_repositories } },
    { for login in local.logins : login => { secret = aws_secretsmanager_secret.this[login].arn, repositories = local.client_repositories } },
    var.migrations == null ? {} : {
      flyway = {
        secret       = aws_secretsmanager_secret.this["owner"].arn
        repositories = aws_ecr_repository.migrations[*].arn
      }
    },
  )
}

# What starts the one-off tasks. The tasks themselves have no role: they ask AWS for nothing.
resource "aws_iam_role" "execution" {
  for_each = toset(concat(["psql"], tolist(local.logins), var.migrations == null ? [] : ["flyway"]))

  name                 = "${local.role}-${each.key}-execution"
  path                 = "/homeport/" # by which the role that deploys may make it, and give it to a task
  permissions_boundary = var.base.permissions_boundary
  tags                 = local.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Condition = { StringEquals = { "aws:SourceAccount" = var.base.account } }
    }]
  })
}

resource "aws_iam_role_policy" "execution" {
  for_each = local.executions

  name = "execution"
  role = aws_iam_role.execution[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat([
      { Effect = "Allow", Action = ["ecr:GetAuthorizationToken"], Resource = ["*"] },
      { Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = [each.value.secret] },
      { Effect = "Allow", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${aws_cloudwatch_log_group.this.arn}:*"] },
      ], length(each.value.repositories) == 0 ? [] : [
      {
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = each.value.repositories
      },
    ])
  })
}
