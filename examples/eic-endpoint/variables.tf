variable "region" {
  description = "Where everything stands"
  type        = string
  default     = "eu-west-1"
}

variable "name" {
  description = "Name of everything, and prefix of names"
  type        = string
  default     = "eic-demo"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,20}$", var.name))
    error_message = "The name must be 3 to 21 lower-case letters, digits and hyphens, beginning with a letter."
  }
}

variable "vpc_cidr" {
  description = "Address range of the VPC"
  type        = string
  default     = "10.20.0.0/16"
}

variable "instance_type" {
  description = "Type of the instance"
  type        = string
  default     = "t3.micro"
}

variable "os_user" {
  description = "User of the operating system that the role may connect as"
  type        = string
  default     = "ec2-user"
}
