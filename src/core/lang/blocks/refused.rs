//! What the language knows and we refuse, each by name and with what to do instead.

use bastionless_model::base::Diagnostic;

use crate::lang::syntax::Block;

/// Returns why a block is refused; `None` for a block that is not refused by its name.
pub(super) fn refused(block: &Block) -> Option<Diagnostic> {
    let (summary, detail) = match &*block.kind.name {
        "provisioner" => (
            "Provisioners are not supported",
            "bastionless never runs scripts on behalf of a configuration. Give an instance its set-up with `user_data`, run commands with an `aws_ssm_document`, or call the script in the pipeline after `apply`. Remove this block.",
        ),
        "connection" => (
            "Connections are not supported",
            "A connection serves provisioners only, and bastionless runs none. Remove this block; people reach instances through an EC2 Instance Connect endpoint or Session Manager.",
        ),
        "ephemeral" => (
            "Ephemeral resources are not supported",
            "bastionless has no ephemeral resource types. Read the value with a data source such as `aws_ssm_parameter`, or pass it in a variable with `ephemeral = true`.",
        ),
        "action" | "action_trigger" => (
            "Actions are not supported",
            "bastionless runs no actions. Remove this block, and call what it did in the pipeline after `apply`.",
        ),
        "cloud" => (
            "HCP Terraform is not supported",
            "A `cloud` block keeps the state in HCP Terraform. Use `backend \"s3\"` with a lock file, or `backend \"local\"`; take the state along with `state adopt`.",
        ),
        "provider_meta" => (
            "Provider metadata is not supported",
            "Only the provider \"aws\" takes metadata of modules, so this block would have no effect. Remove it.",
        ),
        "state_store" => (
            "State stores of providers are not supported",
            "State is kept by `backend \"s3\"` or `backend \"local\"`.",
        ),
        "list" => (
            "List blocks are not supported",
            "`list` blocks belong to Terraform's query files. Import objects with `import` blocks.",
        ),
        "_" => (
            "Escaping blocks are not supported",
            "No built-in type has an argument with the name of a meta-argument. Move the arguments out of the `_` block.",
        ),
        _ => return None,
    };
    Some(Diagnostic::error(summary, detail).at(block.header))
}
