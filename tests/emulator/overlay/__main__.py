"""python -m overlay --port N: serve moto with the overlay on 127.0.0.1."""

import argparse
import os
import signal
import sys

# moto reads these while it is imported, so they have to stand before any import of it.
os.environ.setdefault("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
# The server's own process must never pick up real credentials or look for them.
os.environ.update(AWS_EC2_METADATA_DISABLED="true", AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")


def main() -> None:
    args = argparse.ArgumentParser(prog="overlay")
    args.add_argument("--port", type=int, default=4566)
    port = args.parse_args().port
    os.environ["MOTO_PORT"] = str(port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))

    from werkzeug.serving import run_simple

    from moto.moto_server.werkzeug_app import (
        DomainDispatcherApplication,
        MotoRequestHandler,
        create_backend_app,
    )

    from . import services
    from .core.gateway import Gateway

    services.load()
    application = Gateway(DomainDispatcherApplication(create_backend_app))
    run_simple("127.0.0.1", port, application, threaded=True, request_handler=MotoRequestHandler)


main()
