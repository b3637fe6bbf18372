"""Run with: python -m unittest (in the folder api)"""

import unittest

from notes.text import like_pattern, tidy_tags


class TidyTags(unittest.TestCase):
    def test_same_tag_is_kept_once(self):
        """Case and spaces make no difference between tags."""
        self.assertEqual(["to do", "home"], tidy_tags([" To  do", "home", "to do"]))

    def test_empty_tags_are_dropped(self):
        """A tag of spaces is no tag."""
        self.assertEqual([], tidy_tags(["", "  "]))


class LikePattern(unittest.TestCase):
    def test_wildcards_are_taken_as_themselves(self):
        """Whoever looks for 50% does not want every note with a 50."""
        self.assertEqual(r"%50\% of a\_b\\%", like_pattern("50% of a_b\\"))


if __name__ == "__main__":
    unittest.main()
