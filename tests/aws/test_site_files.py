"""A site goes out of its image into its bucket: the real registry of the emulator, its S3 and its CloudFront."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import docker
import pytest

from homeport.aws import Session
from homeport.aws.emulator import Running
from homeport.aws.images import Images, Wanted
from homeport.aws.site_files import Site, SiteFiles
from homeport.aws.site_record import KEY
from homeport.errors import CloudFailed, Interrupted, RegistryFailed
from homeport.events import Event
from homeport.oci import Reference, Registry
from homeport.oci.tree import read_folder
from tests.support.images import service_images
from tests.support.pushed import push
from tests.support.registry import running_registry

REPOSITORY = "site/notes-web"
FIRST = {
    "index.html": '<script src="app.0000aa11.js"></script>',
    "app.0000aa11.js": "one()",
    "logo.svg": "<svg/>",
    "about.html": "about",
}
SECOND = {"index.html": '<script src="app.0000bb22.js"></script>', "app.0000bb22.js": "two()", "logo.svg": "<svg/>"}
Publish = Callable[..., str]


@pytest.fixture(scope="module")
def client() -> Iterator[docker.APIClient]:
    client = docker.APIClient(timeout=120)
    yield client
    client.close()


@pytest.fixture(scope="module")
def source(client: docker.APIClient) -> Iterator[Registry]:
    with running_registry(client) as found:
        yield found


@pytest.fixture(scope="module")
def releases(client: docker.APIClient, source: Registry) -> list[Reference]:
    """The images of two releases."""
    return [_build(client, source, "FROM scratch\nCOPY site /site\n", files) for files in (FIRST, SECOND)]


def _build(client: docker.APIClient, source: Registry, dockerfile: str, files: Mapping[str, str]) -> Reference:
    context = {f"site/{name}": text for name, text in files.items()}
    return push(client, source, REPOSITORY, {"Dockerfile": dockerfile, **context})


@pytest.fixture(scope="module")
def distribution(emulator: Running) -> dict[str, Any]:
    """A distribution; which bucket it serves is set by `bucket`."""
    return {}


@pytest.fixture
def bucket(session: Session, distribution: dict[str, Any]) -> str:
    """A bucket of the test's own, with versions, behind a distribution."""
    name = f"notes-web-{uuid4().hex[:12]}"
    s3, cloudfront = session.client("s3"), session.client("cloudfront")
    s3.create_bucket(Bucket=name, **_place(session.region))
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    made = cloudfront.create_distribution(DistributionConfig=_distribution(name, session.region))["Distribution"]
    distribution.update(id=made["Id"], host=made["DomainName"])
    return name


def _place(region: str) -> dict[str, Any]:
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _distribution(bucket: str, region: str) -> dict[str, Any]:
    origin = {
        "Id": "site",
        "DomainName": f"{bucket}.s3.{region}.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    return {
        "CallerReference": uuid4().hex,
        "Comment": bucket,
        "Enabled": True,
        "DefaultRootObject": "index.html",
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {
            "TargetOriginId": "site",
            "ViewerProtocolPolicy": "redirect-to-https",
            "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        },
    }


@pytest.fixture
def publish(
    session: Session, source: Registry, releases: list[Reference], bucket: str, distribution: dict[str, Any]
) -> Publish:
    """Puts release 0 or 1 up; gives what was told."""
    images = Images(session, source)
    repository = f"{REPOSITORY}/t{uuid4().hex[:8]}"
    session.client("ecr").create_repository(repositoryName=repository)

    def do(number: int, *, stopped: Callable[[], bool] = lambda: False, **changes: Any) -> str:
        image, events = releases[number], list[Event]()
        wanted = Wanted(repository, image.repository, image.digest, "linux/amd64")
        images.ensure(wanted, stopped=lambda: False, emit=events.append)
        given = {"files": "/site", "platform": "linux/amd64", "environment": {"FLAGS": "beta"}, **changes}
        site = Site(bucket=bucket, repository=repository, digest=image.digest, distribution=distribution["id"], **given)
        SiteFiles(session, images).publish(site, stopped=stopped, emit=events.append)
        return events[-1].text

    return do


@pytest.fixture
def sites(session: Session) -> SiteFiles:
    return SiteFiles(session, Images(session))


def keys(session: Session, bucket: str) -> set[str]:
    listed = session.client("s3").list_objects_v2(Bucket=bucket).get("Contents", ())
    return {one["Key"] for one in listed}


def invalidated(session: Session, distribution: Mapping[str, Any]) -> list[list[str]]:
    """The paths of each invalidation."""
    cloudfront, id_ = session.client("cloudfront"), distribution["id"]
    found = cloudfront.list_invalidations(DistributionId=id_)["InvalidationList"].get("Items", ())
    read = [cloudfront.get_invalidation(DistributionId=id_, Id=one["Id"])["Invalidation"] for one in found]
    return [one["InvalidationBatch"]["Paths"]["Items"] for one in read]


def test_a_release_is_up(session: Session, bucket: str, publish: Publish) -> None:
    """The files of the image and the target's config are there, with their types and how long they are kept."""
    assert "5 of 5 files sent" == publish(0)
    assert {*FIRST, "config.json", KEY} == keys(session, bucket)
    assert (FIRST["index.html"], "text/html; charset=utf-8", "no-cache") == _object(session, bucket, "index.html")
    assert ('{"FLAGS":"beta"}', "application/json", "no-cache") == _object(session, bucket, "config.json")
    script = ("one()", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable")
    assert script == _object(session, bucket, "app.0000aa11.js")


def _object(session: Session, bucket: str, key: str) -> tuple[str, str, str]:
    found = session.client("s3").get_object(Bucket=bucket, Key=key)
    return found["Body"].read().decode(), found["ContentType"], found["CacheControl"]


def test_the_same_release_sends_nothing(session: Session, distribution: dict[str, Any], publish: Publish) -> None:
    """Nothing goes up, and CloudFront is asked to forget nothing."""
    publish(0)
    assert "nothing changed" == publish(0)
    assert [] == invalidated(session, distribution)


def test_the_next_release(session: Session, bucket: str, distribution: dict[str, Any], publish: Publish) -> None:
    """The script of the release before stays for pages that are open; its page that is no more goes."""
    publish(0)
    assert "2 of 4 files sent, 1 old ones removed" == publish(1)
    assert {*SECOND, "app.0000aa11.js", "config.json", KEY} == keys(session, bucket)
    assert [["/*"]] == invalidated(session, distribution)
    publish(1, environment={"FLAGS": ""})
    assert "app.0000aa11.js" in keys(session, bucket)
    assert ["/config.json"] in invalidated(session, distribution)


def test_what_was_changed_by_hand_is_seen_and_put_right(
    session: Session, bucket: str, publish: Publish, sites: SiteFiles
) -> None:
    """An object that somebody removed, and one that somebody wrote."""
    publish(0)
    assert (5, 0) == _looked(sites, bucket)
    s3 = session.client("s3")
    s3.delete_object(Bucket=bucket, Key="about.html")
    s3.put_object(Bucket=bucket, Key="index.html", Body=b"by hand")
    assert (5, 2) == _looked(sites, bucket)
    assert "2 of 5 files sent" == publish(0)
    assert (5, 0) == _looked(sites, bucket)


def _looked(sites: SiteFiles, bucket: str) -> tuple[int, int]:
    found = sites.look(bucket)
    assert found
    return found.keys, found.changed


@pytest.mark.parametrize("after", range(1, 6))
def test_an_upload_that_is_stopped_anywhere(
    session: Session, bucket: str, publish: Publish, sites: SiteFiles, after: int
) -> None:
    """Wherever it ends, the page that is up names only what is up, and the next run goes on."""
    publish(0)
    asked = iter(range(after))
    with suppress(Interrupted):
        publish(1, stopped=lambda: next(asked, None) is None)
    _check_page(session, bucket)
    publish(1)
    _check_page(session, bucket)
    assert (4, 0) == _looked(sites, bucket)


def _check_page(session: Session, bucket: str) -> None:
    page = session.client("s3").get_object(Bucket=bucket, Key="index.html")["Body"].read().decode()
    assert page.split('"')[1] in keys(session, bucket)


def test_a_killed_upload_shows(session: Session, bucket: str, publish: Publish, sites: SiteFiles) -> None:
    """What was begun and has not ended differs, so that the next plan goes on with it, and CloudFront forgets."""
    publish(0)
    s3 = session.client("s3")
    notes = json.loads(s3.get_object(Bucket=bucket, Key=KEY)["Body"].read())
    s3.put_object(Bucket=bucket, Key=KEY, Body=json.dumps(notes | {"begun": notes["current"]}).encode())
    assert (5, 1) == _looked(sites, bucket)
    assert "0 of 5 files sent" == publish(0)
    assert (5, 0) == _looked(sites, bucket)


def test_the_bucket_can_be_removed(session: Session, bucket: str, publish: Publish, sites: SiteFiles) -> None:
    """All versions are gone after that, and what is gone is no error."""
    publish(0)
    publish(1)
    sites.remove(bucket)
    session.client("s3").delete_bucket(Bucket=bucket)
    sites.remove(bucket)
    assert sites.look(bucket) is None
    with pytest.raises(CloudFailed, match="is gone"):
        publish(1)


def test_a_folder_that_is_not_there(session: Session, bucket: str, publish: Publish) -> None:
    """It is said before anything is sent."""
    with pytest.raises(RegistryFailed, match="/dist of the image holds no file"):
        publish(0, files="/dist")
    assert set() == keys(session, bucket)


def test_the_engines_own_layers(client: docker.APIClient, source: Registry, tmp_path: Path) -> None:
    """What a Dockerfile removes, replaces and links is as a container of the image has it."""
    does = "RUN cd /site && rm -r old about.html && ln -s logo.svg icon.svg && ln logo.svg hard.svg"
    empties = "RUN rm -r /site/assets && mkdir /site/assets && echo new > /site/assets/new.js"
    dockerfile = (
        f"FROM {service_images().gateway}\nUSER 0\nCOPY site /site\n{does}\n{empties}\nCOPY site/index.html /site/b/\n"
    )
    given = {**FIRST, "old/a.js": "a", "assets/old.js": "old"}
    image = _build(client, source, dockerfile, given)
    manifest = source.manifest(image.repository, image.digest)
    found = read_folder(source, image.repository, manifest, "/site", tmp_path, lambda: False)
    assert {
        "app.0000aa11.js": "one()",
        "assets/new.js": "new\n",
        "b/index.html": FIRST["index.html"],
        "hard.svg": "<svg/>",
        "icon.svg": "<svg/>",
        "index.html": FIRST["index.html"],
        "logo.svg": "<svg/>",
    } == {path: file.path.read_text() for path, file in found.items()}
