"""A registry's refusal is words."""

from homeport.oci.failure import refusal


def test_oci_body() -> None:
    """The registry's own code and message are in it."""
    body = b'{"errors":[{"code":"DENIED","message":"requested access to the resource is denied","detail":[]}]}'
    error = refusal("127.0.0.1:5000", "tag api/x", 403, body)
    assert error.message == (
        "The registry at 127.0.0.1:5000 refused to tag api/x: DENIED: requested access to the resource is denied."
    )
    assert "api/, site/ and model/" in error.next_step


def test_other_body() -> None:
    """A body that is no OCI error (a proxy's page) leaves the status."""
    assert "HTTP status 413 Request Entity Too Large" in refusal("r", "push", 413, b"<html>").message


def test_no_body() -> None:
    """HEAD has no body: the status says it, and for a wrong password what to do."""
    error = refusal("r", "find api/x:1", 401, b"")
    assert "HTTP status 401 Unauthorized" in error.message
    assert "homeport setup" in error.next_step
