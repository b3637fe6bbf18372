# The most that a role of an application can ever do, whatever is attached to it.
resource "aws_iam_policy" "boundary" {
  #checkov:skip=CKV_AWS_287:it gives nothing: a role may do what its own policy and this one both allow
  #checkov:skip=CKV_AWS_288:the same
  #checkov:skip=CKV_AWS_289:the same
  #checkov:skip=CKV_AWS_290:the same
  #checkov:skip=CKV_AWS_355:the same
  name        = "${var.name}-boundary"
  description = "The most that a role of an application can do"
  tags        = { Name = "${var.name}-boundary" }

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Start"
        Effect = "Allow"
        Action = [
          "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
          "logs:CreateLogStream", "logs:PutLogEvents",
        ]
        Resource = "*"
      },
      {
        Sid      = "Secrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = [for name in ["homeport/*", "rds!*"] : "arn:${local.partition}:secretsmanager:${local.here}:secret:${name}"]
      },
      {
        Sid    = "Work"
        Effect = "Allow"
        Action = [
          "bedrock:InvokeModel*", "cloudwatch:PutMetricData",
          "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem", "dynamodb:DeleteItem", "dynamodb:DescribeTable",
          "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
          "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject",
          "ses:SendEmail", "ses:SendRawEmail", "sns:Publish",
          "sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage",
          "ssmmessages:*", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
        ]
        Resource = "*"
      },
      {
        Sid      = "NotTheState"
        Effect   = "Deny"
        Action   = "s3:*"
        Resource = [local.state_arn, "${local.state_arn}/*"]
      },
    ]
  })
}
