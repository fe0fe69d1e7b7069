"""The one access key that is always refused, so that tests can see how that looks."""

from .hooks import Call, Refusal

INVALID_KEY = "AKIAINVALID"


def check(call: Call) -> None:
    if call.access_key != INVALID_KEY:
        return
    if call.protocol == "ec2":
        raise Refusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401)
    if call.service == "s3":
        raise Refusal("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403)
    if call.protocol == "query":
        raise Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", 403)
    raise Refusal("UnrecognizedClientException", "The security token included in the request is invalid.", 400)
