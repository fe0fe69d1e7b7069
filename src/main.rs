//! The binary `bastionless`.
//!
//! - `cli`: flags in, report out; the only printer
//! - `ops`: one file a user operation; the only place where core and a cloud meet

mod cli;
mod ops;

/// A run makes and drops millions of small values; the C library's allocator spends a fifth of the time on that, musl's far more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
