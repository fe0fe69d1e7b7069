//! The binary `bastionless`.
//!
//! - `cli`: flags in, report out; the only printer
//! - `ops`: one file a user operation; the only place where core and a cloud meet

mod cli;
mod ops;

fn main() -> std::process::ExitCode {
    cli::main()
}
