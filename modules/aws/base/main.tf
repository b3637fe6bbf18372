data "aws_partition" "this" {}

locals {
  partition = data.aws_partition.this.partition
  state_arn = "arn:${local.partition}:s3:::${var.state_bucket}"
  here      = "${var.region}:${var.account}"
  iam       = "arn:${local.partition}:iam::${var.account}"

  # A tag of all resources of applications, and of none of the base's.
  tag = "homeport:application"
}
