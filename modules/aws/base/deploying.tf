locals {
  boundary_arn = "${local.iam}:policy/${var.name}-boundary"
  is_new       = { Null = { "aws:RequestTag/${local.tag}" = "false" } }
  is_homeports = { Null = { "aws:ResourceTag/${local.tag}" = "false" } }
  task_roles   = "${local.iam}:role/homeport/*" # the path is theirs alone: nobody else's role can be taken for one

  site_parts    = ["Function", "OriginAccessControl", "ResponseHeadersPolicy"]
  database_logs = "arn:${local.partition}:logs:${local.here}:log-group:/aws/rds/instance/*"

  # What a deployment changes: an application's resources, known by their tag where they have one, else by their name.
  deploying = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.naming, [
      {
        Sid    = "MakeTagged"
        Effect = "Allow"
        Action = [
          "cloudfront:CreateDistribution",
          "cloudwatch:PutMetricAlarm",
          "ecs:RegisterTaskDefinition",
          "elasticloadbalancing:CreateRule", "elasticloadbalancing:CreateTargetGroup",
          "rds:CreateDBInstance", "rds:CreateDBParameterGroup", "rds:CreateDBSubnetGroup",
        ]
        Resource  = "*"
        Condition = local.is_new
      },
      {
        Sid       = "MakeSecurityGroups"
        Effect    = "Allow"
        Action    = "ec2:CreateSecurityGroup"
        Resource  = "arn:${local.partition}:ec2:${local.here}:security-group/*"
        Condition = local.is_new
      },
      {
        Sid      = "MakeInTheNetwork"
        Effect   = "Allow"
        Action   = "ec2:CreateSecurityGroup"
        Resource = aws_vpc.this.arn
      },
      {
        Sid    = "ChangeTagged"
        Effect = "Allow"
        Action = [
          "cloudfront:CreateInvalidation", "cloudfront:DeleteDistribution", "cloudfront:TagResource", "cloudfront:UntagResource", "cloudfront:UpdateDistribution",
          "cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource",
          "ec2:AuthorizeSecurityGroup*", "ec2:CreateTags", "ec2:DeleteSecurityGroup", "ec2:DeleteTags", "ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroup*", "ec2:UpdateSecurityGroupRuleDescriptions*",
          "elasticloadbalancing:AddTags", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:DeleteTargetGroup", "elasticloadbalancing:ModifyRule",
          "elasticloadbalancing:ModifyTargetGroup*", "elasticloadbalancing:RemoveTags", "elasticloadbalancing:SetRulePriorities",
          "rds:AddTagsToResource", "rds:CreateDBInstance", "rds:CreateDBSnapshot", "rds:DeleteDB*", "rds:ModifyDB*", "rds:RebootDBInstance", "rds:RemoveTagsFromResource", "rds:ResetDBParameterGroup",
        ]
        Resource  = "*"
        Condition = local.is_homeports
      },
      {
        Sid       = "TagWhatIsMade"
        Effect    = "Allow"
        Action    = ["cloudfront:TagResource", "cloudwatch:TagResource", "rds:AddTagsToResource"]
        Resource  = "*"
        Condition = local.is_new
      },
      {
        Sid       = "TagInTheNetwork" # only in the very call that makes it: a tag set later would make anything ours
        Effect    = "Allow"
        Action    = "ec2:CreateTags"
        Resource  = [for kind in ["security-group", "security-group-rule"] : "arn:${local.partition}:ec2:${local.here}:${kind}/*"]
        Condition = { StringEquals = { "ec2:CreateAction" = ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateSecurityGroup"] } }
      },
      {
        Sid       = "TagAtTheLoadBalancer"
        Effect    = "Allow"
        Action    = "elasticloadbalancing:AddTags"
        Resource  = "*"
        Condition = { StringEquals = { "elasticloadbalancing:CreateAction" = ["CreateRule", "CreateTargetGroup"] } }
      },
      {
        Sid      = "LoadBalancer" # where it may send to; of its rules, the base's own have no tag of an application's
        Effect   = "Allow"
        Action   = ["ec2:AuthorizeSecurityGroupEgress", "ec2:ModifySecurityGroupRules", "ec2:RevokeSecurityGroupEgress"]
        Resource = aws_security_group.load_balancer.arn
      },
      {
        Sid      = "Rules"
        Effect   = "Allow"
        Action   = "ec2:AuthorizeSecurityGroup*"
        Resource = "arn:${local.partition}:ec2:${local.here}:security-group-rule/*"
      },
      {
        Sid      = "Services"
        Effect   = "Allow"
        Action   = ["ecs:CreateService", "ecs:DeleteService", "ecs:StopTask", "ecs:TagResource", "ecs:UntagResource", "ecs:UpdateService"]
        Resource = [for kind in ["service/${var.name}/*", "task/${var.name}/*", "task-definition/*"] : "arn:${local.partition}:ecs:${local.here}:${kind}"]
      },
      {
        Sid       = "RunTasks"
        Effect    = "Allow"
        Action    = "ecs:RunTask"
        Resource  = "arn:${local.partition}:ecs:${local.here}:task-definition/*"
        Condition = { ArnEquals = { "ecs:cluster" = aws_ecs_cluster.this.arn } }
      },
      {
        Sid      = "ForgetTasks" # AWS limits it to nothing; what runs is not touched by it
        Effect   = "Allow"
        Action   = "ecs:DeregisterTaskDefinition"
        Resource = "*"
      },
      {
        Sid      = "MakeSites" # AWS limits it to nothing; a distribution alone makes use of them
        Effect   = "Allow"
        Action   = [for noun in local.site_parts : "cloudfront:Create${noun}"]
        Resource = "*"
      },
      {
        Sid      = "ChangeSites" # no right follows from their tags
        Effect   = "Allow"
        Action   = concat(["cloudfront:PublishFunction"], flatten([for noun in local.site_parts : ["cloudfront:Delete${noun}", "cloudfront:Update${noun}"]]))
        Resource = [for noun in ["function", "origin-access-control", "response-headers-policy"] : "${replace(local.iam, ":iam:", ":cloudfront:")}:${noun}/*"]
      },
      {
        Sid      = "TagFunctions" # hashicorp/aws 6 gives them the provider's default tags
        Effect   = "Allow"
        Action   = ["cloudfront:TagResource", "cloudfront:UntagResource"]
        Resource = "${replace(local.iam, ":iam:", ":cloudfront:")}:function/*"
      },
      {
        Sid    = "Images" # whom else they are given to is not for a deployment to say
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchDeleteImage", "ecr:CompleteLayerUpload", "ecr:CreateRepository", "ecr:DeleteLifecyclePolicy", "ecr:DeleteRepository",
          "ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:ListImages", "ecr:PutImage*", "ecr:PutLifecyclePolicy", "ecr:TagResource", "ecr:UntagResource", "ecr:UploadLayerPart",
        ]
        Resource = [for namespace in ["api", "model", "site"] : "arn:${local.partition}:ecr:${local.here}:repository/${namespace}/*"]
      },
      {
        Sid    = "Secrets" # nor whom they are shared with
        Effect = "Allow"
        Action = [
          "secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:RestoreSecret",
          "secretsmanager:TagResource", "secretsmanager:UntagResource", "secretsmanager:UpdateSecret",
        ]
        Resource = "arn:${local.partition}:secretsmanager:${local.here}:secret:homeport/*"
      },
      {
        Sid      = "MasterPasswords" # RDS makes them, in the name of who makes the instance
        Effect   = "Allow"
        Action   = ["secretsmanager:CreateSecret", "secretsmanager:TagResource"]
        Resource = "arn:${local.partition}:secretsmanager:${local.here}:secret:rds!*"
      },
      {
        Sid       = "Keys" # AWS's own, through the services that encrypt with them
        Effect    = "Allow"
        Action    = ["kms:CreateGrant", "kms:DescribeKey"]
        Resource  = "arn:${local.partition}:kms:${local.here}:key/*"
        Condition = { StringEquals = { "kms:ViaService" = [for service in ["rds", "secretsmanager"] : "${service}.${var.region}.amazonaws.com"] } }
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"]
        Resource = "arn:${local.partition}:logs:${local.here}:log-group:/homeport/*"
      },
      {
        Sid       = "MakeLogsOfDatabases" # RDS chooses their names
        Effect    = "Allow"
        Action    = ["logs:CreateLogGroup", "logs:TagResource"]
        Resource  = local.database_logs
        Condition = local.is_new
      },
      {
        Sid       = "ChangeLogsOfDatabases"
        Effect    = "Allow"
        Action    = ["logs:DeleteLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"]
        Resource  = local.database_logs
        Condition = local.is_homeports
      },
      {
        Sid      = "LastSnapshots" # of a database that goes; it has no tags before it is there
        Effect   = "Allow"
        Action   = ["rds:AddTagsToResource", "rds:CreateDBSnapshot"]
        Resource = "arn:${local.partition}:rds:${local.here}:snapshot:*-final"
      },
      {
        Sid      = "Buckets"
        Effect   = "Allow"
        Action   = "s3:*"
        Resource = "arn:${local.partition}:s3:::homeport-site-*"
      },
      {
        Sid      = "State"
        Effect   = "Allow"
        Action   = ["s3:DeleteObject", "s3:PutObject"]
        Resource = [for folder in ["locks", "releases", "state"] : "${local.state_arn}/${folder}/*"]
      },
      {
        Sid       = "MakeRoles"
        Effect    = "Allow"
        Action    = ["iam:CreateRole", "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"]
        Resource  = local.task_roles
        Condition = { StringEquals = { "iam:PermissionsBoundary" = local.boundary_arn } }
      },
      {
        Sid      = "TagRoles" # AWS knows no boundary here: the path keeps it from roles of others
        Effect   = "Allow"
        Action   = ["iam:TagRole", "iam:UntagRole"]
        Resource = local.task_roles
      },
      {
        Sid       = "GiveRoles"
        Effect    = "Allow"
        Action    = "iam:PassRole"
        Resource  = local.task_roles
        Condition = { StringEquals = { "iam:PassedToService" = "ecs-tasks.amazonaws.com" } }
      },
      {
        Sid       = "ServicesOwnRoles"
        Effect    = "Allow"
        Action    = "iam:CreateServiceLinkedRole"
        Resource  = "${local.iam}:role/aws-service-role/*"
        Condition = { StringEquals = { "iam:AWSServiceName" = [for service in ["ecs", "elasticloadbalancing", "rds"] : "${service}.amazonaws.com"] } }
      },
      {
        Sid       = "NotTheStateItself"
        Effect    = "Deny"
        NotAction = ["s3:DeleteObject", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetObject", "s3:ListBucket*", "s3:PutObject"]
        Resource  = [local.state_arn, "${local.state_arn}/*"]
      },
      {
        Sid      = "NotTheBase"
        Effect   = "Deny"
        Action   = ["s3:DeleteObject", "s3:PutObject"]
        Resource = ["${local.state_arn}/base.json", "${local.state_arn}/state/base/*", "${local.state_arn}/locks/base"]
      },
      {
        Sid      = "NotItsOwnRights"
        Effect   = "Deny"
        Action   = ["iam:Add*", "iam:Attach*", "iam:Create*", "iam:Delete*", "iam:Detach*", "iam:PassRole", "iam:Put*", "iam:Remove*", "iam:Set*", "iam:Tag*", "iam:Untag*", "iam:Update*"]
        Resource = ["${local.iam}:role/${var.name}-deploy-*", "${local.iam}:role/${var.name}-plan", "${local.iam}:policy/${var.name}-*", local.github_arn]
      },
    ])
  })

  # Where an application answers: names below the domain, and nothing else of the zone (mail, other servers' zones).
  zone_arn = local.is_ours ? "arn:${local.partition}:route53:::hostedzone/${var.zone_id}" : null
  naming = [
    for zone in compact([local.zone_arn]) : {
      Sid      = "Names"
      Effect   = "Allow"
      Action   = "route53:ChangeResourceRecordSets"
      Resource = zone
      Condition = {
        "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["A", "AAAA"] }
        "ForAllValues:StringLike"   = { "route53:ChangeResourceRecordSetsNormalizedRecordNames" = [var.domain, "*.${var.domain}"] }
        Null                        = { "route53:ChangeResourceRecordSetsRecordTypes" = "false", "route53:ChangeResourceRecordSetsNormalizedRecordNames" = "false" }
      }
    }
  ]
}
