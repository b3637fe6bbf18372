"""The state bucket: made once, private, and written under conditions only."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from homeport.aws import Session
from homeport.aws.bucket import Bucket
from homeport.errors import NotSetUp, Refused


@pytest.fixture
def bucket(session: Session) -> Bucket:
    return Bucket(session)


@pytest.fixture
def made(bucket: Bucket) -> Bucket:
    bucket.ensure()
    return bucket


def test_without_a_bucket_there_is_no_base(emulator: Any, bucket: Bucket) -> None:
    """Whoever reads or writes before the first setup is told what makes it."""
    nowhere = Bucket(Session("eu-north-1", bucket.session.account, bucket.session.endpoints))
    with pytest.raises(NotSetUp, match="no base in AWS 000000000000, eu-north-1") as refused:
        nowhere.read("base.json")
    with pytest.raises(NotSetUp):
        nowhere.keys("state/")
    with pytest.raises(NotSetUp):
        nowhere.write_new("locks/base", b"")
    assert "Run: homeport setup TARGET" == refused.value.next_step


def test_it_is_private_encrypted_and_keeps_versions(bucket: Bucket) -> None:
    """A second setup finds it and leaves it so."""
    bucket.ensure()
    bucket.ensure()

    s3 = bucket.session.client("s3")
    versioning = s3.get_bucket_versioning(Bucket=bucket.name)["Status"]
    blocked = s3.get_public_access_block(Bucket=bucket.name)["PublicAccessBlockConfiguration"]
    encryption = s3.get_bucket_encryption(Bucket=bucket.name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert ("Enabled", {True}) == (versioning, set(blocked.values()))
    assert "AES256" == encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]


def test_a_bucket_that_was_made_in_part_is_put_right(session: Session) -> None:
    """A setup that was cut off after the first request goes on from there."""
    bucket = Bucket(Session("us-west-2", session.account, session.endpoints))
    s3 = bucket.session.client("s3")
    s3.create_bucket(Bucket=bucket.name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})

    bucket.ensure()

    assert "Enabled" == s3.get_bucket_versioning(Bucket=bucket.name)["Status"]


def test_of_two_that_write_a_new_object_one_does(made: Bucket) -> None:
    """That is what the lock and the numbers stand on."""
    with ThreadPoolExecutor(8) as pool:
        tags = list(pool.map(lambda writer: made.write_new("race", f"{writer}".encode()), range(8)))

    assert 1 == sum(tag is not None for tag in tags)


def test_only_what_was_seen_is_replaced(made: Bucket) -> None:
    """What has changed since, or is gone, is not written over."""
    first = made.write_new("replaced", b"1")
    assert first is not None
    second = made.replace("replaced", b"2", first)

    assert second is not None
    assert made.replace("replaced", b"3", first) is None
    assert made.replace("never written", b"3", first) is None
    assert (b"2", second) == ((found := made.look("replaced")) and (found.data, found.tag))


def test_every_request_names_the_account_that_must_own_it(made: Bucket) -> None:
    """Its name can be guessed: a bucket that somebody else made under it is neither read nor written."""
    asked: list[str] = []

    def note(request: Any, **more: Any) -> None:
        asked.append(request.headers.get("x-amz-expected-bucket-owner", b"").decode())

    made._s3.meta.events.register("before-send.s3", note)
    made.write("owned", b"1")
    made.look("owned")
    made.keys("owned")
    made.write_new("owned", b"2")
    made.remove("owned")

    assert [made.session.account] * 5 == asked


def test_a_name_that_another_account_has_is_refused(made: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    """With words, and before anything is kept in it."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "111111111111")  # the emulator takes it for that account's
    other = Bucket(Session(made.session.region, made.session.account, made.session.endpoints))
    with pytest.raises(Refused, match="belongs to another AWS account"):
        other.ensure()
