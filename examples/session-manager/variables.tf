variable "region" {
  description = "Where everything stands"
  type        = string
  default     = "eu-west-1"
}

variable "name" {
  description = "Name of everything, and prefix of names"
  type        = string
  default     = "ssm-demo"
}

variable "vpc_cidr" {
  description = "Address range of the VPC"
  type        = string
  default     = "10.30.0.0/16"
}

variable "instance_type" {
  description = "Type of the instance"
  type        = string
  default     = "t3.micro"
}

variable "retention_days" {
  description = "How long session logs are kept"
  type        = number
  default     = 365
}

variable "force_destroy_logs" {
  description = "Destroy the log bucket even if it holds logs"
  type        = bool
  default     = false
}
