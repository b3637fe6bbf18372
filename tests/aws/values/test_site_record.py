"""What a release does to a bucket: from the notes and what is there to what is wanted."""

from collections.abc import Sequence

from homeport.aws.site_objects import Object, content_type, turn_of
from homeport.aws.site_record import KEY, Plan, Put, Record, drift, invalidations, plan, read_record


def one(key: str, content: str = "", cache: str = "no-cache") -> Object:
    return Object(key, content.encode(), f"etag-{content}", content_type(key), cache, turn_of(key))


def put(*wanted: Object) -> dict[str, Put]:
    return {each.key: Put(etag=each.etag, headers=each.headers) for each in wanted}


def bucket(*some: Object) -> dict[str, str]:
    return {each.key: each.etag for each in some} | {KEY: "notes"}


def sent(plan: Plan) -> Sequence[str]:
    return [each.key for each in plan.sent]


APP_1, APP_2 = one("app.00000aa1.js"), one("app.00000aa2.js")
PAGE_1, PAGE_2 = one("index.html", "1"), one("index.html", "2")
SITE_1 = [APP_1, PAGE_1]
SITE_2 = [APP_2, PAGE_2]


def test_the_first_release() -> None:
    """All of it goes up; there is nothing that CloudFront could have."""
    first = plan(SITE_1, read_record(None), {})
    assert (["app.00000aa1.js", "index.html"], [], []) == (sent(first), first.invalidated, first.removed)


def test_the_same_again() -> None:
    """Nothing is sent, forgotten or removed."""
    assert plan(SITE_1, Record(current=put(*SITE_1)), bucket(*SITE_1)).is_nothing


def test_the_assets_of_the_release_before_stay() -> None:
    """A page that is still open loads them; those of the one before that go."""
    oldest = one("app.00000aa0.js")
    record = Record(current=put(*SITE_1), previous=put(oldest))
    second = plan(SITE_2, record, bucket(*SITE_1, oldest))
    assert (["app.00000aa2.js", "index.html"], ["app.00000aa0.js"]) == (sent(second), second.removed)
    assert ["app.00000aa1.js"] == list(second.record.previous)


def test_a_page_that_is_no_more() -> None:
    """It goes at once: what the release does not have is not answered."""
    record = Record(current=put(*SITE_1, one("about.html")))
    assert ["about.html"] == plan(SITE_2, record, bucket(*SITE_1, one("about.html"))).removed


def test_other_settings_only() -> None:
    """The release before is still the one before when the same files get another config."""
    before = Record(current=put(APP_2, PAGE_2, one("config.json", "a")), previous=put(APP_1))
    again = plan(
        [APP_2, PAGE_2, one("config.json", "b")], before, bucket(APP_1, APP_2, PAGE_2, one("config.json", "a"))
    )
    assert (["config.json"], ["/config.json"], []) == (sent(again), again.invalidated, again.removed)
    assert ["app.00000aa1.js"] == list(again.record.previous)


def test_a_page_answers_under_many_paths() -> None:
    """All are forgotten then; otherwise what changed, and nothing that never changes."""
    assert ["/*"] == invalidations(["index.html", "app.js"])
    assert ["/app.js", "/a%20b.css"] == invalidations(["app.js", "app.3f2a1b9c.js", "a b.css"])
    assert ["/*"] == invalidations([f"{number}.txt" for number in range(21)])


def test_a_killed_upload_is_gone_on_with() -> None:
    """What it had sent is not sent again, and everything is forgotten, as it may have been killed before that."""
    record = Record(current=put(*SITE_1), begun=put(*SITE_2))
    again = plan(SITE_2, record, bucket(*SITE_1, APP_2))
    assert (["index.html"], ["/*"]) == (sent(again), again.invalidated)


def test_a_killed_upload_that_is_given_up() -> None:
    """The assets of a release that never was are removed by the next."""
    record = Record(current=put(*SITE_1), begun=put(*SITE_2))
    assert ["app.00000aa2.js"] == plan(SITE_1, record, bucket(*SITE_1, APP_2)).removed


def test_other_headers() -> None:
    """The same bytes under another type are put again, also when that was begun and not done."""
    other = one("index.html", "1", "max-age=60")
    assert ["index.html"] == sent(plan([APP_1, other], Record(current=put(*SITE_1)), bucket(*SITE_1)))
    begun = Record(current=put(*SITE_1), begun=put(APP_1, other))
    assert ["index.html"] == sent(plan([APP_1, other], begun, bucket(*SITE_1)))


def test_what_was_changed_by_hand() -> None:
    """An object that is gone, or has other bytes, differs, and is put again."""
    record = Record(current=put(*SITE_1))
    assert 0 == drift(record, bucket(*SITE_1))
    assert 1 == drift(record, bucket(APP_1))
    assert 1 == drift(record, bucket(APP_1, PAGE_2))
    assert ["index.html"] == sent(plan(SITE_1, record, bucket(APP_1, PAGE_2)))


def test_notes_that_are_gone_or_damaged() -> None:
    """Everything is put and forgotten again, and it shows before that."""
    for notes in (None, b"{", b'{"current": 5}'):
        again = plan(SITE_1, read_record(notes), bucket(*SITE_1))
        assert (["app.00000aa1.js", "index.html"], ["/*"]) == (sent(again), again.invalidated)
        assert 1 == drift(read_record(notes), bucket(*SITE_1))
