locals {
  cidr  = "10.42.0.0/16"
  zones = slice(sort(data.aws_availability_zones.this.names), 0, 2)
}

data "aws_availability_zones" "this" {
  #checkov:skip=CKV_AWS_394:two are taken of it, and where a subnet is stays as it is when AWS adds a zone
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:flow logs cost by the gigabyte; add them where somebody reads them
  cidr_block           = local.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = var.name }
}

# Whatever names no security group is in this one: it may do nothing.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-default" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = var.name }
}

resource "aws_subnet" "public" {
  count = 2

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(local.cidr, 4, count.index)
  availability_zone = local.zones[count.index]
  tags              = { Name = "${var.name}-public-${count.index}" }

  lifecycle {
    ignore_changes = [availability_zone] # a new zone of the region is no reason to move
  }
}

resource "aws_subnet" "isolated" {
  count = 2

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(local.cidr, 4, 8 + count.index)
  availability_zone = local.zones[count.index]
  tags              = { Name = "${var.name}-isolated-${count.index}" }

  lifecycle {
    ignore_changes = [availability_zone]
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-public" }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  count = 2

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

# No way out, and none in but from the VPC.
resource "aws_route_table" "isolated" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-isolated" }
}

resource "aws_route_table_association" "isolated" {
  count = 2

  subnet_id      = aws_subnet.isolated[count.index].id
  route_table_id = aws_route_table.isolated.id
}

# ECR's layers are in S3: pulled this way they cost nothing.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = [aws_route_table.public.id, aws_route_table.isolated.id]
  tags              = { Name = "${var.name}-s3" }
}
