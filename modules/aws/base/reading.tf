locals {
  # What a plan looks at. No value of a secret, no row, no file but homeport's own records.
  reading = jsonencode({
    Version = "2012-10-17"
    Statement = concat(local.reading_zone, [
      {
        Sid    = "Describe"
        Effect = "Allow"
        Action = [
          "acm:DescribeCertificate", "acm:ListTagsForCertificate",
          "cloudfront:Describe*", "cloudfront:Get*", "cloudfront:List*",
          "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource",
          "ec2:Describe*",
          "ecr:BatchGetImage", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetAuthorizationToken",
          "ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource",
          "ecs:Describe*", "ecs:List*",
          "elasticloadbalancing:Describe*",
          "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies",
          "logs:DescribeLogGroups", "logs:ListTagsForResource",
          "rds:Describe*", "rds:ListTagsForResource",
          "route53:GetChange",
          "secretsmanager:ListSecrets",
        ]
        Resource = "*"
      },
      {
        Sid      = "Logs"
        Effect   = "Allow"
        Action   = ["logs:DescribeLogStreams", "logs:FilterLogEvents", "logs:GetLogEvents"]
        Resource = "arn:${local.partition}:logs:${local.here}:log-group:/homeport/*"
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:ListSecretVersionIds"]
        Resource = "arn:${local.partition}:secretsmanager:${local.here}:secret:homeport/*"
      },
      {
        Sid      = "Buckets"
        Effect   = "Allow"
        Action   = ["s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration", "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ListTagsForResource"]
        Resource = ["arn:${local.partition}:s3:::homeport-site-*", local.state_arn]
      },
      {
        Sid      = "Records"
        Effect   = "Allow"
        Action   = "s3:GetObject"
        Resource = ["${local.state_arn}/*", "arn:${local.partition}:s3:::homeport-site-*/.homeport/*"]
      },
    ])
  })

  reading_zone = [
    for zone in compact([local.zone_arn]) : {
      Sid      = "Zone"
      Effect   = "Allow"
      Action   = ["route53:GetHostedZone", "route53:ListResourceRecordSets"]
      Resource = zone
    }
  ]
}
