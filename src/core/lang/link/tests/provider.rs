//! `provider`.

use bastionless_model::value::Value;

use super::super::testing::linked;
use super::check;

#[test]
fn provider_configurations_are_inherited_and_passed() {
    let (program, _, diagnostics) = linked(
        r#"
provider "aws" {
  region = "eu-west-1"
}
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
resource "aws_vpc" "west" {
  provider   = aws.west
  cidr_block = "10.0.0.0/16"
}
module "plain" { source = "./m" }
module "passed" {
  source    = "./m"
  providers = { aws = aws.west }
}
module "aliased" {
  source    = "./n"
  providers = { aws.src = aws.west }
}
resource "terraform_data" "x" {}
-- m/m.tf --
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_vpc" "x" { cidr_block = "10.0.0.0/16" }
module "deep" { source = "./deep" }
-- m/deep/m.tf --
resource "aws_vpc" "x" { cidr_block = "10.0.0.0/16" }
-- n/m.tf --
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.src]
    }
  }
}
resource "aws_vpc" "x" {
  provider   = aws.src
  cidr_block = "10.0.0.0/16"
}
"#,
    );
    assert_eq!(super::super::testing::shown(&program, &diagnostics), "");
    let used: Vec<String> = program
        .modules
        .iter()
        .flat_map(|m| {
            m.resources
                .values()
                .map(move |r| format!("{}: {} -> {}", m.path, r.resource, r.provider))
        })
        .collect();
    insta::assert_snapshot!(used.join("\n"), @r#"
    : aws_vpc.west -> provider["registry.terraform.io/hashicorp/aws"].west
    : terraform_data.x -> provider["terraform.io/builtin/terraform"]
    module.aliased: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"].west
    module.passed: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"].west
    module.passed.module.deep: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"].west
    module.plain: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"]
    module.plain.module.deep: aws_vpc.x -> provider["registry.terraform.io/hashicorp/aws"]
    "#);
    let root: Vec<String> = program.modules[0]
        .providers
        .values()
        .map(|p| p.address.to_string())
        .collect();
    assert_eq!(
        root,
        [
            r#"provider["registry.terraform.io/hashicorp/aws"]"#,
            r#"provider["registry.terraform.io/hashicorp/aws"].west"#,
            r#"provider["terraform.io/builtin/terraform"]"#,
        ]
    );
}

#[test]
fn provider_configurations_that_are_missing_or_misplaced_are_reported() {
    check(
        r#"
provider "aws" {
  region = "eu-west-1"
}
resource "aws_vpc" "x" {
  provider   = aws.nope
  cidr_block = "10.0.0.0/16"
}
module "a" { source = "./n" }
module "b" {
  source = "./own"
  count  = 1
}
module "c" {
  source    = "./own"
  providers = { aws = aws }
}
module "d" {
  source    = "./p"
  providers = { aws = aws.gone }
}
output "o" { value = aws_vpc.x.id }
-- p/m.tf --
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_vpc" "x" { cidr_block = "10.0.0.0/16" }
-- n/m.tf --
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.src]
    }
  }
}
resource "aws_vpc" "x" {
  provider   = aws.src
  cidr_block = "10.0.0.0/16"
}
-- own/m.tf --
provider "aws" {
  region = "eu-west-1"
}
"#,
        &[
            "Provider configuration not present @ main.tf:6:16",
            "Missing required provider configuration @ main.tf:9:1",
            "Module is incompatible with count, for_each, and depends_on @ main.tf:10:1",
            "Cannot override provider configuration @ main.tf:16:23",
            "Provider configuration not present @ main.tf:20:23",
        ],
    );
}

#[test]
fn products_of_modules_reach_the_configuration_of_their_resources() {
    let (program, _, diagnostics) = linked(
        r#"
provider "aws" {
  region = "eu-west-1"
}
module "m" { source = "./m" }
-- m/m.tf --
terraform {
  provider_meta "aws" {
    user_agent = ["github.com/some-modules/vpc", "plain"]
  }
}
resource "aws_vpc" "x" { cidr_block = "10.0.0.0/16" }
"#,
    );
    assert_eq!(super::super::testing::shown(&program, &diagnostics), "");
    let block = program.modules[0].providers.values().next().unwrap();
    let config = block.with_products(Value::object([("user_agent", Value::NULL)]));
    let named: Vec<_> = config
        .get("user_agent")
        .unwrap()
        .elements()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap())
        .collect();
    assert_eq!(named, ["github.com/some-modules-vpc", "plain"]);
}
