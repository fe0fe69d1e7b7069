data "terraform_remote_state" {
  description = "The root outputs of another state."
  attribute "backend" {
    type        = string
    mode        = "required"
    description = "Where the state is kept: `local`."
  }
  attribute "config" {
    type        = any
    mode        = "optional"
    description = "The arguments of the backend, as an object: `path` and `workspace_dir`."
  }
  attribute "defaults" {
    type        = any
    mode        = "optional"
    description = "Values of outputs that the state does not have, as an object."
  }
  attribute "outputs" {
    type        = any
    mode        = "computed"
    description = "The outputs, as an object."
  }
  attribute "workspace" {
    type        = string
    mode        = "optional"
    description = "The workspace; `default` where it is not given."
  }
}
