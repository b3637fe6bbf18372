locals {
  issuer   = "token.actions.githubusercontent.com"
  audience = "sts.amazonaws.com"

  # The repository as GitHub's tokens name it: older ones by name alone, those made or moved since July 2026 with numbers.
  # Source: GitHub Docs, "OpenID Connect reference", "Immutable subject claims".
  by_name   = try("repo:${var.github.repository}", null)
  by_number = try("repo:${join("@${var.github.owner_id}/", split("/", var.github.repository))}@${var.github.repository_id}", null)

  # What each role is for, as the subject ends.
  deploys = var.github == null ? {} : merge(
    { for environment in var.github.environments : environment => "environment:${environment}" },
    { for ref in var.github.refs : ref => "ref:${ref}" },
  )
  plans = var.github == null ? {} : { plan = "pull_request" }

  # A name can be taken over by somebody else's repository, its number cannot: a subject without numbers needs it beside.
  trust = {
    for key, ending in merge(local.deploys, local.plans) : key => jsonencode({
      Version = "2012-10-17"
      Statement = [
        {
          Sid       = "ByNumber"
          Effect    = "Allow"
          Action    = "sts:AssumeRoleWithWebIdentity"
          Principal = { Federated = local.github_arn }
          Condition = {
            StringEquals = {
              "${local.issuer}:aud" = local.audience
              "${local.issuer}:sub" = "${local.by_number}:${ending}"
            }
          }
        },
        {
          Sid       = "ByName"
          Effect    = "Allow"
          Action    = "sts:AssumeRoleWithWebIdentity"
          Principal = { Federated = local.github_arn }
          Condition = {
            StringEquals = {
              "${local.issuer}:aud"           = local.audience
              "${local.issuer}:sub"           = "${local.by_name}:${ending}"
              "${local.issuer}:repository_id" = var.github.repository_id
            }
          }
        },
      ]
    })
  }

  github_arn = "${local.iam}:oidc-provider/${local.issuer}"

  # 64 characters; a ref has more than a role's name may.
  role_names = {
    for key in keys(local.deploys) : key => (
      can(regex("^[A-Za-z0-9._-]{1,30}$", key))
      ? "${var.name}-deploy-${key}"
      : "${var.name}-deploy-${trim(substr(replace(key, "/[^A-Za-z0-9._-]/", "-"), 0, 24), "-")}-${substr(sha1(key), 0, 8)}"
    )
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.github == null ? 0 : 1

  url            = "https://${local.issuer}"
  client_id_list = [local.audience]
  tags           = { Name = var.name }
}

resource "aws_iam_role" "plan" {
  count = var.github == null ? 0 : 1

  name                 = "${var.name}-plan"
  description          = "Plans of ${var.github.repository} for pull requests: reads, and changes nothing"
  assume_role_policy   = local.trust["plan"]
  max_session_duration = 3600
  tags                 = { Name = "${var.name}-plan" }

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy_attachment" "plan" {
  count = var.github == null ? 0 : 1

  role       = aws_iam_role.plan[0].name
  policy_arn = aws_iam_policy.read[0].arn
}

# A policy of its own: together with the rights to deploy it is longer than AWS lets a role's own policies be.
resource "aws_iam_policy" "read" {
  #checkov:skip=CKV_AWS_355:most of what only describes cannot be limited to resources
  count = var.github == null ? 0 : 1

  name        = "${var.name}-read"
  description = "What a plan looks at"
  policy      = local.reading
  tags        = { Name = "${var.name}-read" }
}

resource "aws_iam_role" "deploy" {
  for_each = local.deploys

  name                 = local.role_names[each.key]
  description          = "Deployments of ${var.github.repository} by ${each.value}"
  assume_role_policy   = local.trust[each.key]
  max_session_duration = 7200 # a database takes ten minutes, and waits add up
  tags                 = { Name = local.role_names[each.key] }

  depends_on = [aws_iam_openid_connect_provider.github]
}

resource "aws_iam_role_policy" "deploy" {
  #checkov:skip=CKV_AWS_286:it makes roles with the boundary only
  #checkov:skip=CKV_AWS_289:the same
  #checkov:skip=CKV_AWS_290:what cannot be limited to resources is limited to tags, or makes what nothing uses by itself
  #checkov:skip=CKV_AWS_355:the same
  for_each = local.deploys

  name   = "deploy"
  role   = aws_iam_role.deploy[each.key].id
  policy = local.deploying

  lifecycle {
    precondition {
      condition     = !contains(keys(local.deploys), "plan")
      error_message = "github.environments may not hold \"plan\": that is the role of pull requests."
    }
  }
}

resource "aws_iam_role_policy_attachment" "deploy" {
  for_each = local.deploys

  role       = aws_iam_role.deploy[each.key].name
  policy_arn = aws_iam_policy.read[0].arn
}
