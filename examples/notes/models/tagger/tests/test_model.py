"""Run with: python -m unittest (in the folder models/tagger)"""

import unittest

from tagger.model import train, words

EXAMPLES = [
    ("shopping", "buy milk and bread"),
    ("shopping", "buy new shoes"),
    ("work", "write the report for the meeting"),
    ("work", "meeting with the team"),
]


class Words(unittest.TestCase):
    def test_plural_and_singular_are_one_word(self):
        """Too little text to learn "note" and "notes" apart."""
        self.assertEqual(["note", "note"], words("Notes, a note"))


class Tags(unittest.TestCase):
    def test_likeliest_tag_comes_first(self):
        """A text gets the tag of the texts it shares words with."""
        self.assertEqual("shopping", train(EXAMPLES).tags("buy shoes before the meeting")[0][0])

    def test_unknown_words_give_no_tag(self):
        """A guess from nothing would always be the commonest tag."""
        self.assertEqual([], train(EXAMPLES).tags("xylophone"))

    def test_same_texts_give_same_model(self):
        """Building an image again must not change the model."""
        self.assertEqual(train(EXAMPLES), train(list(EXAMPLES)))


if __name__ == "__main__":
    unittest.main()
